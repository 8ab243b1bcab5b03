"""Vonage over HTTP: its Messages API for texts, and as much of its Reports API as looks a text up."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import jwt
from flask import Blueprint, Response, request

from integrations.emulator.courier import Job
from integrations.emulator.incoming import json_answer
from integrations.emulator.twilio_numbers import fate, number_refusal
from integrations.emulator.vonage_messages import ERRORS, Text
from integrations.emulator.world import World

CODES = {401: "unauthorized", 422: "1020", 429: "1000", 500: "1030"}
LONGEST_TEXT = 1000
NOT_DELIVERED = 1260
FOR_NOW = 1180
PASSING = (30003, 30008)  # the codes of Twilio's that name what may pass


class Refused(Exception):
    """The request is answered with this status and code."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(str(status))
        self.status = status
        self.code = code or CODES.get(status, str(status))


def fault_answer(status: int, code: str = "") -> Response:
    """How Vonage would answer with this status, whatever was asked."""
    word = code or CODES.get(status, str(status))
    return json_answer(status, {"type": f"{ERRORS}{word}", "title": word, "detail": "…", "instance": "emulated"})


def vonage_blueprint(world: World) -> Blueprint:
    """The endpoints; their names after "vonage." are what faults are set on."""
    routes = Blueprint("vonage", __name__)
    routes.register_error_handler(Refused, lambda error: fault_answer(error.status, error.code))

    @routes.post("/v1/messages")
    def send() -> Response:
        _check_token(world)
        text = world.vonage.create(_checked(request.get_json(silent=True)))
        _tell(world, text)
        return json_answer(202, {"message_uuid": text.uuid})

    @routes.get("/v2/reports/records")
    def records() -> Response:
        _check_account(world)
        args = request.args
        if "id" in args:
            found = [text for each in args["id"].split(",") if (text := world.vonage.find(each))]
        else:
            start, end = datetime.fromisoformat(args["date_start"]), datetime.fromisoformat(args["date_end"])
            found = [text for text in world.vonage.to_number(args.get("to", "")) if start <= text.created < end]
        return json_answer(200, {"records": [_record(text) for text in found], "items_count": len(found)})

    @routes.get("/account/get-balance")
    def balance() -> Response:
        _check_key(world)
        return json_answer(200, {"value": float(world.config.balance), "autoReload": False})

    @routes.get("/v2/applications/<application>")
    def application(application: str) -> Response:
        _check_key(world)
        if application != world.config.vonage_application_id:
            raise Refused(404)
        keys = {"public_key": world.config.vonage_public_key}
        return json_answer(200, {"id": application, "name": "emulated", "keys": keys, "capabilities": {"messages": {}}})

    return routes


def _check_token(world: World) -> None:
    """The token names our application and lives; whose key signed it is not looked at."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(
            token,
            algorithms=["RS256"],
            options={"verify_signature": False, "require": ["iat", "exp", "jti"], "verify_exp": True},
        )
    except jwt.PyJWTError:
        raise Refused(401) from None
    if scheme != "Bearer" or claims.get("application_id") != world.config.vonage_application_id:
        raise Refused(401)


def _check_account(world: World) -> None:
    _check_key(world)
    if request.args.get("account_id") != world.config.vonage_api_key:
        raise Refused(403)


def _check_key(world: World) -> None:
    pair = f"{world.config.vonage_api_key}:{world.config.vonage_api_secret}".encode()
    if request.headers.get("Authorization") != f"Basic {base64.b64encode(pair).decode()}":
        raise Refused(401)


def _checked(body: object) -> dict[str, Any]:
    needed = ("to", "from", "text", "message_type", "channel")
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) and body[name] for name in needed):
        raise Refused(422, "1010")
    if body["to"].startswith("+") or number_refusal(f"+{body['to']}") or len(body["text"]) > LONGEST_TEXT:
        raise Refused(422, "1020")
    return body


def _tell(world: World, text: Text) -> None:
    now = datetime.now(UTC).timestamp()
    steps: list[tuple[float, str, int]] = [(world.config.sent_after, "submitted", 0)]
    if end := fate(text.item.doc["to"]):
        status, code = end
        reason = 0 if status == "delivered" else FOR_NOW if code in PASSING else NOT_DELIVERED
        steps.append((world.config.delivered_after, "delivered" if status == "delivered" else "rejected", reason))
    for wait, status, code in steps:
        data = {"uuid": text.uuid, "status": status, "code": code}
        world.courier.add(Job(kind="vonage.callback", lane=f"vonage:{text.uuid}", data=data, due=now + wait))


def _record(text: Text) -> dict[str, Any]:
    doc = text.item.doc
    return {
        "account_id": request.args["account_id"],
        "message_id": text.uuid,
        "client_ref": text.client_ref,
        "direction": "outbound",
        "from": doc["from"].removeprefix("+"),
        "to": doc["to"].removeprefix("+"),
        "date_received": text.created.isoformat(),
        "status": text.status,
        "error_code": str(text.code),
    }
