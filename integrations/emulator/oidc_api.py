"""A small provider of OpenID Connect: who works at the office chooses who they are, and real signed tokens follow."""

from __future__ import annotations

import secrets
from urllib.parse import unquote, urlencode

from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from integrations.emulator.incoming import json_answer
from integrations.emulator.oidc_tokens import OFFICE, Grant, Keys, id_token
from integrations.emulator.world import World

ROOT = "/oidc"
NOBODY = "nobody"  # who calls it off


def fault_answer(status: int) -> Response:
    """How it would answer with this status, whatever was asked."""
    return json_answer(status, {"error": "temporarily_unavailable" if status >= 500 else "invalid_request"})


def oidc_blueprint(world: World) -> Blueprint:
    """The endpoints; their names after "oidc." are what faults are set on."""
    routes, keys, grants = Blueprint("oidc", __name__, url_prefix=ROOT), Keys(), dict[str, Grant]()
    _add_published(routes, keys)

    @routes.get("/authorize")
    def authorize() -> AnyResponse:
        if wrong := _wrong_request(world):
            return Response(wrong, status=400, mimetype="text/plain")
        asked, login = request.args, request.args.get("as", "")
        if login == NOBODY:
            return _back(error="access_denied")
        if login not in OFFICE:
            return Response(render_template("oidc.html", ways={each: _as(each) for each in (*OFFICE, NOBODY)}))
        code = secrets.token_urlsafe(24)
        grants[code] = Grant(login, asked["redirect_uri"], asked["nonce"], asked["code_challenge"])
        return _back(code=code)

    @routes.post("/token")
    def token() -> Response:
        if not _knows_secret(world):
            return json_answer(401, {"error": "invalid_client"})
        form = request.form
        grant = grants.pop(form.get("code", ""), None)
        if grant is None or not grant.fits(form.get("code_verifier", ""), form.get("redirect_uri", "")):
            return json_answer(400, {"error": "invalid_grant"})
        client, spoilt = world.config.oidc_client_id, g.get("spoilt", "")
        signed = id_token(grant, keys, issuer=_issuer(), client_id=client, spoilt=spoilt)
        return json_answer(200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": signed})

    return routes


def _add_published(routes: Blueprint, keys: Keys) -> None:
    @routes.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        here = _issuer()
        named = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        document = {"issuer": here, **{name: f"{here}/{path}" for name, path in named.items()}}
        return json_answer(200, {**document, "token_endpoint_auth_methods_supported": ["client_secret_basic"]})

    @routes.get("/keys")
    def published() -> Response:
        return json_answer(200, {"keys": keys.published()})


def _issuer() -> str:
    return request.host_url.rstrip("/") + ROOT


def _wrong_request(world: World) -> str:
    """What is wrong with a request to the authorization endpoint, "" if nothing is."""
    asked, home = request.args, world.config.counter_url
    if asked.get("client_id") != world.config.oidc_client_id:
        return "unknown client_id"
    if not asked.get("redirect_uri", "").startswith(f"{home}/"):
        return f"redirect_uri must begin with {home}/"
    if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
        return "response_type must be code, and scope hold openid"
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "PKCE with S256 is required"
    return "" if asked.get("state") and asked.get("nonce") else "state and nonce are required"


def _as(login: str) -> str:
    """The same request once more, by somebody."""
    return "?" + urlencode({**request.args.to_dict(), "as": login})


def _back(**answer: str) -> AnyResponse:
    query = urlencode({**answer, "state": request.args["state"], "iss": _issuer()})
    return redirect(f"{request.args['redirect_uri']}?{query}", 302)


def _knows_secret(world: World) -> bool:
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    pair = (unquote(given.username or ""), unquote(given.password or ""))
    return pair == (world.config.oidc_client_id, world.config.oidc_client_secret)
