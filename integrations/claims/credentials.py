"""How we prove to an outside claims backend who we are, where a shared key is not enough: OAuth 2.0 credentials."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import quote_plus

import httpx

from integrations.call import Answer, CallFailed, Request, send
from integrations.claims.document import Misshapen, Token, read_model

EARLY = 0.2  # a token is renewed when this share of its life is left, so that none runs out on its way


@dataclass(frozen=True, slots=True)
class _Held:
    headers: Mapping[str, str] = field(repr=False)
    renew_at: float


class ClientCredentials:
    """A token for id and secret (RFC 6749 §4.4), fetched when it is needed, shared by all threads."""

    def __init__(
        self,
        http: httpx.Client,
        token_url: str,
        *,
        client: tuple[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """client is (id, secret)."""
        self._http = http
        # RFC 6749 §2.3.1 wants both parts form-encoded before they are put together.
        basic = b64encode(":".join(map(quote_plus, client)).encode()).decode()
        self._request = Request(
            "POST",
            token_url,
            b"grant_type=client_credentials&scope=claims",
            {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        self._clock = clock
        self._lock = Lock()
        self._held: _Held | None = None

    def headers(self) -> Mapping[str, str]:
        with self._lock:
            if self._held is None or self._clock() >= self._held.renew_at:
                self._held = self._fetch()
            return self._held.headers

    def refused(self, headers: Mapping[str, str]) -> bool:
        with self._lock:
            # Another thread may have renewed it meanwhile; its new token must not be thrown away.
            if self._held and self._held.headers is headers:
                self._held = None
        return True

    def _fetch(self) -> _Held:
        asked_at = self._clock()
        try:
            token = _token(send(self._http, self._request, {}))
        except CallFailed as failed:
            # Without a token nothing was asked of the claims themselves.
            raise CallFailed(f"token_{failed.reason}", surely_not_done=True) from failed
        headers = {"Authorization": f"Bearer {token.access_token}"}
        return _Held(headers, asked_at + token.expires_in * (1 - EARLY))


def _token(answer: Answer) -> Token:
    if answer.status in (400, 401, 403):
        raise CallFailed("refused", surely_not_done=True)
    if answer.status != 200 or answer.media_type != "application/json":
        raise CallFailed("nonsense", surely_not_done=True)
    try:
        return read_model(Token, answer.body)
    except Misshapen:
        raise CallFailed("nonsense", surely_not_done=True) from None
