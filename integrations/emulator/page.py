"""The JSON endpoints that the phone page lives on, all under /emulator/."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request

from integrations.emulator.faults import BadFault
from integrations.emulator.incoming import json_answer
from integrations.emulator.line_people import Person, new_user_id
from integrations.emulator.line_phone import CannotDo
from integrations.emulator.line_send import Refused
from integrations.emulator.twilio_api import receive_text
from integrations.emulator.twilio_numbers import E164
from integrations.emulator.world import World

LONGEST_WAIT = 20.0
PHASES = [
    {"at": "2023-03-10T10:00:00+09:00", "label": "3/10 申請受付の前"},
    {"at": "2023-03-25T10:00:00+09:00", "label": "3/25 延長期間の終わりごろ"},
    {"at": "2023-04-05T10:00:00+09:00", "label": "4/5 申請受付中"},
    {"at": "2023-05-02T10:00:00+09:00", "label": "5/2 ポイント受取の期間"},
    {"at": "2023-06-01T10:00:00+09:00", "label": "6/1 受取期限のあと"},
]
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAIL = re.compile(r"[^@\s]+@[^@\s]+")
MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")


class BadRequest(Exception):
    """The page asked for something that makes no sense; the text says what."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


def page_blueprint(world: World) -> Blueprint:
    """The page and its endpoints."""
    routes = Blueprint("page", __name__)
    routes.register_error_handler(BadRequest, lambda error: json_answer(error.status, {"error": str(error)}))
    routes.register_error_handler(CannotDo, lambda error: json_answer(409, {"error": str(error)}))
    routes.register_error_handler(BadFault, lambda error: json_answer(400, {"error": str(error)}))
    _add_state(routes, world)
    _add_acts(routes, world)
    _add_controls(routes, world)
    return routes


def state(world: World, since: int) -> dict[str, Any]:
    """All that the page shows, with entries newer than `since`."""
    world.counter_clock.adopt()
    seq, items = world.feed.since(since)
    line: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        if item.section == "line":
            line.setdefault(item.owner, []).append(item.doc)
    quota = world.outbox.quota
    return {
        "seq": seq,
        "now": world.clock.now().isoformat(),
        "speed": world.clock.speed,
        "people": [_person(person) for person in world.people.all()],
        "line": line,
        "sms": [item.doc for item in items if item.section == "sms"],
        "mail": [item.doc for item in items if item.section == "mail"],
        "faults": world.faults.as_dict(),
        "quota": {"value": quota.value, "used": quota.used},
        "menu": world.menus.shown(),
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "language": person.language,
        "friend": person.friend,
        "blocked": person.blocked,
        "phone": person.phone,
        "mail": person.mail,
        "unread": person.unread,
    }


def _add_state(routes: Blueprint, world: World) -> None:
    @routes.get("/")
    def phone() -> str:
        return render_template("phone.html")

    @routes.get("/emulator/state")
    def show_state() -> Response:
        since, wait = _whole("since"), min(float(_whole("wait")), LONGEST_WAIT)
        if wait:
            world.feed.wait(since, wait)
        return json_answer(200, state(world, since))

    @routes.get("/emulator/wire")
    def wire() -> Response:
        return json_answer(200, world.wire.since(_whole("since")))

    @routes.get("/emulator/phases")
    def phases() -> Response:
        return json_answer(200, PHASES)

    @routes.get("/emulator/media/<message_id>")
    def media(message_id: str) -> Response:
        if (found := world.chats.media(message_id)) is None:
            raise BadRequest("there is no such picture", 404)
        return Response(found[1], content_type=found[0], headers={"X-Content-Type-Options": "nosniff"})

    @routes.get("/emulator/menu/<menu_id>")
    def menu(menu_id: str) -> Response:
        try:
            kind, data = world.menus.picture(menu_id)
        except Refused:
            raise BadRequest("there is no such menu", 404) from None
        return Response(data, content_type=kind, headers={"X-Content-Type-Options": "nosniff"})


def _press(world: World, person: Person, body: dict[str, Any]) -> None:
    params = body.get("params")
    if params is not None and not (isinstance(params, dict) and all(isinstance(v, str) for v in params.values())):
        raise BadRequest("params must be an object of texts")
    world.phone.press(person, _text(body, "data"), shown=str(body.get("displayText") or ""), params=params)


def _send_image(world: World, person: Person, body: dict[str, Any]) -> str:
    """A grey picture, or the one that the page uploads as base64."""
    kind = str(body.get("type", "image/png"))
    if kind not in ("image/png", "image/jpeg"):
        raise BadRequest("a picture must be PNG or JPEG")
    return world.phone.send_image(person, _data(body), kind)


def _send_file(world: World, person: Person, body: dict[str, Any]) -> str:
    """Whatever else the page uploads as base64."""
    kind, name = str(body.get("type") or "application/octet-stream"), str(body.get("name") or "")[:100]
    if not MEDIA_TYPE.fullmatch(kind):
        raise BadRequest("type must be a media type such as application/pdf")
    return world.phone.send_file(person, _data(body), kind, name)


def _data(body: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(body.get("data", "")), validate=True)
    except ValueError as error:
        raise BadRequest("data must be base64") from error


Act = Callable[[World, Person, dict[str, Any]], object]

ACTS: dict[str, Act] = {
    "text": lambda world, person, body: world.phone.say(person, _text(body, "text")),
    "postback": _press,
    "date": _press,
    "sticker": lambda world, person, body: world.phone.send_sticker(
        person, str(body.get("packageId", "")), str(body.get("stickerId", ""))
    ),
    "image": _send_image,
    "file": _send_file,
    "location": lambda world, person, body: world.phone.send_location(person, body),
    "follow": lambda world, person, _body: world.phone.follow(person),
    "block": lambda world, person, _body: world.phone.block(person),
    "unsend": lambda world, person, body: world.phone.unsend(person, _text(body, "messageId")),
    "notices": lambda world, person, body: world.notices.decide(person, _text(body, "choice")),
    "read": lambda world, person, _body: world.phone.read(person),
}


def _add_acts(routes: Blueprint, world: World) -> None:
    @routes.post("/emulator/line/<user_id>/<act>")
    def act(user_id: str, act: str) -> Response:
        person = world.people.get(user_id)
        if person is None or act not in ACTS:
            raise BadRequest("there is no such person or act", 404)
        message_id = ACTS[act](world, person, _body())
        return json_answer(200, {"ok": True} | ({"id": message_id} if message_id else {}))

    @routes.post("/emulator/people")
    def add_person() -> Response:
        person = world.people.add(_new_person(_body()))
        return json_answer(200, _person(person))

    @routes.post("/emulator/sms/<phone>/reply")
    def text_back(phone: str) -> Response:
        if not E164.fullmatch(phone):
            raise BadRequest("the number must look like +819012345678")
        item = receive_text(world, phone, _text(_body(), "text"))
        return json_answer(200, {"ok": True, "id": item.doc["id"]})


def _add_controls(routes: Blueprint, world: World) -> None:
    @routes.get("/emulator/faults")
    def faults() -> Response:
        return json_answer(200, world.faults.as_dict())

    @routes.put("/emulator/faults")
    def set_faults() -> Response:
        world.faults.set(_body())
        world.feed.touch()
        return json_answer(200, world.faults.as_dict())

    @routes.post("/emulator/clock")
    def set_clock() -> Response:
        body = _body()
        followed = None
        if "at" in body:
            followed = world.counter_clock.set(_moment(_text(body, "at")))
        if "speed" in body:
            _set_speed(world, body["speed"])
        world.feed.touch()
        answer = {"ok": True, "now": world.clock.now().isoformat(), "counter": followed}
        return json_answer(200, answer)

    @routes.post("/emulator/quota")
    def set_quota() -> Response:
        value = _body().get("value")
        if value is not None and (not isinstance(value, int) or value < 0):
            raise BadRequest("value must be a whole number, or null for no limit")
        world.outbox.limit(value)
        world.feed.touch()
        return json_answer(200, {"ok": True})


def _set_speed(world: World, speed: object) -> None:
    try:
        world.clock.set_speed(float(str(speed)))
    except ValueError as error:
        raise BadRequest(str(error)) from error


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("at must look like 2023-04-05T10:00:00+09:00") from error
    if at.tzinfo is None:
        raise BadRequest("at needs its offset, as in 2023-04-05T10:00:00+09:00")
    return at


def _body() -> dict[str, Any]:
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError as error:
        raise BadRequest("the body is no JSON") from error
    if not isinstance(body, dict):
        raise BadRequest("the body must be an object")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} is missing")
    return value


def _whole(name: str) -> int:
    text = request.args.get(name, "0")
    if not text.isdigit():
        raise BadRequest(f"{name} must be a whole number")
    return int(text)


def _new_person(body: dict[str, Any]) -> Person:
    name, language = _text(body, "name").strip()[:50], str(body.get("language") or "ja")
    phone, mail = str(body.get("phone") or ""), str(body.get("mail") or "")
    if not LANGUAGE.fullmatch(language):
        raise BadRequest("language must be a tag such as ja or en")
    if phone and not E164.fullmatch(phone):
        raise BadRequest("the number must look like +819012345678")
    if mail and not MAIL.fullmatch(mail):
        raise BadRequest("mail must look like hanako@example.jp")
    return Person(new_user_id(), name, language, phone, mail)
