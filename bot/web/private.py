"""Our own page, where a conversation goes on for what nobody should write into a chat (dialogs.md, private answers).

GET  /continue/<token>   changes nothing: previews and scanners come by here
POST /continue/<token>   uses the one-time link up and binds this browser to the conversation for a day
GET  /form               the question that waits
POST /form               one turn
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, abort, g, make_response, redirect, request, session
from werkzeug.wrappers import Response

from bot.conversation import Taken
from bot.filing import standings
from bot.letterbox import token_hash
from bot.parts import Parts
from bot.store import conversations, links, meter
from bot.store.conversations import Conversation
from bot.web.drawing import page
from bot.web.guard import address_key, check_csrf, csrf_token, limit_form, unseen
from bot.web.place import Place, place_of
from bot.web.screens import Screen
from bot.web.visitor import CHANNEL, bind, bound_conversation, expired, take
from dialogs.message import Address, Inbound, InboundKind
from dialogs.reading.commands import read_command
from dialogs.standing import status

BACK, LANGUAGES = "もどる", {"ja": "日本語", "ja-easy": "やさしい日本語", "en": "English"}
BUTTONS: Mapping[str, tuple[InboundKind, str]] = {
    "back": ("text", BACK),
    "bot": ("text", "ボットに戻る"),
    "leave": ("text", "やめる"),
    "resume": ("follow", ""),
}
SPOKEN_OUT = ("receipt", "ended", "with_staff")  # nothing waits there: they may be read in any language
SAID_BY_THE_PAGE = ("after_the_end", "to_person")


def private_pages(parts: Parts) -> Blueprint:
    """The one-time link and the form behind it."""
    routes = Blueprint("private", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)

    @routes.get("/continue/<token>")
    def begin(token: str) -> Response:
        return _begin(parts, token)

    @routes.post("/continue/<token>")
    def enter(token: str) -> Response:
        check_csrf()
        return _enter(parts, token)

    @routes.get("/form")
    def look() -> Response:
        conversation = bound_conversation(parts)
        return _look(parts, place_of(parts, conversation)) if conversation else expired(parts)

    @routes.post("/form")
    def answer() -> Response:
        conversation = bound_conversation(parts)
        if conversation is None:
            return expired(parts)
        check_csrf()
        return _answer(parts, conversation)

    @routes.post("/form/here")
    def go_on_here() -> Response:
        check_csrf()
        session["here"] = True
        return redirect("/form", 303)

    return routes


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


def _here() -> bool:
    return bool(session.get("here"))


def _look(parts: Parts, place: Place) -> Response:
    if place.screen(here=_here()) in SPOKEN_OUT:
        place = place.in_language(request.args.get("lang", ""))
    screen = Screen(parts, place, here=_here())
    asked_for = request.args.get("q", "")
    earlier = place.earlier(asked_for, here=_here()) if asked_for != place.state.pending.key else None
    return make_response(screen.earlier(earlier) if earlier else screen.as_it_stands())


def _to(place: Place) -> Response:
    """On to the question that waits, by an address of its own: the browser's way back leads from each to the last."""
    key = place.state.pending.key
    return redirect(f"/form?{urlencode({'q': key})}" if key else "/form", 303)


def _answer(parts: Parts, conversation: Conversation) -> Response:
    said = _said(parts, conversation)
    if said.text == BACK:
        # Before the private part there may be questions of the chat: who goes back to them goes on here.
        session["here"] = True
    taken = take(parts, said, conversation.person, conversation.id)
    if taken is None or taken.play.reaction is None:
        return _to(place_of(parts, conversations.by_id(parts.db, conversation.id) or conversation))
    return _show(parts, conversation, taken)


def _said(parts: Parts, conversation: Conversation) -> Inbound:
    """What the form holds, in our words; the same drawing of it sent twice with the same content is one event."""
    form = request.form
    kind, text, ask_id = _content(form)
    once = parts.vault.fingerprint("page", conversation.id.hex, form.get("page", ""), kind, ask_id, text)
    address = Address(CHANNEL, str(conversation.id))
    extra = {"from": address_key(parts)} if conversation.channel == CHANNEL else {}
    return Inbound(once.hex(), address, parts.clock.now(), kind, text=text, ask_id=ask_id, extra=extra)


def _content(form: Mapping[str, str]) -> tuple[InboundKind, str, str]:
    ask_id = form.get("ask", "")
    pressed = next((button for button in BUTTONS if button in form), None)
    if pressed:
        return (*BUTTONS[pressed], "")
    if "language" in form:
        return "text", LANGUAGES.get(form["language"], LANGUAGES["ja"]), ""
    if "choice" in form:
        return "button", form["choice"], ask_id
    if "day" in form:
        return "text", _day(form), ask_id
    typed = form.get("answer", "")
    # A word that always works is no answer to this question, so it does not name it.
    return "text", typed, "" if read_command(typed) else ask_id


def _day(form: Mapping[str, str]) -> str:
    """Three boxes as one date; a year that was left empty is left to the reader."""
    year, month, day = (form.get(name, "").strip() for name in ("year", "month", "day"))
    if not (year or month or day):
        return ""
    return (f"{year}年" if year else "") + f"{month}月{day}日"


def _show(parts: Parts, before: Conversation, taken: Taken) -> Response:
    """Draw again what needs more words than the next page says by itself; else on to that page."""
    reaction = taken.play.reaction
    after = conversations.by_id(parts.db, before.id)
    assert reaction is not None and after is not None  # noqa: S101, PT018 - the turn has just been written
    place, said = place_of(parts, after), reaction.said
    screen = Screen(parts, place, here=_here())
    asked = reaction.asking
    if reaction.manner == "invalid" and asked and said.ask_id.split(".", 2)[-1] == asked.key:
        return make_response(screen.refused(asked, said.ask_id, reaction.says[-1], request.form))
    if reaction.manner == "came_home":
        return make_response(screen.came_home(reaction.says))
    standing = place.standing()
    tell = reaction.tell_status and place.state.outcome != "submitted"
    known = SAID_BY_THE_PAGE if place.began_here else ()
    if not tell and all(say in standing or say.key in known for say in reaction.says):
        return _to(place)
    filed = standings(parts, after.person) if tell else []
    more = status(filed, place.state.language, at=place.at) if tell else ()
    return make_response(screen.told(reaction.says, more))
