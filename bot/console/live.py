"""Live parts of the desk, over server-sent events: that something has changed, and who else is looking.

GET /console/live      ?at=<conversation>: the one that is being looked at

An answer ends at once and the browser asks again after RETRY: a stream that stays open would hold one of the web
process's threads for every page that is open, and providers' events wait for the same threads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import redis
import structlog
from flask import Blueprint, Response, request

from bot import live
from bot.console.door import for_roles
from bot.console.queue import AT_THE_DESK
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store import staff

RETRY_MS, RETRY_AWAY_MS = 700, 15_000

log = structlog.get_logger(__name__)


def live_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("live", __name__)

    @routes.get("/live")
    @for_roles(*AT_THE_DESK)
    def hear() -> Response:
        try:
            told = "".join(_told(parts))
        except redis.RedisError as error:
            log.warning("live.away", error=type(error).__name__)
            told = f"retry: {RETRY_AWAY_MS}\n\n"
        return Response(told, mimetype="text/event-stream")

    return routes


def _told(parts: Parts) -> Iterator[str]:
    news = live.since(parts.redis, request.headers.get("Last-Event-ID", ""))
    at = request.args.get("at", type=UUID)
    yield f"retry: {RETRY_MS}\nid: {news.last}\n"
    yield _event("changed", list(news.conversations)) if news.conversations else "data:\n\n"
    if at:
        others = live.is_here(parts.redis, at, whoever().id)
        yield _event("present", staff.names(parts.db, others) if others else [])


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
