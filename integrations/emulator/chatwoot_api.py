"""Chatwoot over HTTP: as much of its application API as an API inbox needs, and a page where an agent sits."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from integrations.emulator.chatwoot_desk import (
    ACCOUNT,
    INBOX,
    KINDS,
    OUR_USER,
    ChatwootDesk,
    Contact,
    Message,
    NoSuch,
    user,
)
from integrations.emulator.incoming import json_answer
from integrations.emulator.world import World

ROOT = f"/api/v1/accounts/{ACCOUNT}"
LATEST, AFTER = 20, 100  # messages in one answer: of the newest, of those after one that is named
AGENT = "木村"
INBOX_SHOWN = {"id": INBOX, "name": "Madoguchi", "channel_type": "Channel::Api"}


class Refused(Exception):
    """The request is answered with this status and word."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status


def fault_answer(status: int) -> Response:
    """How Chatwoot would answer with this status, whatever was asked."""
    return json_answer(status, {"error": "emulated trouble"}, {"Retry-After": "1"} if status == 429 else None)


def chatwoot_blueprint(world: World) -> Blueprint:
    """The endpoints; their names after "chatwoot." are what faults are set on."""
    routes = Blueprint("chatwoot", __name__, url_prefix=ROOT)
    routes.before_request(lambda: _authorize(world))
    routes.register_error_handler(Refused, lambda error: json_answer(error.status, {"error": str(error)}))
    routes.register_error_handler(NoSuch, lambda _: json_answer(404, {"error": "Resource could not be found"}))
    _add_contacts(routes, world)
    _add_conversations(routes, world)
    return routes


def _authorize(world: World) -> None:
    given = request.headers.get("Api-Access-Token", "")
    if not hmac.compare_digest(given.encode(), world.config.chatwoot_api_token.encode()):
        raise Refused(401, "Invalid Access Token")


def _add_contacts(routes: Blueprint, world: World) -> None:
    desk = world.chatwoot

    @routes.get("/inboxes/<int:inbox>")
    def show_inbox(inbox: int) -> Response:
        if inbox != INBOX:
            raise NoSuch
        return json_answer(200, INBOX_SHOWN)

    @routes.get("/contacts/search")
    def search() -> Response:
        found = desk.find_contacts(request.args.get("q", ""))
        return json_answer(200, {"meta": {"count": len(found)}, "payload": [_contact(each) for each in found]})

    @routes.post("/contacts")
    def add_contact() -> Response:
        body = _body()
        made = desk.add_contact(str(body.get("name", "")), str(body.get("identifier", "")))
        if made is None:
            raise Refused(422, "Identifier has already been taken")
        return json_answer(200, {"payload": {"contact": _contact(made), "contact_inbox": _link(made)}})

    @routes.get("/contacts/<int:contact>/conversations")
    def of_contact(contact: int) -> Response:
        found = [desk.shown(talk) for talk in desk.talks.values() if talk.contact == contact]
        return json_answer(200, {"payload": found})


def _add_conversations(routes: Blueprint, world: World) -> None:
    desk = world.chatwoot

    @routes.post("/conversations")
    def open_talk() -> Response:
        body = _body()
        contact = desk.contacts.get(int(body.get("contact_id", 0)))
        if contact is None or contact.source_id != body.get("source_id"):
            raise NoSuch
        attributes = body.get("custom_attributes")
        return json_answer(200, desk.shown(desk.open(contact.id, body.get("status", "open"), attributes or {})))

    @routes.get("/conversations/<int:talk>")
    def show(talk: int) -> Response:
        return json_answer(200, desk.shown(desk.talk(talk)))

    @routes.post("/conversations/<int:talk>/toggle_status")
    def toggle(talk: int) -> Response:
        status = str(_body().get("status", ""))
        desk.set_status(desk.talk(talk), status)
        return json_answer(200, {"payload": {"success": True, "current_status": status, "conversation_id": talk}})

    _add_messages(routes, world)


def _add_messages(routes: Blueprint, world: World) -> None:
    desk = world.chatwoot

    @routes.get("/conversations/<int:talk>/messages")
    def messages(talk: int) -> Response:
        kept, after = desk.talk(talk).messages, request.args.get("after", "")
        page = [each for each in kept if each.id > int(after)][:AFTER] if after else kept[-LATEST:]
        return json_answer(200, {"meta": {}, "payload": [_message(talk, each) for each in page]})

    @routes.post("/conversations/<int:talk>/messages")
    def write(talk: int) -> Response:
        files = request.files.getlist("attachments[]")
        body, found = request.form.to_dict() if files else _body(), desk.talk(talk)
        kind = body.get("message_type", "outgoing")
        sender = _sender(desk.contacts[found.contact]) if kind == "incoming" else user(OUR_USER)
        made = desk.write(
            found,
            str(kind),
            str(body.get("content", "")),
            private=body.get("private") in (True, "true"),
            source_id=body.get("source_id"),
            sender=sender,
            attachments=[_kept(desk, each) for each in files],
        )
        return json_answer(200, _message(talk, made))

    @routes.delete("/conversations/<int:talk>/messages/<int:message>")
    def erase(talk: int, message: int) -> Response:
        found = next((each for each in desk.talk(talk).messages if each.id == message), None)
        if found is None:
            raise NoSuch
        desk.delete(desk.talk(talk), found)
        return Response(status=200)


def chatwoot_page(world: World) -> Blueprint:
    """GET and POST /emulator/chatwoot: an agent's page, as small as it can be."""
    routes = Blueprint("chatwoot_page", __name__)
    desk = world.chatwoot

    @routes.get("/emulator/chatwoot")
    def look() -> str:
        talks = sorted(desk.talks.values(), key=lambda talk: -talk.id)
        return render_template("chatwoot.html", talks=talks, contacts=desk.contacts, agent=AGENT)

    @routes.get("/emulator/chatwoot/files/<file>")
    def show_file(file: str) -> Response:
        kind, content = desk.file(file)
        return Response(content, content_type=kind, headers={"X-Content-Type-Options": "nosniff"})

    @routes.post("/emulator/chatwoot/<int:talk>/<act>")
    def act(talk: int, act: str) -> AnyResponse:
        found, text = desk.talk(talk), request.form.get("text", "")
        acts: dict[str, Callable[[], object]] = {
            "reply": lambda: desk.reply(found, text, agent=AGENT),
            "note": lambda: desk.note(found, text, agent=AGENT),
            "assign": lambda: desk.assign(found, AGENT),
            "resolve": lambda: desk.set_status(found, "resolved"),
        }
        if act not in acts:
            raise NoSuch
        acts[act]()
        return redirect("/emulator/chatwoot", 303)

    routes.register_error_handler(NoSuch, lambda _: json_answer(404, {"error": "there is no such conversation or act"}))
    return routes


def _kept(desk: ChatwootDesk, uploaded: FileStorage) -> dict[str, Any]:
    with closing(uploaded):
        return desk.attach(uploaded.mimetype, uploaded.read())


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refused(422, "no JSON")
    return body


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "name": contact.name,
        "identifier": contact.identifier,
        "email": None,
        "phone_number": None,
        "contact_inboxes": [_link(contact)],
    }


def _link(contact: Contact) -> dict[str, Any]:
    return {"source_id": contact.source_id, "inbox": INBOX_SHOWN}


def _sender(contact: Contact) -> dict[str, Any]:
    return {"id": contact.id, "name": contact.name, "type": "contact"}


def _message(talk: int, message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "content": message.content,
        "inbox_id": INBOX,
        "conversation_id": talk,
        "message_type": KINDS[message.kind],
        "content_type": "text",
        "status": "sent",
        "content_attributes": message.content_attributes,
        "created_at": message.created_at,
        "private": message.private,
        "source_id": message.source_id,
        "sender": message.sender,
        **({"attachments": message.attachments} if message.attachments else {}),
    }
