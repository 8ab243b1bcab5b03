"""Twilio's Messages resource over HTTP, and what people text back."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request

from integrations.emulator.courier import Job
from integrations.emulator.feed import Item
from integrations.emulator.incoming import json_answer
from integrations.emulator.twilio_messages import TwilioRefusal
from integrations.emulator.twilio_numbers import (
    ALPHANUMERIC_SENDER,
    ERRORS,
    LONGEST_BODY,
    START_WORDS,
    STOP_WORDS,
    fate,
    number_refusal,
)
from integrations.emulator.world import World

ROOT = "/2010-04-01/Accounts/<account>/Messages"
USUAL_PAGE, BIGGEST_PAGE = 50, 1000
FAULT_CODES = {401: 20003, 404: 20404, 429: 20429, 503: 20503}


def error_answer(code: int) -> Response:
    """Twilio's answer for one of its codes."""
    status, text = ERRORS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return json_answer(status, {"code": code, "message": text, "more_info": more, "status": status})


def fault_answer(status: int) -> Response:
    """How Twilio would answer with this status, whatever was asked."""
    answer = error_answer(FAULT_CODES.get(status, 20500))
    answer.status_code = status
    return answer


def twilio_blueprint(world: World) -> Blueprint:
    """The endpoints; their names after "twilio." are what faults are set on."""
    routes = Blueprint("twilio", __name__)
    routes.before_request(lambda: _authorize(world))
    routes.register_error_handler(TwilioRefusal, lambda error: error_answer(error.code))

    @routes.post(f"{ROOT}.json")
    def create(account: str) -> Response:
        return json_answer(201, _resource(account, _create(world)))

    @routes.get(f"{ROOT}.json", endpoint="list")
    def list_messages(account: str) -> Response:
        return json_answer(200, _page(world, account))

    @routes.get(f"{ROOT}/<sid>.json")
    def fetch(account: str, sid: str) -> Response:
        return json_answer(200, _resource(account, _found(world, sid)))

    @routes.post(f"{ROOT}/<sid>.json")
    def update(account: str, sid: str) -> Response:
        item = _found(world, sid)
        if request.form.get("Body") == "":
            world.sms.redact(item)
        return json_answer(200, _resource(account, item))

    @routes.get("/2010-04-01/Accounts/<account>/Balance.json")
    def balance(account: str) -> Response:
        return json_answer(200, {"account_sid": account, "balance": world.config.balance, "currency": "JPY"})

    @routes.route("/2010-04-01/<path:_rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def unknown(_rest: str) -> Response:
        raise TwilioRefusal(20404)

    return routes


def receive_text(world: World, number: str, text: str) -> Item:
    """A person texts the account's number; STOP and START work as Twilio's default words do."""
    config = world.config
    item = world.sms.create(number, config.twilio_from, text, inbound=True)
    word = text.strip().upper()
    if word in STOP_WORDS | START_WORDS:
        world.sms.opt_out(number, out=word in STOP_WORDS)
    params = {
        "ApiVersion": "2010-04-01",
        "AccountSid": config.twilio_account_sid,
        "MessageSid": item.doc["id"],
        "SmsMessageSid": item.doc["id"],
        "SmsSid": item.doc["id"],
        "SmsStatus": "received",
        "From": number,
        "To": config.twilio_from,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": str(item.hidden["segments"]),
    }
    if word in STOP_WORDS | START_WORDS:
        params["OptOutType"] = "STOP" if word in STOP_WORDS else "START"
    world.courier.add(Job(kind="twilio.inbound", lane=f"text:{number}", data={"params": params}))
    return item


def _authorize(world: World) -> None:
    given = request.headers.get("Authorization", "")
    try:
        pair = base64.b64decode(given.removeprefix("Basic "), validate=True)
    except binascii.Error as error:
        raise TwilioRefusal(20003) from error
    expected = f"{world.config.twilio_account_sid}:{world.config.twilio_auth_token}".encode()
    if not hmac.compare_digest(pair, expected):
        raise TwilioRefusal(20003)
    if (request.view_args or {}).get("account", world.config.twilio_account_sid) != world.config.twilio_account_sid:
        raise TwilioRefusal(20404)


def _create(world: World) -> Item:
    form = request.form
    to, body, callback = form.get("To", ""), form.get("Body", ""), form.get("StatusCallback", "")
    service = form.get("MessagingServiceSid") or None
    sender = form.get("From", "") or (world.config.twilio_from if service else "")
    _check_message(world, to, sender, body)
    if callback and urlsplit(callback).scheme not in {"http", "https"}:
        raise TwilioRefusal(21609)
    item = world.sms.create(sender, to, body, service=service)
    now = datetime.now(UTC).timestamp()
    steps: list[tuple[float, str, int | None]] = [(world.config.sent_after, "sent", None)]
    if (end := fate(to)) is not None:
        steps.append((world.config.delivered_after, *end))
    for wait, status, code in steps:
        data = {"sid": item.doc["id"], "status": status, "code": code, "url": callback}
        world.courier.add(Job(kind="twilio.callback", lane=f"sms:{item.doc['id']}", data=data, due=now + wait))
    return item


def _check_message(world: World, to: str, sender: str, body: str) -> None:
    """Raise TwilioRefusal as Twilio would, checks in Twilio's order."""
    if not to:
        raise TwilioRefusal(21604)
    if not sender:
        raise TwilioRefusal(21603)
    if not body:
        raise TwilioRefusal(21602)
    if (code := number_refusal(to)) is not None:
        raise TwilioRefusal(code)
    if sender != world.config.twilio_from and not ALPHANUMERIC_SENDER.fullmatch(sender):
        raise TwilioRefusal(21606)
    if len(body) > LONGEST_BODY:
        raise TwilioRefusal(21617)
    if to in world.sms.opted_out:
        raise TwilioRefusal(21610)


def _found(world: World, sid: str) -> Item:
    item = world.sms.find(sid)
    if item is None:
        raise TwilioRefusal(20404)
    return item


def _page(world: World, account: str) -> dict[str, Any]:
    size, number = request.args.get("PageSize", str(USUAL_PAGE)), request.args.get("Page", "0")
    if not size.isdigit() or not 1 <= int(size) <= BIGGEST_PAGE or not number.isdigit():
        raise TwilioRefusal(20001)
    found = [item for item in reversed(_candidates(world)) if _wanted(item)]
    start = int(number) * int(size)
    shown = found[start : start + int(size)]
    uri = f"/2010-04-01/Accounts/{account}/Messages.json"
    others = {name: value for name, value in request.args.items() if name != "Page"}
    more = start + int(size) < len(found)
    return {
        "messages": [_resource(account, item) for item in shown],
        "first_page_uri": f"{uri}?{urlencode({**others, 'Page': 0})}",
        "next_page_uri": f"{uri}?{urlencode({**others, 'Page': int(number) + 1})}" if more else None,
        "previous_page_uri": f"{uri}?{urlencode({**others, 'Page': int(number) - 1})}" if int(number) else None,
        "page": int(number),
        "page_size": int(size),
        "start": start,
        "end": max(start + len(shown) - 1, 0),
        "uri": f"{uri}?{request.query_string.decode()}",
    }


def _candidates(world: World) -> list[Item]:
    number = request.args.get("To") or request.args.get("From")
    return world.sms.with_number(number) if number else world.sms.all()


# DateSent compares GMT days; a message that is not sent yet has none (API reference, Messages list).
DAY_FILTERS: dict[str, Callable[[date, date], bool]] = {
    "DateSent": lambda sent, day: sent == day,
    "DateSent>": lambda sent, day: sent >= day,
    "DateSent<": lambda sent, day: sent <= day,
}


def _wanted(item: Item) -> bool:
    args = request.args
    if any(args.get(name, item.doc[key]) != item.doc[key] for name, key in (("To", "to"), ("From", "from"))):
        return False
    for name, fits in DAY_FILTERS.items():
        if name in args:
            day = datetime.fromisoformat(args[name]).date()
            if item.hidden["sent"] is None or not fits(datetime.fromtimestamp(item.hidden["sent"], UTC).date(), day):
                return False
    return True


def _resource(account: str, item: Item) -> dict[str, Any]:
    doc, hidden = item.doc, item.hidden
    uri = f"/2010-04-01/Accounts/{account}/Messages/{doc['id']}"
    return {
        "sid": doc["id"],
        "account_sid": account,
        "api_version": "2010-04-01",
        "messaging_service_sid": hidden["service"],
        "to": doc["to"],
        "from": None if doc["status"] == "accepted" else doc["from"],
        "body": doc["body"],
        "status": doc["status"],
        "direction": doc["direction"],
        "date_created": _gmt(hidden["created"]),
        "date_updated": _gmt(hidden["updated"]),
        "date_sent": _gmt(hidden["sent"]),
        "num_segments": str(hidden["segments"]),
        "num_media": "0",
        "error_code": hidden["code"],
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def _gmt(at: float | None) -> str | None:
    return None if at is None else format_datetime(datetime.fromtimestamp(at, UTC))
