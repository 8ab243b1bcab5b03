"""What every answer of the web side carries, and what no request may exceed."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from io import BytesIO
from typing import IO

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.parts import Parts
from dialogs.words import languages

LARGEST_BODY = 1 << 20  # webhooks; pages allow far less
LARGEST_FORM = 64 * 1024  # a page of three thousand kanji is told how long an answer may be, not that it is too large
MOST_FIELDS = 20
SESSION_LIFE = timedelta(days=1)

# Pages work without scripts, so none are allowed; but our own where one helps (see places).
NO_SCRIPT, OWN_SCRIPT = "script-src 'none'", "script-src 'self'"
POLICY = "; ".join(
    (
        "default-src 'self'",
        NO_SCRIPT,
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"
UNSEEN = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


class InMemory(Request):
    """A request whose files stay in memory: on a disk they would lie unsealed, and each form has its largest size."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


class Sessions(SecureCookieSessionInterface):
    """A cookie is made to last longer by pages alone.

    What a page loads beside itself carries the session as it was then: answered late, it would put that back over the
    newer one, and who has just begun would be told that their page has expired.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        is_page = request.endpoint != "static" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        return session.modified or (is_page and super().should_set_cookie(app, session))


def guard(app: Flask, parts: Parts) -> None:
    """Signed sessions of one day, limits on bodies, and security headers on everything that is answered."""
    https = parts.settings.public_base_url.startswith("https://")
    app.session_interface = Sessions()
    app.request_class = InMemory
    app.config.update(
        SECRET_KEY=parts.vault.fingerprint("session cookie"),
        # A browser takes a __Host- cookie only over https, for this host and the whole of it.
        SESSION_COOKIE_NAME="__Host-counter" if https else "counter",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
    )

    @app.before_request
    def remember_language() -> None:
        if request.args.get("lang") in languages():
            session["language"] = request.args["lang"]

    # Unless it is told how many stand in front, everybody behind a proxy would be one address to the meters.
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's own manual does it
        app.wsgi_app, x_for=parts.settings.proxies, x_proto=0, x_host=0
    )

    @app.after_request
    def protect(response: Response) -> Response:
        if g.get("own_script"):
            response.headers["Content-Security-Policy"] = POLICY.replace(NO_SCRIPT, OWN_SCRIPT)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        return response


def unseen(response: Response) -> Response:
    """A page of one person: kept by no cache, found by no search."""
    for name, value in UNSEEN.items():
        response.headers[name] = value
    return response


def limit_form(largest: int = LARGEST_FORM) -> None:
    """Before a page's POST is read: what people type fits into little, in bytes."""
    request.max_content_length = largest


def csrf_token() -> str:
    """This browser's own token, to stand in every form; made when there is none yet."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
        session.permanent = True
    return str(session["csrf"])


def check_csrf() -> None:
    """Raises BadRequest unless the form came from a page that this browser was given."""
    known, shown = session.get("csrf", ""), request.form.get("csrf", "")
    if not known or not hmac.compare_digest(known.encode(), shown.encode()):
        raise BadRequest


def address_key(parts: Parts) -> str:
    """The client's address as meters count it: a hash, of what our own proxies vouch for and nothing else."""
    return parts.vault.fingerprint("address", request.remote_addr or "").hex()
