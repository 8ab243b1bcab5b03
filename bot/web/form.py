"""One look at a conversation's page, and one turn taken on it; through whichever door, by the person or for them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import make_response, redirect, request
from werkzeug.wrappers import Response

from bot.conversation import Taken
from bot.parts import Parts
from bot.store import conversations
from bot.store.conversations import Conversation
from bot.store.known_claims import Whose
from bot.told import half_filled
from bot.told_status import told_status
from bot.web.drawing import Door
from bot.web.place import Place, place_of
from bot.web.screens import Screen
from bot.web.visitor import take
from dialogs.handing import FOR_STAFF
from dialogs.message import Address, Inbound, InboundKind, Outbound
from dialogs.reading.commands import read_command
from dialogs.words import FALLBACK, language_name, languages

BACK = "もどる"
BUTTONS: Mapping[str, tuple[InboundKind, str]] = {
    "back": ("text", BACK),
    "bot": ("text", "ボットに戻る"),
    "leave": ("text", "やめる"),
    "resume": ("follow", ""),
}
TO_STAFF = "to_staff"  # the field for staff, after a talk with them
SPOKEN_OUT = ("receipt", "ended", "with_staff")  # nothing waits there: they may be read in any language
SAID_BY_THE_PAGE = ("after_the_end", "after_the_end.call_centre", "to_person", "reopened", "person_call", "queue_place")


def look(parts: Parts, place: Place, door: Door) -> Response:
    """The page of where a conversation stands, or of an earlier question (?q=) with its answer in it."""
    if place.screen(here=door.here) in SPOKEN_OUT:
        place = place.in_language(request.args.get("lang", ""))
    screen = Screen(parts, place, door)
    asked_for = request.args.get("q", "")
    earlier = place.earlier(asked_for, here=door.here) if asked_for != place.state.pending.key else None
    return make_response(screen.earlier(earlier) if earlier else screen.as_it_stands())


def answer(parts: Parts, conversation: Conversation, said: Inbound, door: Door) -> Response:
    """Take what was said as one turn, and draw or lead on to what follows."""
    return shown(parts, conversation, take(parts, said, conversation.person, conversation.id), door)


def shown(parts: Parts, conversation: Conversation, taken: Taken | None, door: Door) -> Response:
    """What follows from a turn: its page, or on to the question that waits; that alone where it was no new turn."""
    if taken is None or taken.play.reaction is None:
        return _to(place_of(parts, conversations.by_id(parts.db, conversation.id) or conversation), door)
    return _show(parts, conversation, taken, door)


def said(parts: Parts, conversation: Conversation, address: Address, extra: Mapping[str, str]) -> Inbound:
    """What the form holds, in our words; the same drawing of it sent twice with the same content is one event."""
    form = request.form
    kind, text, ask_id = _content(form)
    if TO_STAFF in form:
        extra = {**extra, "for": FOR_STAFF}
    once = parts.vault.fingerprint("page", conversation.id.hex, form.get("page", ""), kind, ask_id, text)
    return Inbound(once.hex(), address, parts.clock.now(), kind, text=text, ask_id=ask_id, extra=extra)


def _to(place: Place, door: Door) -> Response:
    """On to the question that waits, by an address of its own: the browser's way back leads from each to the last."""
    key = place.state.pending.key
    return redirect(f"{door.path}?{urlencode({'q': key})}" if key else door.path, 303)


def _content(form: Mapping[str, str]) -> tuple[InboundKind, str, str]:
    if TO_STAFF in form:
        return "text", form[TO_STAFF], ""
    ask_id = form.get("ask", "")
    pressed = next((button for button in BUTTONS if button in form), None)
    if pressed:
        return (*BUTTONS[pressed], "")
    if "language" in form:
        wanted = form["language"] if form["language"] in languages() else FALLBACK
        return "text", language_name(wanted), ""
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


def _show(parts: Parts, before: Conversation, taken: Taken, door: Door) -> Response:
    """Draw again what needs more words than the next page says by itself; else on to that page."""
    reaction = taken.play.reaction
    after = conversations.by_id(parts.db, before.id)
    assert reaction is not None and after is not None  # noqa: S101, PT018 - the turn has just been written
    place, said = place_of(parts, after), reaction.said
    screen = Screen(parts, place, door)
    asked = reaction.asking
    if reaction.manner == "invalid" and asked and said.ask_id.split(".", 2)[-1] == asked.key:
        return make_response(screen.refused(asked, said.ask_id, reaction.says[-1], request.form))
    if reaction.manner == "came_home":
        return make_response(screen.came_home(reaction.says))
    standing = place.standing()
    tell = reaction.tell_status and place.state.outcome != "submitted"
    known = SAID_BY_THE_PAGE if place.began_here else ()
    if not tell and all(say in standing or say.key in known for say in reaction.says):
        return _to(place, door)
    more = _how_it_stands(parts, place) if tell else ()
    return make_response(screen.told(reaction.says, more))


def _how_it_stands(parts: Parts, place: Place) -> tuple[Outbound, ...]:
    told = told_status(parts, Whose(place.conversation.person), place.state.language, at=place.at)
    return (*told, *half_filled(place.setting, place.state, at=place.at, door="page")) if place.setting else told
