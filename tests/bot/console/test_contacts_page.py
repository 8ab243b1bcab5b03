"""Changes of contact in the console: looked at masked, made sure of, then changed or refused."""

from __future__ import annotations

import pytest

from bot import contacts
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.handoff_house import rows, run
from tests.bot.test_contacts import NEW, OLD, accepted, ask_for_another, ask_for_change, letters, mark, url
from tests.bot.web.counter import Browser, Counter

CONTACTS = "/console/contacts"


@pytest.fixture
def receipt_no(counter: Counter) -> str:
    row = accepted(counter.parts)
    assert ask_for_change(counter.parts, row)
    return row.receipt_no


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def act(browser: Browser, receipt_no: str, name: str, **fields: str) -> Browser:
    path = f"{CONTACTS}/{receipt_no}"
    return browser.get(path).post(f"{path}/{name}", **fields)


def state(counter: Counter) -> tuple[str, str]:
    return rows(counter, "SELECT state, reason FROM contact_changes")[0]


def test_a_change_is_found_in_the_list_and_made_by_who_has_spoken_with_the_person(
    counter: Counter, ichiro: Browser, receipt_no: str
) -> None:
    assert [True] * 3 == [
        each in ichiro.get(CONTACTS).text for each in (f"{CONTACTS}/{receipt_no}", "090-****-2222", "h***@example.jp")
    ]
    act(ichiro, receipt_no, "approve")
    assert (400, "requested", True) == (ichiro.page.status_code, state(counter)[0], "しるしを付けて" in ichiro.text)
    act(ichiro, receipt_no, "approve", sure="yes")
    assert ("approved", NEW) == (state(counter)[0], url(counter.parts)[0])
    assert ("担当 一郎", "contact_change.approved") in actions(counter.parts)
    assert {OLD, NEW} == {to for to, _ in letters(counter.parts, "contact_change")}
    assert "待っている変更はありません" in ichiro.get(CONTACTS).text


def test_a_change_is_refused_with_a_reason_that_its_person_is_not_told(
    counter: Counter, ichiro: Browser, receipt_no: str
) -> None:
    act(ichiro, receipt_no, "refuse", reason=" ")
    assert (400, "requested", True) == (ichiro.page.status_code, state(counter)[0], "理由を入力" in ichiro.text)
    act(ichiro, receipt_no, "refuse", reason="電話に出ない")
    assert (("refused", "電話に出ない"), OLD) == (state(counter), url(counter.parts)[0])
    assert [False] == ["電話に出ない" in text for _, text in letters(counter.parts, "contact_change")]
    assert "電話に出ない" in ichiro.get(f"{CONTACTS}?state=refused").text


def test_what_a_colleague_has_decided_is_told_and_not_decided_again(
    counter: Counter, ichiro: Browser, receipt_no: str
) -> None:
    ichiro.get(f"{CONTACTS}/{receipt_no}")
    contacts.refuse(counter.parts, receipt_no, seen=mark(counter.parts), reason="電話に出ない", by="佐藤")
    ichiro.post(f"{CONTACTS}/{receipt_no}/approve", sure="yes")
    assert (409, "refused", True) == (ichiro.page.status_code, state(counter)[0], "もう決まっている" in ichiro.text)


@pytest.mark.parametrize(("name", "fields"), [("approve", {"sure": "yes"}), ("refuse", {"reason": "電話に出ない"})])
def test_another_change_than_the_one_that_was_looked_at_is_not_decided(
    counter: Counter, ichiro: Browser, receipt_no: str, name: str, fields: dict[str, str]
) -> None:
    ichiro.get(f"{CONTACTS}/{receipt_no}")
    ask_for_another(counter.parts, receipt_no)
    ichiro.post(f"{CONTACTS}/{receipt_no}/{name}", **fields)
    assert (409, True, OLD) == (
        ichiro.page.status_code,
        "別の連絡先への変更に代わりました" in ichiro.text,
        url(counter.parts)[0],
    )
    assert [("requested",), ("withdrawn",)] == rows(counter, "SELECT state FROM contact_changes ORDER BY state")


def test_both_contacts_are_masked_until_somebody_asks(counter: Counter, ichiro: Browser, receipt_no: str) -> None:
    path = f"{CONTACTS}/{receipt_no}"
    assert [False, False] == [each in ichiro.get(path).text for each in (NEW.value, OLD.value)]
    ichiro.post("/console/unmask", subject=f"contact_change:{receipt_no}", field="new", to=path)
    assert (True, False) == (NEW.value in ichiro.text, OLD.value in ichiro.text)
    assert ("担当 一郎", "staff.unmasked") in actions(counter.parts)


def test_an_erased_application_is_told_and_nothing_of_it_changes(
    counter: Counter, ichiro: Browser, receipt_no: str
) -> None:
    run(counter, "UPDATE submissions SET claim = NULL")
    act(ichiro, receipt_no, "approve", sure="yes")
    assert (409, "requested", True) == (ichiro.page.status_code, state(counter)[0], "消されたので" in ichiro.text)


def test_finance_decides_no_change(counter: Counter, receipt_no: str) -> None:
    keiri = at_work(counter, hire(counter.parts, "keiri", "finance"))
    assert [403, 403] == [keiri.get(path).page.status_code for path in (CONTACTS, f"{CONTACTS}/{receipt_no}")]
    keiri.get("/console")
    assert [403, 403] == [
        keiri.post(f"{CONTACTS}/{receipt_no}/{name}", sure="yes", reason="x").page.status_code
        for name in ("approve", "refuse")
    ]
    assert "requested" == state(counter)[0]


def test_an_application_leads_to_its_change(ichiro: Browser, receipt_no: str) -> None:
    assert f'href="{CONTACTS}/{receipt_no}"' in ichiro.get(f"/console/applications/{receipt_no}").text


def test_a_forged_form_changes_nothing(counter: Counter, ichiro: Browser, receipt_no: str) -> None:
    act(ichiro, receipt_no, "approve", sure="yes", csrf="0" * 64)
    assert (400, "requested") == (ichiro.page.status_code, state(counter)[0])


@pytest.mark.parametrize("path", ["/9999999999", "/nobody"])
def test_a_change_of_nobody_is_not_found(ichiro: Browser, path: str) -> None:
    assert 404 == ichiro.get(CONTACTS + path).page.status_code
