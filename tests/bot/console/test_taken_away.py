"""What staff take away: a case on paper and as JSON, lists as CSV; masked unless chosen otherwise, in the audit."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot import case_decisions, shop_records
from bot.parts import Parts
from bot.shop_records import Shown
from bot.store import by_key
from dialogs.rules.cases import CaseState, show_case_no
from dialogs.rules.claim import show_receipt_no
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.disputes_house import TARO, filed, quarrel
from tests.bot.handoff_house import rows
from tests.bot.held_house import found, told_of, worker
from tests.bot.refunds_house import checked
from tests.bot.web.counter import NUMBER, Browser, Counter
from tests.test_house import PROJECT

CASES = "/console/cases"
SCHEMA = Draft202012Validator(json.loads(Path(PROJECT / "docs/case-export.schema.json").read_text()))
OWN = (NUMBER, "日光見本屋", "T-778899", "二重の売上")
TAKEN_ROWS = "SELECT details - 'from' - 'to' FROM audit WHERE action = 'audit.taken'"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def case_no(counter: Counter) -> str:
    """A case that went all the way, with a record of the shop."""
    number = told_of(counter.parts, NUMBER)
    shown = Shown(time="18:31", amount=1500, number="T-778899", words="二重の売上")
    shop_records.add(counter.parts, number, shown, content=b"%PDF-1.7", by="担当 一郎")
    found(counter.parts, number, 1500)
    case_decisions.move(counter.parts, number, CaseState.CLOSED, by="担当 一郎")
    return number


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def supervisor(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hanako", "supervisor"))


def seen(text: str) -> list[str]:
    return [own for own in OWN if own in text]


def document(browser: Browser) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(browser.text)
    assert [] == [error.message for error in SCHEMA.iter_errors(plain)]
    return plain


def quarrels(parts: Parts, numbers: list[str]) -> None:
    """Two people apply with all of these coupons."""
    import_coupons(parts.db, *(coupon(number) for number in numbers))
    for serial, applicant in ((101, "hanako"), (102, "taro")):
        filed(parts, serial, *numbers, applicant=applicant)
        worker(parts)


def table(browser: Browser) -> list[list[str]]:
    return list(csv.reader(io.StringIO(browser.text.removeprefix("\ufeff"))))


def test_a_case_on_paper_is_masked_even_after_a_look_until_it_is_chosen_otherwise(
    counter: Counter, case_no: str, ichiro: Browser
) -> None:
    ichiro.get(f"{CASES}/{case_no}").post("/console/unmask", subject=f"case:{case_no}", field="told")
    paper = ichiro.get(f"{CASES}/{case_no}/paper").text
    assert ([], True, True) == (seen(paper), "番号は伏せています" in paper, "ポイントにした 1,500 円" in paper)
    bare = ichiro.post(f"{CASES}/{case_no}/paper").text
    assert (list(OWN), False) == (seen(bare), "表示する</button>" in bare)
    assert 2 == actions(counter.parts).count(("担当 一郎", "case.printed"))


def test_a_case_as_json_has_all_of_it_by_its_schema(counter: Counter, case_no: str, ichiro: Browser) -> None:
    masked = document(ichiro.get(f"{CASES}/{case_no}/case.json"))
    assert (True, [], 1500) == (masked["masked"], seen(ichiro.text), masked["given_back_yen"])
    ichiro.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/case.json")
    bare = document(ichiro)
    assert (False, list(OWN)) == (bare["masked"], seen(ichiro.text))
    assert {"media_type": "application/pdf", "bytes": 8} == bare["shop_records"][0]["file"]
    did = [step["did"] for step in bare["history"]]
    assert ["told", "record_added", "checking", "found", "to_points", "closed", "exported", "exported"] == did
    assert "attachment" in ichiro.page.headers["Content-Disposition"]


def test_an_erased_case_is_still_taken_away(counter: Counter, case_no: str, ichiro: Browser) -> None:
    with counter.parts.db.connection() as connection:
        connection.execute("UPDATE cases SET details = NULL")
        connection.execute("UPDATE shop_records SET details = NULL, content = NULL")
    plain = document(ichiro.get(f"{CASES}/{case_no}/case.json"))
    assert (None, None) == (plain["told"], plain["shop_records"][0]["shown"])


def test_lists_are_taken_away_as_they_are_filtered(counter: Counter, case_no: str, ichiro: Browser) -> None:
    told_of(counter.parts, "TG87654321")
    assert 3 == len(table(ichiro.get("/console/cases.csv")))
    head, line = table(ichiro.get("/console/cases.csv?state=closed"))
    assert ("相談番号", show_case_no(case_no), "1500") == (head[0], line[0], line[-1])
    quarrel(counter.parts)
    (_, dispute) = table(ichiro.get("/console/disputes.csv?state=open"))
    assert ["****01", "栃木県", "未決"] == dispute[:3]
    hanako = supervisor(counter)
    assert 3 == len(table(hanako.get("/console/applications.csv")))
    assert [] == seen(hanako.text) + [own for own in ("栃木 花子", "09033334444") if own in hanako.text]
    ichiro.get("/console/search").post("/console/search.csv", q=TARO)
    assert 2 == len(table(ichiro))
    taken = [act for _, act in actions(counter.parts) if act.endswith(".taken")]
    assert ["cases.taken", "cases.taken", "disputes.taken", "applications.taken", "search.taken"] == taken


def test_all_applications_are_taken_however_many_they_are_and_by_no_agent(
    counter: Counter, ichiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_key, "AT_ONCE", 2)
    numbers = [show_receipt_no(filed(counter.parts, n, f"A0000{n}").receipt_no) for n in range(1, 6)]
    _, *lines = table(supervisor(counter).get("/console/applications.csv"))
    assert numbers[::-1] == [line[0] for line in lines]
    assert [({"rows": 5},)] == rows(counter, "SELECT details FROM audit WHERE action = 'applications.taken'")
    assert 403 == ichiro.get("/console/applications.csv").page.status_code
    assert "/console/applications.csv" not in ichiro.get("/console/search").text


def test_no_list_is_cut_short_without_a_word(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_key, "AT_ONCE", 2)
    told = {show_case_no(told_of(counter.parts, f"TG8765432{n}")) for n in range(5)}
    asked = {show_receipt_no(checked(counter.parts, n)) for n in range(1, 6)}
    quarrels(counter.parts, [f"B0000{n}" for n in range(5)])
    hanako, kinko = supervisor(counter), at_work(counter, hire(counter.parts, "kinko", "finance"))
    assert told == {line[0] for line in table(hanako.get("/console/cases.csv"))[1:]}
    assert 5 == len(table(hanako.get("/console/disputes.csv"))[1:])
    assert asked == {line[0] for line in table(kinko.get("/console/refunds.csv"))[1:]}
    ((written,),) = rows(counter, "SELECT count(*) FROM audit")
    lines = table(hanako.get("/console/audit.csv?from=2023-01-01&to=2023-12-31"))[1:]
    assert (written, [({"rows": written},)]) == (len(lines) - 1, rows(counter, TAKEN_ROWS))


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+81", "@SUM(A1)", "＝1+1"])
def test_nothing_in_a_list_is_run_by_a_spreadsheet(counter: Counter, name: str) -> None:
    filed(counter.parts, 1, "A00001", name=name)
    (_, line) = table(supervisor(counter).get("/console/applications.csv"))
    assert "'" == line[4][0]


def test_a_script_in_what_was_told_is_harmless_on_paper_too(counter: Counter, ichiro: Browser) -> None:
    number = told_of(counter.parts, SCRIPT)
    shop_records.add(counter.parts, number, Shown(words=SCRIPT, number=SCRIPT), content=b"", by="担当 一郎")
    ichiro.get(f"{CASES}/{number}").post(f"{CASES}/{number}/paper")
    assert (False, True) == (SCRIPT in ichiro.text, "&lt;script&gt;" in ichiro.text)


def test_a_forged_form_reveals_nothing(case_no: str, ichiro: Browser) -> None:
    for what in ("paper", "case.json"):
        ichiro.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/{what}", csrf="0" * 64)
        assert (400, []) == (ichiro.page.status_code, seen(ichiro.text))
