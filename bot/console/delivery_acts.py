"""What staff do with a mailing: each act is looked at once more on a page of its own, then done, and in the audit.

GET  /console/deliveries/<uuid>/<act>    what it would do: test, pilot, start, pause, resume or cancel
POST /console/deliveries/<uuid>/<act>    does it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.deliveries import Line, acts_of, mailing_or_404
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.visiting import whoever
from bot.deliveries import running
from bot.deliveries.running import CannotRun
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import mailings
from bot.store.mailings import Mailing
from dialogs.reading import Unreadable
from dialogs.reading.contacts import read_target
from dialogs.reading.text import tidy

LONGEST_ANSWER = 400
MOST_TESTS = 5
USUAL_SHARE, LARGEST_SHARE = "1", 50.0  # per cent

Act = Callable[[Parts, str, str], None]


class _Slip(Exception):
    """What was typed cannot be taken; the text is a key of deliveries.slip."""


def delivery_acts(parts: Parts) -> Blueprint:
    routes = Blueprint("delivery_acts", __name__)

    @routes.get("/deliveries/<uuid:mailing>/<act>")
    @for_roles("supervisor")
    def ask(mailing: UUID, act: str) -> Response:
        return _asked(parts, _possible(parts, mailing, act), act)

    @routes.post("/deliveries/<uuid:mailing>/<act>")
    @for_roles("supervisor")
    def do(mailing: UUID, act: str) -> AnyResponse:
        found, typed = _possible(parts, mailing, act), request.form.get("answer", "")[:LONGEST_ANSWER]
        try:
            DOES[act](parts, found.name, typed)
        except _Slip as slip:
            return _asked(parts, found, act, typed=typed, slip=str(slip))
        except CannotRun as why:
            spoken = staff_words(language())
            said = spoken.say(f"deliveries.why.{why.reason or 'moved'}", **why.facts)
            return _asked(parts, mailing_or_404(parts, mailing), act, typed=typed, why=said)
        return redirect(url_for("console.deliveries.look", mailing=mailing, done=act), 303)

    return routes


def _possible(parts: Parts, mailing: UUID, act: str) -> Mailing:
    """The mailing, where that is an act at all; whether it is one just now tells the act itself."""
    if act not in DOES:
        abort(404)
    return mailing_or_404(parts, mailing)


def _asked(parts: Parts, mailing: Mailing, act: str, *, typed: str = "", slip: str = "", why: str = "") -> Response:
    line = Line(mailing, mailings.counts(parts.db, mailing.id))
    possible = act in acts_of(mailing)
    drawn = page(
        parts,
        "delivery_act.html",
        mailing=mailing,
        line=line,
        act=act,
        typed=typed or (USUAL_SHARE if act == "pilot" else ""),
        slip=slip,
        why=why or ("" if possible else staff_words(language()).say("deliveries.why.moved")),
        possible=possible,
    )
    return make_response(drawn, 400 if slip else 409 if why else 200)


def _test(parts: Parts, name: str, typed: str) -> None:
    words = typed.replace("、", ",").replace("\n", ",").split(",")
    targets = [word.strip() for word in words if word.strip()]
    if not 1 <= len(targets) <= MOST_TESTS:
        raise _Slip("targets")
    try:
        read = [read_target(target) for target in targets]
    except Unreadable:
        raise _Slip("targets") from None
    if any(kind not in parts.channels for kind, _ in read):
        raise _Slip("channel")
    running.send_tests(parts, name, read, by=whoever().name)


def _pilot(parts: Parts, name: str, typed: str) -> None:
    try:
        share = float(tidy(typed).rstrip("%"))
    except (ValueError, Unreadable):
        raise _Slip("share") from None
    if not 0 < share <= LARGEST_SHARE:
        raise _Slip("share")
    running.pilot(parts, name, share=share / 100, by=whoever().name)


def _plainly(move: Callable[..., object]) -> Act:
    """An act for which nothing is typed."""

    def act(parts: Parts, name: str, _: str) -> None:
        move(parts, name, by=whoever().name)

    return act


DOES: Mapping[str, Act] = {
    "test": _test,
    "pilot": _pilot,
    "start": _plainly(running.start),
    "pause": _plainly(running.pause),
    "resume": _plainly(running.resume),
    "cancel": _plainly(running.call_off),
}
