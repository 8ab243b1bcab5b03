"""Our own page, where a conversation goes on for what nobody should write into a chat (dialogs.md, private answers).

GET  /continue/<token>   changes nothing: previews and scanners come by here; /c/<token> is the same, short for SMS
POST /continue/<token>   uses the one-time link up and binds this browser to the conversation for a day
GET  /form               the question that waits
POST /form               one turn
"""

from __future__ import annotations

from flask import Blueprint, abort, g, make_response, redirect, request, session
from werkzeug.wrappers import Response

from bot.letterbox import as_short_token, token_hash
from bot.parts import Parts
from bot.store import conversations, links, meter
from bot.store.conversations import Conversation
from bot.web import form
from bot.web.again import answered_by_get
from bot.web.drawing import Door, page
from bot.web.form import BACK
from bot.web.guard import address_key, check_csrf, csrf_token, limit_form, unseen
from bot.web.place import place_of
from bot.web.visitor import CHANNEL, bind, bound_conversation, expired
from dialogs.message import Address, Inbound


def private_pages(parts: Parts) -> Blueprint:
    """The one-time link and the form behind it."""
    routes = Blueprint("private", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)
    answered_by_get(routes, parts)
    _add_link(routes, parts)
    _add_form(routes, parts)
    return routes


def _add_link(routes: Blueprint, parts: Parts) -> None:
    @routes.get("/continue/<token>")
    def begin(token: str) -> Response:
        return _begin(parts, token)

    @routes.post("/continue/<token>")
    def enter(token: str) -> Response:
        check_csrf()
        return _enter(parts, token)

    @routes.get("/c/<token>")
    def begin_short(token: str) -> Response:
        return _begin(parts, as_short_token(token))

    @routes.post("/c/<token>")
    def enter_short(token: str) -> Response:
        check_csrf()
        return _enter(parts, as_short_token(token))


def _add_form(routes: Blueprint, parts: Parts) -> None:
    @routes.get("/form")
    def look() -> Response:
        conversation = bound_conversation(parts)
        return form.look(parts, place_of(parts, conversation), _door()) if conversation else expired(parts)

    @routes.post("/form")
    def answer() -> Response:
        conversation = bound_conversation(parts)
        if conversation is None:
            return expired(parts)
        check_csrf()
        said = _said(parts, conversation)
        if said.text == BACK:
            # Before the private part there may be questions of the chat: who goes back to them goes on here.
            session["here"] = True
        return form.answer(parts, conversation, said, _door())

    @routes.post("/form/here")
    def go_on_here() -> Response:
        check_csrf()
        session["here"] = True
        return redirect("/form", 303)


# --- the link ------------------------------------------------------------------------------------------------------


def _begin(parts: Parts, token: str) -> Response:
    hashed, who = token_hash(token), address_key(parts)
    if session.get("link") == hashed.hex():
        return redirect("/form", 303)
    if not meter.left(parts.redis, meter.LINKS, who):
        abort(429)
    whose = links.peek(parts.db, hashed, parts.clock.now(), by=_browser(parts))
    conversation = conversations.by_id(parts.db, whose) if whose else None
    if conversation is None or conversation.answers is None:
        return _used_up(parts, who)
    g.language = request.args.get("lang") or conversation.language
    place = place_of(parts, conversation)
    begin = page(parts, "begin.html", campaign=place.campaign, began_here=place.began_here, place=place)
    return make_response(begin)


def _enter(parts: Parts, token: str) -> Response:
    hashed, who = token_hash(token), address_key(parts)
    if session.get("link") == hashed.hex():
        return redirect("/form", 303)
    if not meter.left(parts.redis, meter.LINKS, who):
        abort(429)
    conversation = links.use(parts.db, hashed, parts.clock.now(), by=_browser(parts))
    if conversation is None:
        return _used_up(parts, who)
    bind(conversation, link=hashed.hex())
    return redirect("/form", 303)


def _used_up(parts: Parts, who: str) -> Response:
    # Only misses are counted: thousands of telephones share one address of their carrier.
    meter.take(parts.redis, meter.LINKS, who)
    return make_response(page(parts, "link_used.html"), 410)


def _browser(parts: Parts) -> bytes:
    """This browser, as a link remembers who has used it."""
    return parts.vault.fingerprint("browser", csrf_token())


# --- the form ------------------------------------------------------------------------------------------------------


def _door() -> Door:
    return Door(here=bool(session.get("here")))


def _said(parts: Parts, conversation: Conversation) -> Inbound:
    extra = {"from": address_key(parts)} if conversation.channel == CHANNEL else {}
    return form.said(parts, conversation, Address(CHANNEL, str(conversation.id)), extra)
