"""The pages for everybody: what this counter is, whether a message is really ours, and what went wrong.

HTTPException                          its own page: 400 404 405 413 429, any other of 4xx as 400
LostRace | psycopg.OperationalError    503 with Retry-After: nothing was lost, a moment later it works
  | PoolTimeout
Exception                              500
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import psycopg
import structlog
from flask import Blueprint, Response, make_response, request
from psycopg_pool import PoolTimeout
from werkzeug.exceptions import HTTPException

from bot.conversation import LostRace
from bot.parts import Parts
from bot.web.drawing import ERROR, language, page
from bot.web.guard import unseen
from bot.web.visitor import bound_conversation
from dialogs.facts import brand_name, facts_at, url_phase
from dialogs.reading.topics import TOPICS
from dialogs.rules.campaign import Campaign
from dialogs.telling import faq_key, term_phase, use_phase
from dialogs.words import words

TOLD = (400, 404, 405, 413, 429, 500, 503)
RETRY_SECONDS = "30"
MINUTE = "60"
REMINDERS = ("remind", "no_reminder")  # no page reminds anybody

log = structlog.get_logger(__name__)


def front_pages(parts: Parts) -> Blueprint:
    """GET /, /help and /verify; and the error pages of the whole counter."""
    routes = Blueprint("front", __name__)

    @routes.get("/")
    def front() -> Response:
        response = make_response(
            page(
                parts,
                "front.html",
                phase=phase(parts, parts.campaign),
                url_phase=url_phase(parts.campaign, parts.clock.now()),
                use_phase=use_phase(parts.campaign, parts.clock.now()),
                brands=[brand_name(brand) for brand in parts.campaign.brands],
                begun=bound_conversation(parts),
                nonce=secrets.token_urlsafe(9),
            )
        )
        # Its button carries this browser's own token, and says whether something was begun here.
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/help")
    def answers() -> Response:
        return make_response(page(parts, "help.html", answers=_answers(parts), phase=phase(parts, parts.campaign)))

    @routes.get("/verify")
    def verify() -> Response:
        return make_response(page(parts, "verify.html", **ours(parts)))

    _answer_errors(routes, parts)
    return routes


def _answers(parts: Parts) -> Sequence[tuple[str, str]]:
    """What people ask, and the answer as it is true today: the chats' own sentences."""
    spoken, campaign, now = words(language(), "page"), parts.campaign, parts.clock.now()
    facts = {**facts_at(campaign, now), "verify": parts.public_url("/verify")}
    return [
        (spoken.say(f"page.faq.{name}", **facts), spoken.say(faq_key(name, campaign, now), **facts))
        for name in TOPICS
        if name not in REMINDERS
    ]


def phase(parts: Parts, campaign: Campaign) -> str:
    """Where the campaign stands: before, delayed (past its day), open, receiving (no more applications), over."""
    now = parts.clock.now()
    stands = term_phase(campaign, now)
    return "delayed" if stands == "before" and now >= campaign.dates.site_opens else stands


def ours(parts: Parts) -> dict[str, Any]:
    """What people can compare a message with; empty where we do not send that way."""
    settings = parts.settings
    return {
        "site": urlsplit(settings.public_base_url).hostname or "",
        "sms_sender": settings.twilio_from,
        "mail_domain": settings.mail_from.rpartition("@")[2],
        "line_id": _line_id(settings.line_add_friend_url),
    }


def _line_id(add_friend_url: str) -> str:
    """@example of https://line.me/R/ti/p/@example (or %40example); of any other address, the address itself."""
    name = urlsplit(add_friend_url).path.rpartition("/")[2].replace("%40", "@")
    return name if name.startswith("@") else add_friend_url


def _answer_errors(routes: Blueprint, parts: Parts) -> None:
    def told(error: HTTPException) -> Response:
        if error.response is not None or (error.code or 500) < 400:
            return make_response(error.get_response())
        response = _error(parts, error.code or 500)
        response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
        return response

    def away(error: Exception) -> Response:
        log.warning("web.database_away", endpoint=request.endpoint, error=type(error).__name__)
        return _error(parts, 503)

    def failed(_error_: Exception) -> Response:
        log.exception("web.failed", endpoint=request.endpoint)
        return _error(parts, 500)

    routes.app_errorhandler(HTTPException)(told)
    for kind in (LostRace, psycopg.OperationalError, PoolTimeout):
        routes.app_errorhandler(kind)(away)
    routes.app_errorhandler(Exception)(failed)


def _error(parts: Parts, status: int) -> Response:
    shown = status if status in TOLD else 500 if status >= 500 else 400
    response = make_response(page(parts, ERROR, status=shown), status)
    if status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    if status == 429:
        response.headers["Retry-After"] = MINUTE
    return unseen(response)
