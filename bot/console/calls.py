"""The operator's door: staff fill the travellers' form in for somebody on the telephone.

GET  /console/calls                  my calls: what is open, and what came of the others
POST /console/calls                  a new call
GET  /console/calls/<uuid:call>      the question that waits
POST /console/calls/<uuid:call>      one turn
POST /console/calls/<uuid:call>/give    to a colleague, who finds it among theirs
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from bot.console.door import for_roles
from bot.console.drawing import frame_values, language, page
from bot.console.unmasking import Veil, Veiled
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store import audit, calls, conversations, staff
from bot.store.calls import Call
from bot.store.conversations import Conversation
from bot.store.db import transaction
from bot.store.staff import Member, Seen
from bot.web import form
from bot.web.drawing import Door
from bot.web.place import Place, place_of
from bot.web.visitor import take
from dialogs.message import Address, Inbound
from dialogs.reading.contacts import mask_name
from dialogs.rules.claim import show_receipt_no
from dialogs.walking import label_of
from dialogs.words import words

CHANNEL = "phone"
OPERATORS = ("agent", "supervisor")
ANSWERING = (*OPERATORS, "admin")


@dataclass(frozen=True)
class Line:
    """A call in the list; waits_at is the short name of the question that waits, state a word of call.state."""

    id: UUID
    begun_at: datetime
    name: Veiled | None
    state: str
    waits_at: str
    receipt_no: str


def call_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("calls", __name__)

    @routes.get("/calls")
    @for_roles(*OPERATORS)
    def mine() -> Response:
        lines = [_line(parts, call) for call in calls.of(parts.db, whoever().id)]
        colleagues, nonce = _colleagues(parts, whoever()), secrets.token_urlsafe(9)
        return make_response(page(parts, "calls.html", lines=lines, colleagues=colleagues, nonce=nonce))

    @routes.post("/calls")
    @for_roles(*OPERATORS)
    def begin() -> AnyResponse:
        return _begin(parts, whoever())

    @routes.get("/calls/<uuid:call>")
    @for_roles(*OPERATORS)
    def look(call: UUID) -> AnyResponse:
        conversation = _mine(parts, call)
        return form.look(parts, place_of(parts, conversation), _door(parts, call))

    @routes.post("/calls/<uuid:call>")
    @for_roles(*OPERATORS)
    def answer(call: UUID) -> AnyResponse:
        conversation = _mine(parts, call)
        said = form.said(parts, conversation, _address(parts, conversation), _on_behalf(parts, whoever()))
        return form.answer(parts, conversation, said, _door(parts, call))

    @routes.post("/calls/<uuid:call>/give")
    @for_roles(*OPERATORS)
    def give(call: UUID) -> AnyResponse:
        return _give(parts, call, whoever())

    return routes


def _give(parts: Parts, call: UUID, who: Member) -> AnyResponse:
    """A call goes on with somebody else: with all its answers, and without its caller being asked again."""
    _mine(parts, call)
    to = staff.by_login(parts.db, request.form.get("to", ""))
    if to is None or not to.active or to.role not in ANSWERING:
        abort(409)
    with transaction(parts.db) as connection:
        if not calls.give(connection, call, had=who.id, to=to.id):
            abort(404)
        subject, at = f"call:{call}", parts.clock.now()
        audit.add(connection, actor=who.name, action="call.given", subject=subject, at=at, details={"to": to.login})
    return redirect(url_for("console.calls.mine"), 303)


def _colleagues(parts: Parts, who: Member) -> list[Seen]:
    return [each for each in staff.seen(parts.db) if each.active and each.role in ANSWERING and each.login != who.login]


def _begin(parts: Parts, who: Member) -> AnyResponse:
    """The same button pressed twice begins once: the call follows from the member and that drawing of the page."""
    user = parts.vault.fingerprint("call", who.id.hex, request.form.get("page", "")).hex()
    person, address = parts.vault.fingerprint(CHANNEL, user), Address(CHANNEL, user)
    extra = _on_behalf(parts, who)
    said = Inbound(f"begin:{user}", address, parts.clock.now(), "follow", language=language(), extra=extra)
    take(parts, said, person)
    begun = conversations.by_person(parts.db, person)
    if begun is None:
        raise ServiceUnavailable
    return redirect(url_for("console.calls.look", call=begun.id), 303)


def _mine(parts: Parts, call: UUID) -> Conversation:
    """A call belongs to whoever took it: two people in one form would overwrite each other."""
    found = calls.one_of(parts.db, whoever().id, call)
    if found is None:
        abort(404)
    return found


def _door(parts: Parts, call: UUID) -> Door:
    return Door(
        path=url_for("console.calls.look", call=call),
        frame="console/call_frame.html",
        first=url_for("console.calls.mine"),
        for_caller=True,
        values=frame_values(parts),
    )


def _address(parts: Parts, conversation: Conversation) -> Address:
    channel, user = parts.vault.open_json(conversation.address, "address")
    return Address(channel, user)


def _on_behalf(parts: Parts, who: Member) -> dict[str, str]:
    """Who acts, and by whom guesses and sendings are counted: an office's whole staff may share one address."""
    return {"by": who.name, "staff": str(who.id), "from": parts.vault.fingerprint("staff origin", who.id.hex).hex()}


def _line(parts: Parts, call: Call) -> Line:
    place = place_of(parts, call.conversation)
    subject, name = f"call:{call.conversation.id}", place.state.record.get("name", {}).get("v")
    veiled = Veil(parts, subject).over("name", masked=mask_name(name), plain=name) if name else None
    number = show_receipt_no(call.receipt_no) if call.receipt_no else ""
    return Line(call.conversation.id, call.begun_at, veiled, _state(place), _waits_at(place), number)


def _state(place: Place) -> str:
    """open, filed, told (nothing to apply for), stopped, or with staff."""
    screen = place.screen(here=True)
    return {"receipt": "filed", "with_staff": "with_staff", "ended": "ended"}.get(screen, "open")


def _waits_at(place: Place) -> str:
    question, spoken = place.asking, words(language())
    return label_of(question, spoken) if question and spoken.has(f"label.{question.wording}") else ""
