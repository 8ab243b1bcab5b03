"""Beside everything else: the URL has not come (rules.md §1.4(7)). The same one goes out again, never a second one."""

from __future__ import annotations

from dialogs.engine import Desk, Walk
from dialogs.facts import call_centre_now, url_phase
from dialogs.questions import PickOne
from dialogs.scripts.app_url import SENT, app_url
from dialogs.scripts.finding import at_this_number
from dialogs.steps import Explained, Lookup, Moment, Say

MAY_CALL = (
    *("none", "sending", "undelivered", "other_way", "too_often", "over", "stopped"),
    *("not_found", "unreachable", "chosen"),
)


def resend(desk: Desk) -> Walk:
    """What became of the URL, and what happens now; who has two contacts on record says to which it goes."""
    asked = yield Moment("asked")
    yield from at_this_number()
    url = yield Lookup("url", "resend", {})
    applied = url["url"] != "none"
    if not applied:
        url = yield from app_url(desk)
    elif url["url"] == "choose":
        facts = {"same": url["target"], "other": url["other"]}
        to = yield PickOne(key="resend.to", options=("same", "other"), shown=False, facts=facts)
        url = yield Lookup("sent", "resend", {"to": to})
    if url["url"] == "early" and url_phase(desk.campaign, asked) != "before":
        # As the verdict has it from that day on; until its third of the month is over nobody is late yet.
        url = {"url": "sending"}
    yield Say(f"resend_told.{url['url']}", {"target": url.get("target", ""), "other": url.get("other", "")})
    named = not applied and url["url"] in SENT
    if named:
        yield Say("resend_told.app_moved")
    if named or url["url"] in MAY_CALL:
        key, facts = call_centre_now(desk.campaign, asked)
        yield Say("resend_call", facts, wording=key)
    return Explained(url["url"])
