"""LINE's Messaging API, token and content endpoints, over HTTP (api.line.me and api-data.line.me on one host)."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any

from flask import Blueprint, Response, g, request

from integrations.emulator.incoming import json_answer
from integrations.emulator.line_menu_api import NEEDS_JSON as MENU_NEEDS_JSON
from integrations.emulator.line_menu_api import add_menus
from integrations.emulator.line_rules import check_messages
from integrations.emulator.line_send import Refused, checked_retry_key, refuse_problems
from integrations.emulator.line_tokens import SHORT_LIFE, STATELESS_LIFE
from integrations.emulator.line_webhook import bot_user_id
from integrations.emulator.world import World

BIGGEST_BODY = 2 * 1024 * 1024
LOADING_SECONDS = range(5, 61, 5)
TAKES_RETRY_KEY = frozenset({"line.push", "line.multicast"})
OPEN_TO_ALL = frozenset({"line.stateless_token", "line.short_lived_token"})
NEEDS_JSON = frozenset(
    {
        "line.reply",
        "line.push",
        "line.multicast",
        "line.pnp",
        "line.validate_reply",
        "line.validate_push",
        "line.loading",
        "line.mark_as_read",
        *MENU_NEEDS_JSON,
    }
)
# Calls a second for one channel (reference: rate limits); all others 2,000.
RATES = {"line.multicast": 200, "line.loading": 100, "line.stateless_token": 370, "line.short_lived_token": 370}
USUAL_RATE = 2000

FAULT_TEXTS = {429: "The API rate limit has been exceeded. Try again later.", 500: "Internal server error"}


def fault_answer(status: int) -> Response:
    """How LINE would answer with this status, whatever was asked."""
    headers = {"x-line-request-id": str(uuid.uuid4())}
    return json_answer(status, {"message": FAULT_TEXTS.get(status, "Something went wrong")}, headers)


def line_blueprint(world: World) -> Blueprint:
    """The endpoints; their names after "line." are what faults are set on."""
    routes = Blueprint("line", __name__)
    rates = Rates()

    def before() -> None:
        g.request_id = str(uuid.uuid4())
        rates.count(str(request.endpoint))
        if request.endpoint not in OPEN_TO_ALL:
            _authorize(world)
        if (request.content_length or 0) > BIGGEST_BODY:
            raise Refused(413, "Request entity too large")
        if request.endpoint not in TAKES_RETRY_KEY and "X-Line-Retry-Key" in request.headers:
            raise Refused(400, "The retry key is not supported by this API")
        g.body = _body() if request.endpoint in NEEDS_JSON else {}

    def after(response: Response) -> Response:
        response.headers.setdefault("x-line-request-id", g.get("request_id") or str(uuid.uuid4()))
        return response

    routes.before_request(before)
    routes.after_request(after)
    routes.register_error_handler(Refused, lambda error: json_answer(error.status, error.body, error.headers))
    _add_sending(routes, world)
    _add_checking(routes, world)
    _add_knowing(routes, world)
    add_menus(routes, world.menus)
    _add_rest(routes, world)
    _add_tokens(routes, world)
    return routes


class Rates:
    """Counts calls by endpoint within the present second."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def count(self, endpoint: str) -> None:
        """One more call; raises Refused when it is one too many."""
        second = int(time.monotonic())
        with self._lock:
            at, calls = self._counts.get(endpoint, (second, 0))
            calls = calls + 1 if at == second else 1
            self._counts[endpoint] = (second, calls)
        if calls > RATES.get(endpoint, USUAL_RATE):
            raise Refused(429, FAULT_TEXTS[429])


def _authorize(world: World) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    refusal = world.access_tokens.refusal(token.strip()) if scheme.lower() == "bearer" else "Authentication failed"
    if refusal:
        raise Refused(401, refusal)


def _body() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise Refused(415, "Unsupported Media Type")
    try:
        body = json.loads(request.get_data())
    except json.JSONDecodeError as error:
        where = f"(line: {error.lineno}, column: {error.colno})"
        raise Refused(400, f"The request body could not be parsed as JSON {where}") from error
    except UnicodeDecodeError as error:
        raise Refused(400, "The request body could not be parsed as JSON (line: -, column: -)") from error
    if not isinstance(body, dict):
        raise Refused(400, "The request body must be a JSON object")
    return body


def _add_sending(routes: Blueprint, world: World) -> None:
    outbox = world.outbox

    @routes.post("/v2/bot/message/reply")
    def reply() -> Response:
        return json_answer(200, {"sentMessages": outbox.reply(g.body)})

    @routes.post("/v2/bot/message/push")
    def push() -> Response:
        key = checked_retry_key(request.headers.get("X-Line-Retry-Key"))
        return json_answer(200, {"sentMessages": outbox.push(g.body, retry_key=key, request_id=g.request_id)})

    @routes.post("/v2/bot/message/multicast")
    def multicast() -> Response:
        key = checked_retry_key(request.headers.get("X-Line-Retry-Key"))
        outbox.multicast(g.body, retry_key=key, request_id=g.request_id)
        return json_answer(200, {})

    @routes.post("/bot/pnp/push")
    def pnp() -> Response:
        world.notices.push(g.body, request.headers.get("X-Line-Delivery-Tag"))
        return json_answer(200, {})


def _add_checking(routes: Blueprint, world: World) -> None:
    @routes.post("/v2/bot/message/validate/reply")
    def validate_reply() -> Response:
        refuse_problems(check_messages(g.body.get("messages")))
        return json_answer(200, {})

    @routes.post("/v2/bot/message/validate/push")
    def validate_push() -> Response:
        refuse_problems(check_messages(g.body.get("messages")))
        return json_answer(200, {})

    @routes.post("/v2/bot/chat/loading/start")
    def loading() -> Response:
        if world.people.get(str(g.body.get("chatId"))) is None:
            raise Refused(400, "The property, 'chatId', in the request body is invalid (line: -, column: -)")
        if g.body.get("loadingSeconds", 20) not in LOADING_SECONDS:
            raise Refused(400, "The property, 'loadingSeconds', must be a multiple of 5 from 5 to 60")
        return json_answer(202, {})

    @routes.post("/v2/bot/chat/markAsRead")
    def mark_as_read() -> Response:
        if not g.body.get("markAsReadToken"):
            raise Refused(400, "The property, 'markAsReadToken', in the request body is invalid (line: -, column: -)")
        return json_answer(200, {})


def _add_knowing(routes: Blueprint, world: World) -> None:
    @routes.get("/v2/bot/message/quota")
    def quota() -> Response:
        value = world.outbox.quota.value
        return json_answer(200, {"type": "none"} if value is None else {"type": "limited", "value": value})

    @routes.get("/v2/bot/message/quota/consumption")
    def consumption() -> Response:
        return json_answer(200, {"totalUsage": world.outbox.quota.used})

    @routes.get("/v2/bot/profile/<user_id>")
    def profile(user_id: str) -> Response:
        person = world.people.get(user_id)
        if person is None or not person.can_be_reached(world.clock.now()):
            raise Refused(404, "Not found")
        return json_answer(200, {"userId": person.id, "displayName": person.name, "language": person.language})

    @routes.get("/v2/bot/info")
    def info() -> Response:
        return json_answer(
            200,
            {
                "userId": bot_user_id(world.config.line_channel_id),
                "basicId": "@emulated",
                "displayName": "窓口",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            },
        )


def _add_rest(routes: Blueprint, world: World) -> None:
    @routes.route("/v2/<path:_rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def unknown(_rest: str) -> Response:
        raise Refused(404, "Not found")

    @routes.get("/v2/bot/message/<message_id>/content")
    def content(message_id: str) -> Response:
        item = world.chats.find(message_id)
        if item is not None and item.doc["unsent"]:
            raise Refused(410, "Gone")
        if (media := world.chats.media(message_id)) is None:
            raise Refused(404, "Not found")
        return Response(media[1], content_type=media[0])


def _add_tokens(routes: Blueprint, world: World) -> None:
    def issue(seconds: int) -> Response:
        known = (world.config.line_channel_id, world.config.line_channel_secrets)
        if request.form.get("grant_type") != "client_credentials":
            return json_answer(400, {"error": "invalid_request", "error_description": "invalid grant_type"})
        if request.form.get("client_id") != known[0] or request.form.get("client_secret") not in known[1]:
            return json_answer(400, {"error": "invalid_client", "error_description": "invalid client_id or secret"})
        token = world.access_tokens.issue(seconds)
        return json_answer(200, {"access_token": token, "expires_in": seconds, "token_type": "Bearer"})

    @routes.post("/oauth2/v3/token")
    def stateless_token() -> Response:
        return issue(STATELESS_LIFE)

    @routes.post("/v2/oauth/accessToken")
    def short_lived_token() -> Response:
        return issue(SHORT_LIFE)
