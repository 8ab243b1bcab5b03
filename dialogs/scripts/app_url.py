"""The URL of who charged the coupon to the app, and so has no application here: found by the coupon itself."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.engine import Desk, Step
from dialogs.facts import campaign_terms
from dialogs.questions import PickOne
from dialogs.scripts.known_coupon import coupon_known_by
from dialogs.steps import Lookup, Say

TRIES = 3  # of number and day together; nobody is told which of the two was wrong
SENT = ("app_again", "app_other_way", "undelivered", "planned", "on_the_way")  # named a contact, perhaps an old one

Url = Generator[Step, Any, dict[str, Any]]


def app_url(desk: Desk) -> Url:
    """What became of it, and the same one once more; never to anything that is typed here (rules.md §1.4(6), (7))."""
    for n in range(1, TRIES + 1):
        told = desk.in_the_app if n == 1 else None
        given = (
            dict(zip(("number", "trip_date"), told, strict=True))
            if told
            else (yield from coupon_known_by(desk, f"app[{n}]"))
        )
        if given is None:
            return {"url": "none"}
        url = yield Lookup(f"app[{n}]", "resend_app", given)
        if url["url"] == "no_more":
            break
        if url["url"] != "no_match":
            return (yield from _sent(given, url))
        if n < TRIES:
            yield Say(f"app[{n}].wrong", campaign_terms(desk.campaign), wording="resend_told.wrong")
    return {"url": "not_found"}


def _sent(given: dict[str, str], url: dict[str, Any]) -> Url:
    """To which of two contacts, where either may help."""
    if url["url"] != "choose":
        return url
    facts = {"same": url["target"], "other": url["other"]}
    to = yield PickOne(key="resend.app_to", options=("same", "other"), shown=False, facts=facts)
    sent: dict[str, Any] = yield Lookup("app.sent", "resend_app", {**given, "to": to})
    return sent
