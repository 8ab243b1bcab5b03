"""What a provider publishes of itself, and how it is asked: its endpoints, its keys, its answers.

OidcError
├── ProviderAway        no answer, or none that can be read; it may be there again later
├── ProviderRefused     it says no: to this code, or to us
└── Untrusted           what it handed over does not prove who somebody is
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from integrations.call import Answer, CallFailed, Request, send

SECONDS = 4.0


class OidcError(Exception):
    """Nobody is signed in; reason is a word for the log, and holds nothing of anybody."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderAway(OidcError): ...


class ProviderRefused(OidcError): ...


class Untrusted(OidcError): ...


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked what; by_post: it takes our secret in the body alone."""

    issuer: str
    authorization: str
    token: str
    keys: str
    by_post: bool


def endpoints_of(document: Mapping[str, Any], issuer: str) -> Endpoints:
    """What its discovery document says; raises ProviderAway where it is no such document, or one of another issuer."""
    # as sent: {"issuer": "https://sso.example.jp", "authorization_endpoint": "https://…", "token_endpoint": "https://…",
    #           "jwks_uri": "https://…", "token_endpoint_auth_methods_supported": ["client_secret_post"], …}
    own = document.get("issuer")
    if not isinstance(own, str) or own.rstrip("/") != issuer.rstrip("/"):
        raise ProviderAway("discovery_of_another_issuer")
    ways = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Endpoints(
        issuer=own,
        authorization=_endpoint(document, "authorization_endpoint", issuer),
        token=_endpoint(document, "token_endpoint", issuer),
        keys=_endpoint(document, "jwks_uri", issuer),
        by_post="client_secret_basic" not in ways,
    )


def get_json(http: httpx.Client, url: str) -> dict[str, Any]:
    """A document of the provider's; raises ProviderAway."""
    answer = _answer(http, Request("GET", url, seconds=SECONDS))
    if answer.status != httpx.codes.OK:
        raise ProviderAway(f"status_{answer.status}")
    return _object(answer)


def post_form(http: httpx.Client, url: str, form: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """What comes back for a form; raises ProviderAway, ProviderRefused."""
    headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    answer = _answer(http, Request("POST", url, body=form.encode(), headers=headers, seconds=SECONDS))
    if answer.status in (400, 401, 403):
        error = _object(answer).get("error")
        raise ProviderRefused(error if isinstance(error, str) and error.isidentifier() else f"status_{answer.status}")
    if answer.status != httpx.codes.OK:
        raise ProviderAway(f"status_{answer.status}")
    return _object(answer)


def _answer(http: httpx.Client, request: Request) -> Answer:
    try:
        return send(http, request, {})
    except CallFailed as failed:
        raise ProviderAway(failed.reason) from failed


def _object(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise ProviderAway("nonsense") from None
    if not isinstance(body, dict):
        raise ProviderAway("nonsense")
    return body


def _endpoint(document: Mapping[str, Any], name: str, issuer: str) -> str:
    """A provider on this machine may speak http; none that is reached by https leads back to it."""
    url = document.get(name)
    if not isinstance(url, str) or urlsplit(url).scheme not in ("https", urlsplit(issuer).scheme):
        raise ProviderAway("discovery_incomplete")
    return url
