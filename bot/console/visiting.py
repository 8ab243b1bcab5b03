"""Who is at the console: the token in their cookie, the session that it names, and Flask-Login told of it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from flask import Flask, Request, Response, g, request
from flask_login import LoginManager, UserMixin, current_user  # type: ignore[import-untyped]  # it ships no types
from werkzeug.exceptions import BadRequest

from bot.letterbox import token_hash
from bot.parts import Parts
from bot.store import staff_sessions
from bot.store.staff import Member
from bot.store.staff_sessions import Visit

LIVE = "console.live.hear"


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # as above
    """What Flask-Login calls a user: a member with an open session."""

    visit: Visit

    def get_id(self) -> str:
        return str(self.visit.id)


def know_visitors(app: Flask, parts: Parts) -> None:
    """Let Flask-Login ask us who it is. Its own cookies stay unused: a session of ours can be ended here."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    # A cookie of that name from another program on this host would keep it from asking us.
    app.config["REMEMBER_COOKIE_NAME"] = "staff-never-remembered"

    def asked(_request: Request) -> SignedIn | None:
        found = visit(parts)
        return SignedIn(found) if found and not found.half else None

    manager.request_loader(asked)


def member() -> Member | None:
    """Who is signed in."""
    return current_user.visit.member if current_user.is_authenticated else None


def whoever() -> Member:
    """Who is signed in, where the guard has let nobody else in."""
    found = member()
    assert found is not None, "a page without a guard"  # noqa: S101 - test_house walks them all
    return found


def visit(parts: Parts) -> Visit | None:
    """The live session of this browser, half or open; looked for once a request."""
    if "visit" not in g:
        token = _token(parts)
        g.visit = staff_sessions.look(parts.db, token_hash(token), noted=not by_itself()) if token else None
    found: Visit | None = g.visit
    return found


def by_itself() -> bool:
    """Whether the page asks and nobody has pressed anything: then nobody need be sitting there."""
    return request.endpoint == LIVE or "X-Live" in request.headers


def carry(parts: Parts, response: Response, token: str) -> Response:
    """Give this browser the token of a new session; the one it had is worth nothing any more."""
    response.set_cookie(
        _cookie(parts), token, secure=_https(parts), httponly=True, samesite="Lax", path="/", max_age=None
    )
    return response


def leave(parts: Parts, response: Response) -> Response:
    response.delete_cookie(_cookie(parts), secure=_https(parts), httponly=True, samesite="Lax", path="/")
    return response


def form_token(parts: Parts) -> str:
    """What every form of a signed-in browser carries: it follows from the session, and ends with it."""
    return parts.vault.fingerprint("console form", _token(parts)).hex()


def check_form(parts: Parts) -> None:
    """Raises BadRequest unless the form came from a page of this very session."""
    if not hmac.compare_digest(form_token(parts).encode(), request.form.get("csrf", "").encode()):
        raise BadRequest


def _token(parts: Parts) -> str:
    return request.cookies.get(_cookie(parts), "")


def _cookie(parts: Parts) -> str:
    # As with the travellers' cookie: __Host- holds only over https.
    return "__Host-staff" if _https(parts) else "staff"


def _https(parts: Parts) -> bool:
    return parts.settings.public_base_url.startswith("https://")
