"""Where the office's own system hears of the counter: one address, signed in the manner of Standard Webhooks."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from integrations.emulator.incoming import json_answer
from integrations.emulator.world import World

ROOT = "/office/events"


def fault_answer(status: int) -> Response:
    """How a system in trouble answers."""
    return json_answer(status, {"error": "trouble"}, {"Retry-After": "1"} if status in (429, 503) else None)


def office_blueprint(world: World) -> Blueprint:
    """The endpoint; its name "office.hear" is what faults are set on."""
    routes = Blueprint("office", __name__)

    @routes.post(ROOT)
    def hear() -> Response:
        body = request.get_data()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not world.office.knows(headers, body):
            return json_answer(401, {"error": "signature"})
        world.office.hear(headers["webhook-id"], json.loads(body))
        return Response(status=204)

    return routes
