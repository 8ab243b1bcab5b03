"""Many cases brought on together: seen first, confirmed once, each still by two persons, each in the audit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.cases import SEALED
from bot.store import cases
from dialogs.rules.cases import CaseDetails, CaseState
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.handoff_house import rows
from tests.bot.held_house import decide, told_of
from tests.bot.web.counter import Browser, Counter

CASES, TOGETHER = "/console/cases", "/console/cases/together"


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


@pytest.fixture
def hana(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hana", "supervisor", name="責任 花子"))


def told(counter: Counter, serial: int, kind: str = "B2", *, yen: int | None = None) -> str:
    number = told_of(counter.parts, f"TG{serial:08}", kind, origin="")
    if yen is not None:
        details = CaseDetails(number=f"TG{serial:08}", prefecture="09", amount=yen).plain()
        with counter.parts.db.connection() as connection:
            sealed = counter.parts.vault.seal_json(details, SEALED)
            connection.execute("UPDATE cases SET details = %s WHERE case_no = %s", (sealed, number))
    return number


def chosen(browser: Browser, to: str, *numbers: str, **more: str) -> Browser:
    browser.get(CASES)
    csrf = re.findall(r'name="csrf" value="(\w+)"', browser.text)[0]
    data = {"csrf": csrf, "to": to, "case": list(numbers), **more}
    return browser.see(browser.client.post(TOGETHER, data=data, follow_redirects=True))


def confirmed(browser: Browser, text: str = "") -> Browser:
    """Send the form of the preview that stands in the browser, or of another one."""
    form = next(
        form for form in re.findall(r"<form.*?</form>", text or browser.text, re.DOTALL) if 'name="batch"' in form
    )
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return browser.see(browser.client.post(f"{TOGETHER}/confirmed", data=fields, follow_redirects=True))


def states(counter: Counter) -> list[str]:
    return [state for (state,) in rows(counter, "SELECT state FROM cases ORDER BY acted_at, id")]


def test_the_preview_changes_nothing_and_tells_what_goes_and_what_does_not(counter: Counter, ichiro: Browser) -> None:
    first, second = told(counter, 1), told(counter, 2)
    decide(counter.parts, second, CaseState.CHECKING)
    chosen(ichiro, "checking", first, second)
    assert ["opened", "checking"] == states(counter)
    assert (True, True) == ("1件を進める" in ichiro.text, "いまの状態では、それはできません" in ichiro.text)
    confirmed(ichiro)
    assert (["checking", "checking"], True) == (states(counter), "1件を進めました" in ichiro.text)
    assert ("担当 一郎", "case.checking") in actions(counter.parts)


def test_all_of_a_filter_are_given_back_by_another_person_with_their_sum(counter: Counter, hana: Browser) -> None:
    for serial, yen in ((1, 1500), (2, 500), (3, None)):
        decide(counter.parts, told(counter, serial, yen=yen), CaseState.CHECKING, CaseState.FOUND)
    chosen(hana, "give_back", state="found", all="1")
    assert (True, True) == ("2,000 円" in hana.text, "金額を聞いていません" in hana.text)
    confirmed(hana)
    assert ["to_points", "to_points", "found"] == states(counter)
    assert "戻した額は合わせて2,000円" in hana.text
    assert [(1500,), (500,), (None,)] == rows(counter, "SELECT restored FROM cases ORDER BY acted_at, id")


def test_who_found_some_of_them_gives_back_only_the_others(counter: Counter, hana: Browser) -> None:
    mine, other = told(counter, 1, yen=1500), told(counter, 2, yen=500)
    decide(counter.parts, mine, CaseState.CHECKING)
    decide(counter.parts, other, CaseState.CHECKING, CaseState.FOUND)
    hana.get(f"{CASES}/{mine}").post(f"{CASES}/{mine}/move", to="found")
    chosen(hana, "give_back", mine, other)
    assert "確認した人は、戻す額を決められません" in hana.text
    confirmed(hana)
    assert ["found", "to_points"] == states(counter)


def test_a_preview_that_is_sent_twice_or_came_too_late_gives_nothing_back_twice(
    counter: Counter, hana: Browser
) -> None:
    first, second = told(counter, 1, yen=1500), told(counter, 2, yen=500)
    for number in (first, second):
        decide(counter.parts, number, CaseState.CHECKING, CaseState.FOUND)
    preview = chosen(hana, "give_back", first, second).text
    late = chosen(hana, "give_back", first).text
    confirmed(hana, preview)
    result = hana.text
    confirmed(hana, preview)
    assert (result, 2) == (hana.text, actions(counter.parts).count(("責任 花子", "case.to_points")))
    assert 2 == actions(counter.parts).count(("責任 花子", "case.together"))
    confirmed(hana, late)
    assert (True, 2) == (
        "状態が変わっていました" in hana.text,
        actions(counter.parts).count(("責任 花子", "case.to_points")),
    )


def test_what_was_broken_off_goes_on_where_it_stood_when_the_form_is_sent_again(
    counter: Counter, hana: Browser
) -> None:
    first, second, third = (told(counter, serial, yen=500) for serial in (1, 2, 3))
    for number in (first, second, third):
        decide(counter.parts, number, CaseState.CHECKING, CaseState.FOUND)
    preview = chosen(hana, "give_back", first, second, third).text
    with dying_at(counter, second):
        confirmed(hana, preview)
    assert ["to_points", "found", "found"] == states(counter)
    confirmed(hana, preview)
    assert (["to_points"] * 3, True) == (states(counter), "3件を進めました" in hana.text)
    assert 3 == actions(counter.parts).count(("責任 花子", "case.to_points"))


@contextmanager
def dying_at(counter: Counter, case_no: str) -> Iterator[None]:
    """The database turns away what comes to that case: after it is brought on, when it is noted with the others."""
    with counter.parts.db.connection() as connection:
        connection.execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE SQLSTATE '57P01' USING MESSAGE = 'the administrator ends it'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER cut BEFORE INSERT ON audit FOR EACH ROW"
            f" WHEN (NEW.details ->> 'case' = '{case_no}') EXECUTE FUNCTION cut()"
        )
    yield
    with counter.parts.db.connection() as connection:
        connection.execute("DROP TRIGGER cut ON audit")
        connection.execute("DROP FUNCTION cut")


def test_an_agent_gives_nothing_back_and_no_step_is_made_up(counter: Counter, ichiro: Browser) -> None:
    number = told(counter, 1)
    assert 'value="give_back"' not in ichiro.get(CASES).text
    assert 403 == chosen(ichiro, "give_back", number).page.status_code
    for to in ("restored", "withdrawn", "rubbish", ""):
        assert 400 == chosen(ichiro, to, number).page.status_code


def test_rubbish_and_nothing_chosen_are_told(counter: Counter, ichiro: Browser) -> None:
    told(counter, 1)
    assert "相談を一つも選んでいません" in chosen(ichiro, "checking").text
    assert "相談を一つも選んでいません" in chosen(ichiro, "checking", "C1234567890", "<script>").text
    assert 404 == ichiro.get(f"{TOGETHER}/01890000-0000-7000-8000-000000000000").page.status_code


def test_a_preview_counts_the_letters_that_go_out(counter: Counter, ichiro: Browser) -> None:
    number = told(counter, 1, "OTHER")
    decide(counter.parts, number, CaseState.CHECKING)
    chosen(ichiro, "answered", number)
    assert re.search(r"お客様への知らせ（通）</dt><dd>0<", ichiro.text)
    assert cases.by_no(counter.parts.db, number)
