"""The first page says what waits for whoever looks at it, and nothing of what is not theirs."""

from __future__ import annotations

from bot import refund_files
from tests.bot.console.desk import at_work, hire
from tests.bot.refunds_house import application, ask, checked, sender
from tests.bot.test_contacts import accepted, ask_for_change
from tests.bot.web.counter import Counter


def test_finance_is_told_what_to_check_and_to_release(counter: Counter) -> None:
    keiri = at_work(counter, hire(counter.parts, "keiri", "finance"))
    assert "待っています" not in keiri.get("/console").text
    checked(counter.parts, 1)
    refund_files.make_file(counter.parts, sender(), by="佐藤")
    for serial in (2, 3):
        assert ask(counter.parts, application(counter.parts, serial))
    text = keiri.get("/console").text
    assert (True, True) == ("2件が待っています" in text, "1件が待っています" in text)


def test_agents_who_can_check_no_refund_are_told_of_none(counter: Counter) -> None:
    assert ask(counter.parts, application(counter.parts, 1))
    assert "待っています" not in at_work(counter, hire(counter.parts, "ichiro")).get("/console").text


def test_agents_are_told_of_changes_of_contact_and_finance_is_not(counter: Counter) -> None:
    assert ask_for_change(counter.parts, accepted(counter.parts))
    ichiro, keiri = (at_work(counter, hire(counter.parts, role, role)) for role in ("agent", "finance"))
    said = [each.get("/console").text for each in (ichiro, keiri)]
    assert [True, False] == ["1件が待っています" in text for text in said]
