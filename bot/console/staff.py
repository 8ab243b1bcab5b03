"""Who works here: added, given another number of conversations, let in anew, sent away. For administrators.

GET  /console/staff
POST /console/staff              a new member; their link is shown once
POST /console/staff/<login>      do: capacity, sso, reset-password, reset-totp, end-sessions, deactivate, activate
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import staff
from bot.console.door import for_roles
from bot.console.drawing import LANGUAGES, page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.staff import SET_UP_HOURS, BadMember, StaffError, Wanted
from bot.store import staff as kept
from bot.store.staff import ROLES

NOT_TO_ONESELF = ("deactivate", "reset-totp")  # nobody locks themselves out by a slip


def staff_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("staff", __name__)

    @routes.get("/staff")
    @for_roles()
    def look() -> Response:
        return _drawn(parts)

    @routes.post("/staff")
    @for_roles()
    def add() -> AnyResponse:
        try:
            link = staff.add(parts, _wanted(), by=whoever().name)
        except StaffError as error:
            return _drawn(parts, fault=_fault(error), typed=request.form)
        return _drawn(parts, link=parts.public_url(link))

    @routes.post("/staff/<login>")
    @for_roles()
    def change(login: str) -> AnyResponse:
        do = request.form.get("do", "")
        if do not in ACTS or (do in NOT_TO_ONESELF and login == whoever().login):
            abort(400)
        try:
            link = ACTS[do](parts, login, whoever().name)
        except StaffError as error:
            return _drawn(parts, fault=_fault(error))
        return _drawn(parts, link=parts.public_url(link)) if link else redirect(url_for("console.staff.look"), 303)

    return routes


def _wanted() -> Wanted:
    form = request.form
    prefectures = form.get("prefectures", "").replace("、", " ").replace(",", " ").split()
    language = form.get("language", "") if form.get("language", "") in LANGUAGES else "ja"
    return Wanted(form.get("name", ""), form.get("login", ""), form.get("role", ""), prefectures, language)


def _drawn(parts: Parts, *, link: str = "", fault: str = "", typed: Mapping[str, str] | None = None) -> Response:
    """A link is drawn with the answer itself and is on no other page: it opens an account."""
    drawn = page(
        parts,
        "staff.html",
        members=kept.seen(parts.db),
        roles=ROLES,
        link=link,
        hours=SET_UP_HOURS,
        fault=fault,
        typed=typed or {},
        most=staff.MOST_AT_ONCE,
        by_sso=parts.sso is not None,
    )
    return make_response(drawn, 409 if fault else 200)


def _fault(error: StaffError) -> str:
    return type(error).__name__.lower()


def _capacity(parts: Parts, login: str, by: str) -> str:
    typed = request.form.get("capacity", "")
    if not typed.isascii() or not typed.isdigit():
        raise BadMember("a number")
    staff.set_capacity(parts, login, int(typed), by=by)
    return ""


def _sso(parts: Parts, login: str, by: str) -> str:
    staff.name_for_sso(parts, login, request.form.get("sso", ""), by=by)
    return ""


def _quietly(act: Callable[..., object], **how: bool) -> Callable[[Parts, str, str], str]:
    def done(parts: Parts, login: str, by: str) -> str:
        act(parts, login, **how, by=by)
        return ""

    return done


# What each button does; those that make a link give its path.
ACTS: Mapping[str, Callable[[Parts, str, str], str]] = {
    "capacity": _capacity,
    "sso": _sso,
    "reset-password": lambda parts, login, by: staff.reset_password(parts, login, by=by),
    "reset-totp": _quietly(staff.reset_totp),
    "end-sessions": _quietly(staff.end_sessions),
    "deactivate": _quietly(staff.set_active, active=False),
    "activate": _quietly(staff.set_active, active=True),
}
