"""What a form's POST draws, at an address of its own: the way back and a reload lead onto it, and send nothing.

POST   what would be drawn is kept for half an hour in Redis, sealed, for the browser that sent the form; then 303
GET    …?again=<token> shows it as it was, with the error and what was typed; later, or in another browser, the page
       shows how it stands by now

Without Redis a form is answered at once, as it is.
"""

from __future__ import annotations

import json
import secrets
import zlib
from urllib.parse import urlencode

import redis
import structlog
from flask import Blueprint, g, make_response, redirect, request, session
from werkzeug.wrappers import Response

from bot.parts import Parts
from bot.store.vault import Unopenable

ARGUMENT = "again"
PLACE = "page.again"
KEPT_SECONDS = 1800
MOST = 8  # of one browser: whoever slips more often sees the older ones no more
DRAWN = (200, 403, 404, 410, 429)
ONE_CLICK = "List-Unsubscribe"  # what mail programs post by themselves: they follow no redirect (RFC 8058)

log = structlog.get_logger(__name__)


def answered_by_get(routes: Blueprint, parts: Parts) -> None:
    """Let every POST of these pages that draws a page lead on to it by GET."""

    @routes.before_request
    def shown() -> Response | None:
        token = request.args.get(ARGUMENT, "")
        return _kept(parts, token) if token and request.method == "GET" and "csrf" in session else None

    @routes.after_request
    def led_on(response: Response) -> Response:
        by_form = request.method == "POST" and "csrf" in session and ONE_CLICK not in request.form
        return _keep(parts, response) or response if by_form and response.status_code in DRAWN else response


def _keep(parts: Parts, response: Response) -> Response | None:
    """The way to what was drawn; None when it cannot be kept."""
    token = secrets.token_hex(8)
    drawn = [response.status_code, bool(g.get("own_script")), response.get_data(as_text=True)]
    sealed = parts.vault.seal(zlib.compress(json.dumps(drawn).encode()), PLACE).hex()
    known = [*session.get(ARGUMENT, []), token]
    try:
        parts.redis.set(_key(parts, token), sealed, ex=KEPT_SECONDS)
        for old in known[:-MOST]:
            parts.redis.delete(_key(parts, old))
    except redis.RedisError:
        log.warning("page.not_kept")
        return None
    session[ARGUMENT] = known[-MOST:]
    g.own_script = False
    return redirect(f"{request.path}?{urlencode(_question() | {ARGUMENT: token})}", 303)


def _kept(parts: Parts, token: str) -> Response | None:
    """What was drawn for this browser; None when it is over, or was never there: then the page itself answers."""
    try:
        sealed = str(parts.redis.get(_key(parts, token)) or "")
        status, own_script, html = json.loads(zlib.decompress(parts.vault.open(bytes.fromhex(sealed), PLACE)))
    except (redis.RedisError, Unopenable):
        return None
    g.own_script = own_script
    return make_response(html, status)


def _key(parts: Parts, token: str) -> str:
    return f"again:{parts.vault.fingerprint('again', session['csrf'], token).hex()}"


def _question() -> dict[str, str]:
    """What was asked, so that the page asks it once what was drawn is over."""
    asked = request.form.get("ask", "").split(".", 2)[-1]
    return {"q": asked} if asked else {}
