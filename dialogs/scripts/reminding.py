"""What somebody may be told on a later day: the opening is offered before it, anything by a word at any time."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.engine import Desk, Step, Walk
from dialogs.facts import call_centre_now
from dialogs.questions import YesNo
from dialogs.steps import Explained, Lookup, Moment, Say

REMIND_ME = "remind_me"
REMINDER = ".reminder"  # of a number that was lost: with it goes the promise to keep the answers


def opening_reminder() -> Generator[Step, Any, None]:
    """Before the site opens, when nothing personal is taken: a word on its day, where the counter can write first."""
    if not (yield Lookup("remind.way", "may_remind", {}))["may"]:
        yield Say("opening_by_yourself")
    elif (yield YesNo(key=REMIND_ME, shown=False, fleeting=True)):
        yield Lookup("remind", "remind", {"kind": "opening"})
        yield Say("remind_told.opening")
        yield Say("answers_kept")
    else:
        yield Say("remind_told.declined")


def number_lost(key: str, *, beside: bool) -> Generator[Step, Any, None]:
    """The issuer knows it (notice 2, ※紛失); the draft waits, with a word before the deadline. The rest need not."""
    planned = yield Lookup(f"{key}{REMINDER}", "remind", {"kind": "apply_end"})
    yield Say(f"{key}.lost", wording="number_lost")
    if planned["reminder"] == "apply_end":
        yield Say(f"{key}.reminded", wording="number_lost_reminded")
    yield Say(f"{key}.others", wording=f"number_lost_others.{'beside' if beside else 'first'}")


def remind(desk: Desk) -> Walk:
    """Beside everything else: a reminder of what comes next for somebody, the opening or the last days."""
    asked = yield Moment("asked")
    if desk.campaign.apply_is_over(asked):
        yield Say("remind_told.over")
        key, facts = call_centre_now(desk.campaign, asked)
        yield Say("remind_call", facts, wording=key)
        return Explained("over")
    kind = "apply_end" if desk.campaign.site_is_open(asked) else "opening"
    planned = yield Lookup("planned", "remind", {"kind": kind})
    yield Say(f"remind_told.{planned['reminder']}")
    return Explained(planned["reminder"])


def no_reminder(_: Desk) -> Walk:
    """Beside everything else: whoever does not want to be reminded is not."""
    yield Lookup("forgotten", "forget_reminders", {})
    yield Say("remind_told.forgotten")
    return Explained("forgotten")
