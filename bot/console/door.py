"""Who may see which page: said at each page, checked here for all of them, and nothing is open that does not say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, make_response, redirect, request, url_for
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from bot.console.visiting import check_form, member, visit
from bot.parts import Parts
from bot.shop_records import LARGEST
from bot.store.staff import ROLES
from bot.web.guard import HEADERS, LARGEST_FORM, POLICY, check_csrf, limit_form, unseen

ANYBODY, HALF_WAY = ("anybody",), ("half way",)  # before the password, and between it and the code
STATIC = "console.static"
# Live parts are small scripts of our own; none may stand within a page.
WITH_SCRIPTS = POLICY.replace("script-src 'none'", "script-src 'self'")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # all but tab and the ends of lines

LARGEST_WITH_FILE = LARGEST + LARGEST_FORM

View = TypeVar("View", bound=Callable[..., Any])


def for_roles(*roles: str) -> Callable[[View], View]:
    """Who may see a page; an admin may see every one. Without this nobody may."""
    assert set(roles) <= {*ROLES, *ANYBODY, *HALF_WAY}, roles  # noqa: S101 - a slip of the pen, found at the start
    entry = roles in (ANYBODY, HALF_WAY)

    def mark(view: View) -> View:
        view.roles = roles if entry else (*roles, "admin")  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return mark


def with_file(view: View) -> View:
    """Let a page's form carry a file, of whoever is signed in."""
    view.with_file = True  # type: ignore[attr-defined]  # as above
    return view


def roles_of(endpoint: str) -> tuple[str, ...]:
    """The roles that may see an endpoint's page; none where its view does not say."""
    return getattr(current_app.view_functions.get(endpoint), "roles", ())


def watch(console: Blueprint, parts: Parts) -> None:
    """Check every request of the console, and keep its pages from caches and searches."""

    @console.before_request
    def admit() -> AnyResponse | None:
        if request.endpoint == STATIC:
            return None
        limit_form(LARGEST_WITH_FILE if _may_carry(request.endpoint or "") else LARGEST_FORM)
        if CONTROLS.search(request.path):
            abort(404)
        roles = roles_of(request.endpoint or "")
        # Who it is comes first: a form that is too large is told by a page of its own, which is not for everybody.
        turned_away = _turned_away(parts, roles)
        if turned_away is None:
            _strip_controls()
            _check_token(parts, roles)
        return turned_away

    @console.after_request
    def cover(response: Response) -> Response:
        # A file of somebody else's brings a stricter one of its own.
        response.headers.setdefault("Content-Security-Policy", WITH_SCRIPTS)
        response.headers["Referrer-Policy"] = HEADERS["Referrer-Policy"]
        return response if request.endpoint == STATIC else unseen(response)


def _may_carry(endpoint: str) -> bool:
    return bool(getattr(current_app.view_functions.get(endpoint), "with_file", False) and member())


def _strip_controls() -> None:
    """Leave out of whatever was typed what no key types: PostgreSQL takes no NUL."""
    request.args, request.form = _stripped(request.args), _stripped(request.form)


def _stripped(typed: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((name, CONTROLS.sub("", value)) for name, value in typed.items(multi=True))


def _turned_away(parts: Parts, roles: tuple[str, ...]) -> AnyResponse | None:
    if roles == ANYBODY:
        return None
    who, found = member(), visit(parts)
    if not (found and found.half if roles == HALF_WAY else who):
        return _to_sign_in()
    if roles != HALF_WAY and who and who.role not in roles:
        raise Forbidden
    return None


def _check_token(parts: Parts, roles: tuple[str, ...]) -> None:
    if request.method != "POST":
        return
    if roles == ANYBODY:
        check_csrf()
    else:
        check_form(parts)


def _to_sign_in() -> AnyResponse:
    """A look is led to the sign-in and back; what somebody wanted done is refused, for it must not be done later."""
    if request.method != "GET":
        abort(401)
    return make_response(redirect(url_for("console.sign_in.ask", to=request.full_path.rstrip("?")), 303))
