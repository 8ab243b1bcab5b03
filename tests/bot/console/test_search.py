"""Applications found by what somebody tells on the telephone, and the audit to take away."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bot.store import audit
from bot.store.db import transaction
from dialogs.rules.cases import show_case_no
from tests.bot.console.desk import at_work, hire
from tests.bot.handoff_house import TO_STAFF, rows
from tests.bot.held_house import told_of
from tests.bot.refunds_house import application, ask
from tests.bot.web.counter import LATER_PAGES, NUMBER, Browser, Counter

SEARCH = "/console/search"


@pytest.fixture
def receipt_no(counter: Counter) -> str:
    """An application of 栃木 花子, whose URL goes to 090-1234-5678."""
    traveller = Browser(counter).enter(counter.to_the_door())
    traveller.answer(*LATER_PAGES).answer(counter.code())
    counter.line("この内容で申請する")
    [(number,)] = rows(counter, "SELECT receipt_no FROM submissions")
    return str(number)


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def found(browser: Browser, asked: str) -> list[str]:
    browser.get(SEARCH).post(SEARCH, q=asked)
    return re.findall(r"/console/applications/(\d+)", browser.text)


def cases_found(browser: Browser, asked: str) -> list[str]:
    browser.get(SEARCH).post(SEARCH, q=asked)
    return re.findall(r"/console/cases/(C\d+)", browser.text)


def wide(text: str) -> str:
    """In full width, as many phones type it."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@pytest.mark.parametrize(
    "asked", ["090-1234-5678", "０９０１２３４５６７８", "+81 90 1234 5678", "栃木 花子", "花子", "とちぎ"]
)
def test_it_is_found_by_contact_and_by_name(counter: Counter, receipt_no: str, ichiro: Browser, asked: str) -> None:
    expected = [] if asked == "とちぎ" else [receipt_no]
    assert expected == found(ichiro, asked)


def test_it_is_found_by_its_receipt_number_however_it_is_written(
    counter: Counter, receipt_no: str, ichiro: Browser
) -> None:
    written = f"{receipt_no[:4]}-{receipt_no[4:8]}-{receipt_no[8:]}"
    assert [[receipt_no], [receipt_no]] == [found(ichiro, written), found(ichiro, f" {receipt_no} ")]


def test_a_coupon_finds_what_carries_it_before_any_backend_has_decided(
    counter: Counter, receipt_no: str, ichiro: Browser
) -> None:
    assert [[receipt_no], [receipt_no], []] == [
        found(ichiro, asked) for asked in (NUMBER, wide(NUMBER.lower()), "TG00000000")
    ]


def test_a_case_is_found_by_its_number_by_its_coupon_and_by_who_told_it(
    counter: Counter, receipt_no: str, ichiro: Browser
) -> None:
    about = told_of(counter.parts, NUMBER)
    by_sms = told_of(counter.parts, "TG99999999", person=counter.parts.vault.fingerprint("sms", "+819055556666"))
    assert [[about], [about], [about], [by_sms]] == [
        cases_found(ichiro, asked)
        for asked in (show_case_no(about), wide(show_case_no(about)), NUMBER, "090-5555-6666")
    ]
    assert [receipt_no] == found(ichiro, NUMBER)
    assert show_case_no(about) in ichiro.text
    keiri = at_work(counter, hire(counter.parts, "keiri", "finance", name="経理 三郎"))
    assert ([receipt_no], []) == (found(keiri, NUMBER), cases_found(keiri, NUMBER))
    assert ([], True) == (cases_found(keiri, show_case_no(about)), "見つかりません" in keiri.text)


def test_who_asks_for_a_refund_is_found_by_the_reading_of_their_name(counter: Counter, ichiro: Browser) -> None:
    row = application(counter.parts, 1)
    assert ask(counter.parts, row)
    assert [[row.receipt_no]] * 4 == [
        found(ichiro, asked) for asked in ("栃木花子", "とちぎ", "ﾄﾁｷﾞﾊﾅｺ", "トチギ　ハナコ")
    ]
    assert "お名前は、新しい申請20,000件からさがし、50件まで" in ichiro.text


def test_what_is_found_is_masked_and_its_page_shows_a_field_to_who_asks(
    counter: Counter, receipt_no: str, ichiro: Browser
) -> None:
    found(ichiro, "花子")
    assert ("栃木 花子" in ichiro.text, "+819012345678" in ichiro.text) == (False, False)
    path = f"/console/applications/{receipt_no}"
    assert "栃木 花子" not in ichiro.get(path).text
    ichiro.post("/console/unmask", subject=f"application:{receipt_no}", field="name", to=path)
    assert ("栃木 花子" in ichiro.text, NUMBER in ichiro.text) == (True, True)


def test_the_audit_says_who_looked_for_what_kind_of_thing_and_never_what_they_typed(
    counter: Counter, receipt_no: str, ichiro: Browser
) -> None:
    found(ichiro, "栃木 花子")
    found(ichiro, "ないもの")
    kept = rows(
        counter, "SELECT actor, subject, details ->> 'found' FROM audit WHERE action = 'search.asked' ORDER BY id"
    )
    assert [("担当 一郎", "search:name", "1"), ("担当 一郎", "search:nothing", "0")] == kept


def test_a_telephone_that_talks_by_sms_leads_to_its_talk_with_staff(
    counter: Counter, receipt_no: str, ichiro: Browser
) -> None:
    counter.line(*TO_STAFF)
    found(ichiro, receipt_no)
    assert "/console/conversations/" in ichiro.text


def test_nothing_found_says_what_to_do(ichiro: Browser) -> None:
    assert [] == found(ichiro, "<script>alert(1)</script>")
    assert ("見つかりません" in ichiro.text, "<script>alert(1)" in ichiro.text) == (True, False)


def test_the_audit_is_read_and_taken_away_by_a_supervisor_with_formulas_escaped(
    counter: Counter, ichiro: Browser
) -> None:
    hana = at_work(counter, hire(counter.parts, "hana", "supervisor", name="責任 花子"))
    with transaction(counter.parts.db) as connection:
        audit.add(connection, actor="=HYPERLINK(1)", action="x.y", subject="s", at=counter.parts.clock.now())
    assert "=HYPERLINK(1)" in hana.get("/console/audit").text
    table = list(csv.reader(io.StringIO(hana.client.get("/console/audit.csv").get_data(as_text=True))))
    assert ("'=HYPERLINK(1)", "x.y") == next((row[1], row[2]) for row in table if row[2] == "x.y")
    assert [("責任 花子", "audit.taken")] == rows(
        counter, "SELECT actor, action FROM audit WHERE action = 'audit.taken'"
    )
    only = hana.get("/console/audit?who=nobody&from=2023-04-01&to=rubbish").text
    assert "この期間の記録はありません" in only


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("agent", "/console/audit", 403),
        ("finance", "/console/audit.csv", 403),
        ("finance", SEARCH, 200),
        ("agent", "/console/applications/1234567890", 404),
    ],
)
def test_each_role_sees_its_own_pages_alone(counter: Counter, role: str, path: str, status: int) -> None:
    assert status == at_work(counter, hire(counter.parts, "somebody", role)).get(path).page.status_code
