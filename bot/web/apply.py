"""The web form as a door of its own, the notice's 補償対応特設サイト: how one begins at it, and how one comes back.

POST /apply             a new conversation, bound to this browser; its pages are those of /form
GET  /form/later        where may the link be sent that leads back?
POST /form/later        sends it: one-time, for as long as drafts are kept
GET  /form/later/sent   says where it went
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Blueprint, abort, g, make_response, redirect, request, session
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from bot.parts import Parts
from bot.store import conversations, meter
from bot.store.conversations import Conversation
from bot.store.vault import Unopenable
from bot.way_back import Asked, send_way_back
from bot.web.again import answered_by_get
from bot.web.drawing import language, page
from bot.web.guard import address_key, check_csrf, limit_form, unseen
from bot.web.place import Place, place_of
from bot.web.visitor import CHANNEL, bind, bound_conversation, expired, take
from dialogs.facts import campaign_facts
from dialogs.message import Address, Inbound
from dialogs.personal import Target
from dialogs.reading import Unreadable
from dialogs.words import JST, Until

WHERE_TO = Target(key="later")
SENT = "cookie.sent"


def apply_pages(parts: Parts) -> Blueprint:
    """The beginning of the web form, and the way back to it."""
    routes = Blueprint("apply", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)
    answered_by_get(routes, parts)

    @routes.post("/apply")
    def begin() -> Response:
        check_csrf()
        return _begin(parts)

    @routes.get("/form/later")
    def where_to() -> Response:
        return _later(parts, lambda place: make_response(_draw(parts, place)))

    @routes.post("/form/later")
    def send() -> Response:
        check_csrf()
        return _later(parts, lambda place: _send(parts, place))

    @routes.get("/form/later/sent")
    def sent() -> Response:
        return _later(parts, lambda place: _sent(parts, place))

    return routes


def _begin(parts: Parts) -> Response:
    """The same button pressed twice begins once: who it is follows from this browser and that drawing of the page."""
    if not meter.take(parts.redis, meter.BEGINNINGS, address_key(parts)):
        abort(429)
    user = parts.vault.fingerprint("web visitor", session["csrf"], request.form.get("page", "")).hex()
    person = parts.vault.fingerprint(CHANNEL, user)
    said = Inbound(f"begin:{user}", Address(CHANNEL, user), parts.clock.now(), "follow", language=language())
    take(parts, said, person)
    begun = conversations.by_person(parts.db, person)
    if begun is None:
        raise ServiceUnavailable
    bind(begun.id)
    return redirect("/form", 303)


def _later(parts: Parts, answer: Callable[[Place], Response]) -> Response:
    """Answer for a place from which one may go away; from any other the form itself says how it stands."""
    conversation = bound_conversation(parts)
    if conversation is None:
        return expired(parts)
    place = place_of(parts, conversation)
    return answer(place) if place.may_wait else redirect("/form", 303)


def _send(parts: Parts, place: Place) -> Response:
    typed = request.form.get("answer", "")
    try:
        today = place.at.astimezone(JST).date()
        stored = WHERE_TO.read(typed, today=today, words=place.spoken)
    except Unreadable as unread:
        why = place.spoken.say(f"why.{unread.reason}", **{**campaign_facts(place.campaign), **unread.facts})
        return make_response(_draw(parts, place, error=why, typed=typed))
    once = parts.vault.fingerprint("later", place.conversation.id.hex, request.form.get("page", ""), *stored).hex()
    remind = place.waits and "remind" in request.form
    asked = Asked(WHERE_TO.value(stored), once, address_key(parts), remind)
    refused = send_way_back(parts, place.conversation, asked)
    if refused:
        return make_response(_draw(parts, place, error=place.spoken.say(f"code_refused.{refused}"), typed=typed))
    session["sent"] = parts.vault.seal_json([place.conversation.id.hex, stored], SENT).hex()
    return redirect("/form/later/sent", 303)


def _sent(parts: Parts, place: Place) -> Response:
    stored = _sent_to(parts, place.conversation)
    if stored is None:
        return redirect("/form", 303)
    g.language = place.state.language
    target = WHERE_TO.show(stored, place.spoken)
    until = Until(place.kept_until)
    return make_response(page(parts, "later_sent.html", campaign=place.campaign, target=target, until=until))


def _sent_to(parts: Parts, conversation: Conversation) -> list[str] | None:
    """Where this browser has had the link of its conversation sent; sealed, so that the cookie tells nobody."""
    try:
        whose, stored = parts.vault.open_json(bytes.fromhex(session.get("sent", "")), SENT)
    except Unopenable:
        return None
    return list(stored) if whose == conversation.id.hex else None


def _draw(parts: Parts, place: Place, *, error: str = "", typed: str = "") -> str:
    g.language = place.state.language
    nonce = secrets.token_urlsafe(9)
    return page(
        parts,
        "later.html",
        campaign=place.campaign,
        nonce=nonce,
        error=error,
        typed=typed,
        until=Until(place.kept_until),
        waits=place.waits,
        remind="remind" in request.form,
    )
