"""The first sign-in: a password is chosen, and the secret of the codes goes into an app.

GET  /console/set-up/<token>    the one-time link of a new member, or for a forgotten password
POST /console/set-up/<token>    uses it up
GET  /console/enrol             the secret as a QR code, and to type
POST /console/enrol             the session, and the recovery codes, shown once
"""

from __future__ import annotations

import pyotp
import segno
from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import sign_in
from bot.console.door import ANYBODY, HALF_WAY, for_roles
from bot.console.drawing import page
from bot.console.home import back_to
from bot.console.sign_in import half_way, second_step, too_many, tries_of
from bot.console.visiting import carry
from bot.letterbox import token_hash
from bot.parts import Parts
from bot.sign_in import SHORTEST_PASSWORD
from bot.store import staff
from bot.store.staff import Member
from bot.store.staff_sessions import Visit

ISSUER = "Madoguchi"


def enrolment_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("enrolment", __name__)

    @routes.get("/set-up/<token>")
    @for_roles(*ANYBODY)
    def ask(token: str) -> AnyResponse:
        return _ask(parts, token)

    @routes.post("/set-up/<token>")
    @for_roles(*ANYBODY)
    def choose(token: str) -> AnyResponse:
        return _choose(parts, token)

    @routes.get("/enrol")
    @for_roles(*HALF_WAY)
    def offer() -> AnyResponse:
        return _offer(parts, half_way(parts))

    @routes.post("/enrol")
    @for_roles(*HALF_WAY)
    def enrol() -> AnyResponse:
        return _enrol(parts, half_way(parts))

    return routes


def _ask(parts: Parts, token: str, *, fault: str = "") -> Response:
    who = _whose(parts, token)
    if who is None:
        no_passwords = not parts.settings.staff_passwords
        return make_response(page(parts, "set_up_used.html", no_passwords=no_passwords), 410)
    drawn = page(parts, "set_up.html", login=who.login, name=who.name, fault=fault, shortest=SHORTEST_PASSWORD)
    return make_response(drawn, 400 if fault else 200)


def _whose(parts: Parts, token: str) -> Member | None:
    """Whose link it is; nobody's where no password opens anything."""
    return staff.by_set_up(parts.db, token_hash(token)) if parts.settings.staff_passwords else None


def _choose(parts: Parts, token: str) -> AnyResponse:
    password, who = request.form.get("password", ""), _whose(parts, token)
    if who is None:
        return _ask(parts, token)
    fault = sign_in.password_fault(password, who.login)
    if not fault and password != request.form.get("again", ""):
        fault = "differs"
    if fault:
        return _ask(parts, token, fault=fault)
    half = sign_in.choose_password(parts, token, password)
    return second_step(parts, half, who) if half else _ask(parts, token)


def _offer(parts: Parts, here: Visit, *, wrong: bool = False) -> AnyResponse:
    secret = sign_in.offered_secret(parts, here.member)
    if secret is None:
        return redirect(url_for("console.sign_in.ask_code", to=request.values.get("to") or None), 303)
    address = pyotp.TOTP(secret).provisioning_uri(name=here.member.login, issuer_name=ISSUER)
    picture = segno.make(address, error="m").svg_inline(scale=5, border=4, svgclass="qr", omitsize=True)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    to = request.values.get("to", "")
    drawn = page(parts, "enrol.html", picture=picture, secret=groups, login=here.member.login, wrong=wrong, to=to)
    return make_response(drawn, 403 if wrong else 200)


def _enrol(parts: Parts, here: Visit) -> AnyResponse:
    tries = tries_of(parts, here.member.login)
    if not tries.take():
        return too_many(parts)
    proved = sign_in.enrol(parts, tries, here, request.form.get("code", ""))
    if proved is None:
        return _offer(parts, here, wrong=True)
    token, codes = proved
    # Drawn as the answer to the form: the codes are kept nowhere, so no other page could show them.
    drawn = page(parts, "recovery_codes.html", codes=codes, to=back_to(request.form.get("to", "")))
    return carry(parts, make_response(drawn), token)
