"""A case's number, what it holds, and that its table of states is the one that is drawn."""

import re
from datetime import date
from pathlib import Path

import pytest

from dialogs.rules.cases import (
    NEXT,
    OVER,
    CaseDetails,
    CaseState,
    details_from,
    make_case_no,
    read_case_no,
    show_case_no,
)

PICTURES = Path(__file__).parents[3] / "docs/state-machines.md"
FULL = CaseDetails(
    number="TG12345678",
    expiry=date(2023, 2, 24),
    prefecture="09",
    shop="日光見本屋",
    happened="18:30",
    paid_by="cash",
    times="two",
    amount=1200,
    words="レジで止まりました",
)


def test_every_step_that_a_case_can_take_is_drawn_and_no_other() -> None:
    section = re.split(r"^## ", PICTURES.read_text("utf-8"), flags=re.MULTILINE)
    drawing = next(part for part in section if part.startswith("cases\n"))
    drawn = {tuple(arrow) for arrow in re.findall(r"^\s+(\w+) --> (\w+)", drawing, flags=re.MULTILINE)}
    assert drawn - {("opened", "opened")} == {(str(state), str(to)) for state, after in NEXT.items() for to in after}


def test_every_state_leads_to_an_end() -> None:
    assert {CaseState.CLOSED, CaseState.WITHDRAWN} == set(OVER)
    ending, known = set(OVER), set[CaseState]()
    while ending != known:
        known, ending = ending, ending | {state for state, after in NEXT.items() if ending & set(after)}
    assert set(CaseState) == ending


@pytest.mark.parametrize("typed", ["C-1234-5678-97", "c1234567897", "１２３４－５６７８－９７", " C 1234 5678 97 "])
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert "C1234567897" == read_case_no(typed)


@pytest.mark.parametrize("typed", ["C-1234-5678-98", "D-1234-5678-97", "1234", ""])
def test_a_number_with_a_slip_is_none(typed: str) -> None:
    assert read_case_no(typed) is None


def test_a_number_is_shown_with_its_letter_and_read_back() -> None:
    assert "C-1234-5678-97" == show_case_no(make_case_no(123456789))
    assert make_case_no(7) == read_case_no(show_case_no(make_case_no(7)))


@pytest.mark.parametrize("details", [FULL, CaseDetails()])
def test_what_was_told_comes_back_as_it_was(details: CaseDetails) -> None:
    assert details == details_from(details.plain())


def test_what_an_older_form_lacks_is_not_known_and_nothing_of_it_is_shown_by_accident() -> None:
    assert CaseDetails(shop="日光見本屋") == details_from({"shop": "日光見本屋", "kind": "B1"})
    assert "CaseDetails()" == repr(FULL)
