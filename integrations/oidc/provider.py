"""A provider of OpenID Connect, and we as its client: Authorization Code with PKCE, state and nonce.

Reference: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]  # Authlib ships no types
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # as above
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # as above
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from integrations.call import open_http
from integrations.oidc.documents import (
    Endpoints,
    OidcError,
    ProviderAway,
    ProviderRefused,
    Untrusted,
    endpoints_of,
    get_json,
    post_form,
)

__all__ = ["Begun", "Identity", "OidcConfig", "OidcError", "Provider", "ProviderAway", "ProviderRefused", "Untrusted"]

SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "PS256", "ES256"]  # never "none", never one whose key is our own secret
KNOWN_SECONDS, AWAY_SECONDS = 3600.0, 5.0  # while it hangs, each look costs whoever waits for the page some seconds
CLOCKS_APART_SECONDS = 60
DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """Who we are there; redirect_url is where people come back to. The issuer is without a slash at its end."""

    issuer: str
    client_id: str
    redirect_url: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where to send the browser, and what it has to bring back, or to have kept."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. email only where it says that it has checked it; methods: its amr and acr.

    object_id is Entra ID's own id of an account, which its pages show; what is its sub is shown nowhere.
    """

    issuer: str
    subject: str
    email: str
    object_id: str
    methods: frozenset[str]


class Provider:
    """The provider, safe to share among threads; what it publishes is kept for an hour."""

    def __init__(self, config: OidcConfig) -> None:
        self._config = config
        self._http = open_http(2.0)
        self._lock = threading.Lock()
        self._known: tuple[float, Endpoints] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._away: tuple[float, ProviderAway] | None = None

    def close(self) -> None:
        self._http.close()

    def begin(self) -> Begun:
        """Raises ProviderAway."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = prepare_grant_uri(
            self.endpoints().authorization,
            self._config.client_id,
            "code",
            redirect_uri=self._config.redirect_url,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(url, state, nonce, verifier)

    def identify(self, code: str, begun: Begun) -> Identity:
        """Whom the code stands for; raises OidcError."""
        answer = self._exchange(code, begun.verifier)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Untrusted("no_id_token")
        return _identity(self._checked(token, begun.nonce, access_token=answer.get("access_token")))

    def endpoints(self) -> Endpoints:
        """As its discovery document tells them; raises ProviderAway."""
        with self._lock:
            known, away = self._known, self._away
        if known is not None and time.monotonic() <= known[0]:
            return known[1]
        if away is not None and time.monotonic() <= away[0]:
            raise ProviderAway(away[1].reason)
        return self._discovered()

    def _discovered(self) -> Endpoints:
        issuer = self._config.issuer
        try:
            found = endpoints_of(get_json(self._http, f"{issuer}{DISCOVERY}"), issuer)
        except ProviderAway as error:
            with self._lock:
                self._away = (time.monotonic() + AWAY_SECONDS, error)
            raise
        with self._lock:
            self._known = (time.monotonic() + KNOWN_SECONDS, found)
        return found

    def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        config, endpoints = self._config, self.endpoints()
        proof: Mapping[str, str] = {"client_id": config.client_id, "client_secret": config.client_secret}
        form = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=config.redirect_url,
            code_verifier=verifier,
            **(proof if endpoints.by_post else {}),
        )
        return post_form(self._http, endpoints.token, form, {} if endpoints.by_post else _basic(config))

    def _checked(self, token: str, nonce: str, *, access_token: object) -> Mapping[str, Any]:
        """The claims of an ID token: signed by the provider, for us, now, and for this very sign-in."""
        endpoints = self.endpoints()
        try:
            decoded = self._decoded(token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": endpoints.issuer},
                    "aud": {"essential": True, "value": self._config.client_id},
                },
                params={"nonce": nonce, "client_id": self._config.client_id, "access_token": access_token},
            )
            claims.validate(leeway=CLOCKS_APART_SECONDS)
        except JoseError as error:
            raise Untrusted(_why(error)) from error
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Untrusted("unreadable") from error
        return dict(claims)

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            # Keys are changed there without a word to us; a token of a key that nobody knows costs one more look.
            return jwt.decode(token, self._key_set(anew=True), algorithms=ALGORITHMS)

    def _key_set(self, *, anew: bool = False) -> KeySet:
        with self._lock:
            keys = self._keys
        if anew or keys is None or keys[0] < time.monotonic():
            found: Any = get_json(self._http, self.endpoints().keys)
            try:
                keys = (time.monotonic() + KNOWN_SECONDS, KeySet.import_key_set(found))
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderAway("keys_unreadable") from error
            with self._lock:
                self._keys = keys
        return keys[1]


def _basic(config: OidcConfig) -> dict[str, str]:
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    pair = f"{quote(config.client_id, safe='')}:{quote(config.client_secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _identity(claims: Mapping[str, Any]) -> Identity:
    # as sent: {"iss": "https://sso.example.jp", "sub": "2482897", "email": "hanako@example.jp", "email_verified": true,
    #           "oid": "6a0f2c1e-…", "amr": ["pwd", "otp"], "acr": "urn:…", …}
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
        raise Untrusted("sub")
    email = claims.get("email") if claims.get("email_verified") is True else ""
    object_id, methods = claims.get("oid"), [*(claims.get("amr") or ()), claims.get("acr")]
    return Identity(
        issuer=str(claims["iss"]),
        subject=subject,
        email=email if isinstance(email, str) else "",
        object_id=object_id if isinstance(object_id, str) else "",
        methods=frozenset(each for each in methods if isinstance(each, str)),
    )


def _why(error: JoseError) -> str:
    """The check that failed: a claim's name, or the kind of the error."""
    return str(getattr(error, "claim", "") or error.error)
