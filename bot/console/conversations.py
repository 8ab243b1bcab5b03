"""One conversation that staff have or may have: all that was said, the answers so far, and what they do with it.

GET  /console/conversations/<uuid:conversation>
POST /console/conversations/<uuid:conversation>/move     take, release, give, return, survey, close
POST /console/conversations/<uuid:conversation>/reply    to the person, by their own channel; or put in a ready sentence
POST /console/conversations/<uuid:conversation>/note     for colleagues alone
POST /console/conversations/<uuid:conversation>/file     fetch what was sent before staff had it
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import handoff, received
from bot.console.conversation_view import View, look_at
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.queue import AT_THE_DESK
from bot.console.visiting import by_itself, whoever
from bot.handoff import HandoffError, Words
from bot.parts import Parts
from bot.store import handoffs
from bot.store.handoff_queue import Handoff
from bot.store.received_files import Wanted
from bot.store.staff import Member
from dialogs.handing import WAYS_BACK


@dataclass(frozen=True)
class Wish:
    """What a form asks for: the handoff as its page showed it, who asks, and the form's own fields."""

    seen: Handoff
    who: Member
    form: Mapping[str, str]


def conversation_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("conversations", __name__)

    @routes.get("/conversations/<uuid:conversation>")
    @for_roles(*AT_THE_DESK)
    def look(conversation: UUID) -> AnyResponse:
        if not by_itself():
            handoffs.seen(parts.db, conversation, whoever().id)
        return _drawn(parts, _view(parts, conversation))

    @routes.post("/conversations/<uuid:conversation>/move")
    @for_roles(*AT_THE_DESK)
    def move(conversation: UUID) -> AnyResponse:
        return _do(parts, conversation, MOVES.get(request.form.get("do", "")))

    @routes.post("/conversations/<uuid:conversation>/reply")
    @for_roles(*AT_THE_DESK)
    def reply(conversation: UUID) -> AnyResponse:
        if request.form.get("do") == "put_in":
            view = _view(parts, conversation)
            return _drawn(parts, view, text=_with_ready(view, request.form))
        return _do(parts, conversation, _reply)

    @routes.post("/conversations/<uuid:conversation>/note")
    @for_roles(*AT_THE_DESK)
    def note(conversation: UUID) -> AnyResponse:
        return _do(parts, conversation, _add_note)

    @routes.post("/conversations/<uuid:conversation>/file")
    @for_roles(*AT_THE_DESK)
    def fetch(conversation: UUID) -> AnyResponse:
        return _do(parts, conversation, _want_file)

    return routes


def _do(parts: Parts, conversation: UUID, act: Callable[[Parts, Wish], None] | None) -> AnyResponse:
    """Do it and draw the page anew; what cannot be done is told there, with what was typed still in its field."""
    view = _view(parts, conversation)
    if act is None:
        abort(400)
    form = request.form
    try:
        act(parts, Wish(_as_shown(view, form), whoever(), form))
    except HandoffError as error:
        typed = {"text": form.get("text", ""), "note": form.get("note", "")}
        return _drawn(parts, _view(parts, conversation), fault=_fault(error), status=409, **typed)
    return redirect(url_for("console.conversations.look", conversation=conversation, _anchor="end"), 303)


def _view(parts: Parts, conversation: UUID) -> View:
    """Only what was with staff, and is or was for this member, is shown here."""
    view = look_at(parts, conversation, whoever())
    if view is None:
        abort(404)
    return view


def _as_shown(view: View, form: Mapping[str, str]) -> Handoff:
    """The handoff, if it still stands as the form's page showed it."""
    now = view.now
    if now is None or form.get("version") != str(now.version) or form.get("handoff") != str(now.id):
        raise handoff.Elsewhere
    return now


def _drawn(
    parts: Parts, view: View, *, text: str = "", note: str = "", fault: str = "", status: int = 200
) -> AnyResponse:
    drawn = page(
        parts, "conversation.html", view=view, text=text, note=note, fault=fault, once=secrets.token_urlsafe(12)
    )
    return make_response(drawn, status)


def _with_ready(view: View, form: Mapping[str, str]) -> str:
    """What was typed, with the ready sentence that was chosen below it."""
    _, ready = view.canned.get(form.get("canned", ""), ("", ""))
    return "\n".join(filter(None, (form.get("text", "").rstrip(), ready)))


def _fault(error: HandoffError) -> str:
    """The key of the sentence that says what is wrong: conversation.fault.…"""
    why = str(error)
    return f"unsendable_{why}" if isinstance(error, handoff.Unsendable) else type(error).__name__.lower()


def _reply(parts: Parts, wish: Wish) -> None:
    handoff.reply(parts, wish.seen, wish.who, Words(wish.form.get("text", ""), wish.form.get("once", "")))


def _add_note(parts: Parts, wish: Wish) -> None:
    handoff.add_note(parts, wish.seen.conversation, wish.who, wish.form.get("note", ""))


def _want_file(parts: Parts, wish: Wish) -> None:
    try:
        event = UUID(wish.form.get("event", ""))
    except ValueError:
        abort(400)
    received.want(parts, Wanted(event, wish.seen.conversation))


def _let_go(parts: Parts, wish: Wish) -> None:
    how = wish.form["do"]
    handoff.let_go(parts, wish.seen, wish.who, how=how, why=wish.form.get("why", "") if how == "close" else "")


MOVES: Mapping[str, Callable[[Parts, Wish], None]] = {
    "take": lambda parts, wish: handoff.take(parts, wish.seen, wish.who),
    "release": lambda parts, wish: handoff.release(parts, wish.seen, wish.who),
    "give": lambda parts, wish: handoff.give(parts, wish.seen, wish.form.get("to", ""), wish.who),
    **dict.fromkeys(WAYS_BACK, _let_go),
}
