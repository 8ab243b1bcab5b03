"""Signing in: a password, then a code; and signing out.

GET  /console/sign-in     login and password
POST /console/sign-in     a half session, for ten minutes
GET  /console/code        the code of the app, or a recovery code
POST /console/code        the session
POST /console/sign-out
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import sign_in
from bot.console.door import ANYBODY, HALF_WAY, for_roles
from bot.console.drawing import page
from bot.console.home import back_to
from bot.console.visiting import carry, leave, member, visit
from bot.parts import Parts
from bot.sign_in import TRIED_OUT_BY, Tries
from bot.store.staff import ROLES, Member
from bot.store.staff_sessions import Visit
from bot.web.guard import address_key


def sign_in_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("sign_in", __name__)

    @routes.get("/sign-in")
    @for_roles(*ANYBODY)
    def ask() -> AnyResponse:
        return redirect(_on()) if member() else _drawn(parts)

    @routes.post("/sign-in")
    @for_roles(*ANYBODY)
    def password() -> AnyResponse:
        return _password(parts) if parts.settings.staff_passwords else _drawn(parts, status=403)

    @routes.get("/code")
    @for_roles(*HALF_WAY)
    def ask_code() -> AnyResponse:
        return _ask_code(parts, half_way(parts))

    @routes.post("/code")
    @for_roles(*HALF_WAY)
    def code() -> AnyResponse:
        return _code(parts, half_way(parts))

    @routes.post("/sign-out")
    @for_roles(*ROLES)
    def out() -> AnyResponse:
        here = visit(parts)
        if here:
            sign_in.sign_out(parts, here)
        return leave(parts, make_response(redirect(url_for("console.sign_in.ask"), 303)))

    return routes


def half_way(parts: Parts) -> Visit:
    """The half session, where the guard has let nothing else in."""
    found = visit(parts)
    assert found is not None and found.half, "a page without a guard"  # noqa: S101, PT018 - test_house walks them all
    return found


def second_step(parts: Parts, token: str, who: Member, *, to: str = "") -> AnyResponse:
    """On from a right password, or the office's own account: to the code, or, the first time, to its enrolment."""
    where = "sign_in.ask_code" if who.enrolled_at else "enrolment.offer"
    on = url_for(f"console.{where}", to=to or _wanted() or None)
    return carry(parts, make_response(redirect(on, 303)), token)


def ways_in(parts: Parts) -> dict[str, bool]:
    """By what the page of the sign-in offers to come in."""
    return {"by_sso": parts.sso is not None, "by_password": parts.settings.staff_passwords}


def tries_of(parts: Parts, login: str) -> Tries:
    return Tries(parts, login, origin=address_key(parts))


def too_many(parts: Parts) -> Response:
    response = make_response(page(parts, "too_many.html"), 429)
    response.headers["Retry-After"] = "900"
    return response


def _drawn(parts: Parts, *, login: str = "", wrong: bool = False, status: int = 200) -> AnyResponse:
    drawn = page(parts, "sign_in.html", to=_wanted(), login=login, wrong=wrong, sso="", **ways_in(parts))
    return make_response(drawn, status)


def _password(parts: Parts) -> AnyResponse:
    login, typed = request.form.get("login", ""), request.form.get("password", "")
    tries = tries_of(parts, login)
    if not tries.take():
        return too_many(parts)
    let_in = sign_in.check_password(parts, tries, login, typed)
    if let_in is None:
        return _drawn(parts, login=login, wrong=True, status=403)
    return second_step(parts, *let_in)


def _ask_code(parts: Parts, here: Visit, *, wrong: bool = False) -> AnyResponse:
    if here.member.enrolled_at is None:
        return redirect(url_for("console.enrolment.offer", to=_wanted() or None), 303)
    drawn = page(parts, "code.html", to=_wanted(), wrong=wrong, shown_here=_shown_here(parts, here.member))
    return make_response(drawn, 403 if wrong else 200)


def _code(parts: Parts, here: Visit) -> AnyResponse:
    tries = tries_of(parts, here.member.login)
    if not tries.take():
        return too_many(parts)
    token = sign_in.check_code(parts, tries, here, request.form.get("code", ""))
    if token is None:
        return _ask_code(parts, here, wrong=True)
    return carry(parts, make_response(redirect(_on(), 303)), token)


def _shown_here(parts: Parts, who: Member) -> str:
    """While trying the counter nobody has an app at hand: the code of a member who is there for that."""
    return sign_in.code_now(parts, who) if parts.settings.clock == "demo" and who.created_by == TRIED_OUT_BY else ""


def _wanted() -> str:
    """Where somebody wanted to go before they had to sign in."""
    return request.values.get("to", "")


def _on() -> str:
    return back_to(_wanted())
