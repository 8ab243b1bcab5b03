"""Cases and disputes that rang nobody are seen where staff begin their day, and by `bot check`."""

from __future__ import annotations

import pytest

from bot.local.cases_check import cases_found
from dialogs.rules.cases import CaseState
from tests.bot.console.desk import at_work, hire
from tests.bot.disputes_house import quarrel, run
from tests.bot.held_house import decide, told_of
from tests.bot.web.counter import NUMBER, Counter


@pytest.mark.parametrize("role", ["agent", "supervisor", "admin"])
def test_the_first_page_tells_how_many_wait_and_since_when(counter: Counter, role: str) -> None:
    browser = at_work(counter, hire(counter.parts, "ichiro", role))
    assert "件が待っています" not in browser.get("/console").text
    told_of(counter.parts, NUMBER)
    counter.move("2023-04-07T09:00:00+09:00")
    decide(counter.parts, told_of(counter.parts, "TG87654321"), CaseState.CHECKING)
    quarrel(counter.parts)
    text = browser.get("/console").text
    assert ("2件が待っています（いちばん古いもの：2023年4月5日(水) 10:00）" in text, "1件が待っています" in text) == (
        True,
        True,
    )


def test_what_is_decided_waits_no_more_and_finance_is_told_nothing(counter: Counter) -> None:
    decide(counter.parts, told_of(counter.parts, NUMBER), CaseState.CHECKING, CaseState.NOT_FOUND)
    browser = at_work(counter, hire(counter.parts, "ichiro"))
    assert "件が待っています" not in browser.get("/console").text
    told_of(counter.parts, "TG87654321")
    keiri = at_work(counter, hire(counter.parts, "keiri", "finance"))
    assert "件が待っています" not in keiri.get("/console").text


def test_the_check_says_what_waits_too_long(counter: Counter) -> None:
    assert [("Cases", ""), ("Disputes", "")] == [(name, mend) for name, _, mend in cases_found(counter.parts)]
    told_of(counter.parts, NUMBER)
    (_, found, mend), _ = cases_found(counter.parts)
    assert ("1 wait for staff, the oldest since 2023-04-05 10:00", "") == (found, mend)
    counter.move("2023-04-08T09:00:00+09:00")
    (_, _, mend), _ = cases_found(counter.parts)
    assert "/console/cases" in mend


def test_what_another_backend_disputes_waits_too(counter: Counter) -> None:
    quarrel(counter.parts)
    run(counter.parts, "DELETE FROM disputes")
    _, (_, found, _) = cases_found(counter.parts)
    assert found.startswith("1 wait for staff")
