"""The gift vendor over HTTP, as the rewards document has it: gifts, their codes, their end."""

from __future__ import annotations

import hmac
import json
import re
from typing import Any

from flask import Blueprint, Response, request

from integrations.emulator.gifts import GiftRefusal
from integrations.emulator.incoming import json_answer
from integrations.emulator.world import World

ROOT = "/vendor/v1"
ID = re.compile(r"[0-9A-Za-z]{1,40}", re.ASCII)
FAULT_WORDS = {401: "unauthorised", 402: "insufficient-funds", 404: "no-such-gift", 429: "busy", 503: "unavailable"}
NEXT_SECOND = "1"


def problem(status: int, word: str) -> Response:
    """The vendor's answer for one of the document's words."""
    body = {"type": f"urn:madoguchi:rewards:{word}", "title": word.replace("-", " "), "status": status}
    answer = json_answer(status, body, {"Retry-After": NEXT_SECOND} if status == 429 else None)
    answer.content_type = "application/problem+json"
    return answer


def fault_answer(status: int) -> Response:
    """How the vendor would answer with this status, whatever was asked."""
    return problem(status, FAULT_WORDS.get(status, "failed" if status >= 500 else "invalid"))


def vendor_blueprint(world: World) -> Blueprint:
    """The endpoints; their names after "vendor." are what faults are set on."""
    routes = Blueprint("vendor", __name__, url_prefix=ROOT)
    routes.before_request(lambda: _authorize(world))
    routes.register_error_handler(GiftRefusal, lambda error: problem(error.status, error.word))

    @routes.put("/gifts/<request_id>")
    def issue(request_id: str) -> Response:
        if not ID.fullmatch(request_id):
            raise GiftRefusal(422, "invalid")
        return json_answer(200, world.gifts.issue(request_id, _body()))

    @routes.get("/gifts/<request_id>")
    def get(request_id: str) -> Response:
        return json_answer(200, world.gifts.get(request_id))

    @routes.post("/gifts/<request_id>/redemption")
    def redeem(request_id: str) -> Response:
        code = world.gifts.redeem(request_id, _body().get("brand"))
        return json_answer(200, code, {"Cache-Control": "no-store"})

    @routes.post("/gifts/<request_id>/cancellation")
    def cancel(request_id: str) -> Response:
        return json_answer(200, world.gifts.cancel(request_id))

    return routes


def _authorize(world: World) -> None:
    given = request.headers.get("X-Api-Key", "")
    if not hmac.compare_digest(given.encode(), world.config.rewards_key.encode()):
        raise GiftRefusal(401, "unauthorised")


def _body() -> dict[str, Any]:
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise GiftRefusal(422, "invalid") from None
    if not isinstance(body, dict):
        raise GiftRefusal(422, "invalid")
    return body
