"""Signing in by the office's own account: there, and back.

GET /console/sso         to the provider, with what ties its answer to this browser
GET /console/sso/back    its answer: a session, half or whole, or a sentence that says why not
"""

from __future__ import annotations

import hmac
import time

import structlog
from flask import Blueprint, abort, make_response, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from bot.console.door import ANYBODY, for_roles
from bot.console.drawing import page
from bot.console.home import back_to
from bot.console.sign_in import second_step, too_many, tries_of, ways_in
from bot.console.visiting import carry
from bot.parts import Parts
from bot.sso import let_in, subject_of
from bot.store import meter
from bot.web.guard import address_key
from integrations.oidc import Begun, Identity, OidcError, Provider
from integrations.oidc.provider import ProviderAway, ProviderRefused

KEPT = "sso"
LONGEST_SECONDS = 600  # at the provider's own pages

log = structlog.get_logger(__name__)


def sso_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("sso", __name__)

    @routes.get("/sso")
    @for_roles(*ANYBODY)
    def there() -> AnyResponse:
        provider = _provider(parts)
        if not _may_ask(parts):
            return too_many(parts)
        try:
            begun = provider.begin()
        except OidcError as error:
            return _told(parts, error)
        session[KEPT] = [begun.state, begun.nonce, begun.verifier, int(time.time()), request.args.get("to", "")]
        session.permanent = True
        return redirect(begun.url, 302)

    @routes.get("/sso/back")
    @for_roles(*ANYBODY)
    def back() -> AnyResponse:
        return _back(parts, _provider(parts))

    return routes


def _provider(parts: Parts) -> Provider:
    if parts.sso is None:
        abort(404)
    return parts.sso


def _may_ask(parts: Parts) -> bool:
    """Whether the provider is asked once more for that address: while it hangs, each look costs a thread of ours."""
    return meter.take(parts.redis, meter.SSO_FROM, address_key(parts))


def _back(parts: Parts, provider: Provider) -> AnyResponse:
    begun, to = _begun()
    if begun is None:
        return _failed(parts, "state", 400)
    if request.args.get("error") or not request.args.get("code"):
        return _failed(parts, "refused", 403)
    if not _may_ask(parts):
        return too_many(parts)
    try:
        identity = provider.identify(request.args["code"], begun)
    except OidcError as error:
        return _told(parts, error)
    for _ in ("there", "back"):
        # A whole office comes from one address, at nine o'clock.
        meter.give_back(parts.redis, meter.SSO_FROM, address_key(parts))
    return _let_in(parts, identity, to)


def _let_in(parts: Parts, identity: Identity, to: str) -> AnyResponse:
    tries = tries_of(parts, f"sso {subject_of(parts, identity).hex()}")
    if not tries.take():
        return too_many(parts)
    found = let_in(parts, tries, identity)
    if found is None:
        return _failed(parts, "unknown", 403)
    if found.half:
        return second_step(parts, found.token, found.who, to=to)
    return carry(parts, make_response(redirect(back_to(to), 303)), found.token)


def _begun() -> tuple[Begun | None, str]:
    """What this browser was sent away with, and where it wanted to go; used up by this look."""
    state, nonce, verifier, at, to = session.pop(KEPT, None) or ("", "", "", 0, "")
    same = hmac.compare_digest(state.encode(), request.args.get("state", "").encode())
    if not state or not same or time.time() - at > LONGEST_SECONDS:
        return None, ""
    return Begun("", state, nonce, verifier), to


def _told(parts: Parts, error: OidcError) -> AnyResponse:
    log.warning("sso.failed", error=type(error).__name__, reason=error.reason)
    match error:
        case ProviderAway():
            return _failed(parts, "away", 503)
        case ProviderRefused():
            return _failed(parts, "refused", 403)
    return _failed(parts, "untrusted", 403)


def _failed(parts: Parts, why: str, status: int) -> AnyResponse:
    return make_response(page(parts, "sign_in.html", to="", sso=why, **ways_in(parts)), status)
