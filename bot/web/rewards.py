"""The reward site: who was sent a URL proves it, chooses a reward once and for all, and sees its code.

GET  /r/<token>   the screen that comes next; changes nothing, whoever comes: previews and scanners do
POST /r/<token>   one step: send a one-time code, check it, choose, show the code, or leave
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from flask import Blueprint, abort, g, redirect, request, session
from werkzeug.wrappers import Response

from bot import rewards
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import entitlements
from bot.store.db import autocommit
from bot.store.entitlements import Right
from bot.store.vault import Unopenable
from bot.web import reward_screens as screens
from bot.web.again import answered_by_get
from bot.web.drawing import language
from bot.web.guard import check_csrf, limit_form, unseen
from bot.web.proving import fresh_ticket, judge, may_try, send_code
from bot.web.reward_screens import Here, Visit
from bot.web.right import right_or_404
from dialogs.facts import campaign_facts
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_code
from dialogs.rules.claim import Claim, DeliveryTarget
from dialogs.words import words

SHOWN_FOR = timedelta(minutes=30)
COOKIE = "cookie.reward"


def reward_pages(parts: Parts) -> Blueprint:
    """GET and POST /r/<token>."""
    routes = Blueprint("rewards", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)
    answered_by_get(routes, parts)

    @routes.get("/r/<token>")
    def look(token: str) -> Response:
        return screens.screen(_here(parts, token))

    @routes.post("/r/<token>")
    def step(token: str) -> Response:
        check_csrf()
        here = _here(parts, token)
        taken = next((take for name, take in STEPS.items() if name in request.form), None)
        if taken is None:
            abort(400)
        # Too late is told by the page itself.
        return _to() if here.is_over or here.target is None else taken(here)

    return routes


def _here(parts: Parts, token: str) -> Here:
    at = parts.clock.now()  # before anything else: a deadline is judged by when the person acted
    right = right_or_404(parts, token)
    g.language = request.args.get("lang") or session.get("language") or right.language
    claim = open_claim(parts, right.claim) if right.claim else None
    return Here(parts, right, _target(parts, right, claim), claim, at, _visit(parts, right, at))


def _target(parts: Parts, right: Right, claim: Claim | None) -> DeliveryTarget | None:
    """Whose the right is, now and not when it was given, or where its URL got through; None once that is erased."""
    if right.target:
        return DeliveryTarget(*parts.vault.open_json(right.target, "entitlements.target"))
    return claim.target if claim else None


def _to(**query: str) -> Response:
    """On to the screen that comes next, by GET: to load it again does nothing again."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return redirect(f"{request.path}?{asked}" if asked else request.path, 303)


# --- the steps -----------------------------------------------------------------------------------------------------


def _send(here: Here) -> Response:
    ticket, tapped_before = fresh_ticket(here.parts, "reward", here.right.id.hex)
    assert here.target is not None  # noqa: S101 - the route lets nobody here without one
    message = ""
    if not tapped_before:
        sent = send_code(here.parts, here.target, ticket, here.campaign, to=here.way())
        if sent.why_not:
            # A code that went out before is still good.
            return screens.code(here, why=sent.why_not) if here.visit else screens.start(here, sent.why_not)
        message = sent.message
    _move(here, "opened")
    _remember(here.parts, Visit(here.right.id.hex, ticket, message))
    return _to()


def _check(here: Here) -> Response:
    visit, typed = here.visit, request.form.get("code", "")
    if visit is None or visit.seen_until:
        return _to()
    try:
        said = read_code(typed)
    except Unreadable as unread:
        why = words(language()).say(f"why.{unread.reason}", **{**campaign_facts(here.campaign), **unread.facts})
        return screens.code(here, error=why, typed=typed)
    if not may_try(here.parts, visit.ticket):
        session.pop("reward", None)
        return screens.start(replace(here, visit=None), "too_often")
    assert here.target is not None  # noqa: S101 - the route lets nobody here without one
    found = judge(here.parts, visit.ticket, said, target=here.target, campaign=here.campaign, at=here.at)
    if found != "right":
        return screens.code(here, error=here.say(f"code.{found}"), typed=typed)
    _move(here, "choosing")
    seen = replace(visit, seen_until=(here.at + SHOWN_FOR).isoformat())
    _remember(here.parts, _shown(here, seen))
    return _to()


def _choose(here: Here) -> Response:
    """Of two at once one wins, and the other is shown what was chosen."""
    brand = request.form.get("brand", "")
    if not here.proven:
        return _to()
    outcome = rewards.choose(here.parts, here.right, brand, at=here.at)
    if outcome == "cannot_issue":
        return _to(gone=brand) if any(brand == each.id for each in here.brands) else _to()
    here.parts.bell.ring("rewards")
    now = entitlements.by_id(here.parts.db, here.right.id)
    if now and here.visit:
        _remember(here.parts, _shown(replace(here, right=now), here.visit))
    return _to(first="1") if now and now.brand and now.brand != brand else _to()


def _show(here: Here) -> Response:
    if here.proven and here.visit:
        _remember(here.parts, _shown(here, here.visit))
    return _to()


def _leave(_: Here) -> Response:
    session.pop("reward", None)
    return _to()


STEPS: Mapping[str, Callable[[Here], Response]] = {
    "send": _send,
    "code": _check,
    "brand": _choose,
    "show": _show,
    "leave": _leave,
}


def _shown(here: Here, visit: Visit) -> Visit:
    """The visit of somebody who asked for their code, if there is one: from now on it is on their screen."""
    if here.right.code is None:
        return visit
    _move(here, "code_shown")
    return replace(visit, shown=True)


def _move(here: Here, to: str) -> None:
    """On in the table of states; where the right is further already, nothing happens."""
    with autocommit(here.parts.db) as connection:
        entitlements.move(connection, here.right.id, to, at=here.at)


# --- the cookie ----------------------------------------------------------------------------------------------------


def _visit(parts: Parts, right: Right, at: datetime) -> Visit | None:
    """How far this browser is with this right; what was shown is over after half an hour."""
    try:
        visit = Visit(**parts.vault.open_json(bytes.fromhex(session.get("reward", "")), COOKIE))
    except Unopenable:
        return None
    until = datetime.fromisoformat(visit.seen_until) if visit.seen_until else None
    return None if visit.right != right.id.hex or (until and at >= until) else visit


def _remember(parts: Parts, visit: Visit) -> None:
    session["reward"] = parts.vault.seal_json(asdict(visit), COOKIE).hex()
    session.permanent = True
