"""Channel access tokens: one given, or stateless ones issued by channel id and secret (15 minutes, not revocable).

Reference: https://developers.line.biz/en/reference/messaging-api/#issue-stateless-channel-access-token
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from linebot.v3.oauth import ApiException, ChannelAccessToken  # type: ignore[import-untyped]  # the SDK ships no types
from urllib3.exceptions import HTTPError

from integrations.channel import Misconfigured, SendError, SendLater

log = structlog.get_logger()

RENEW_BEFORE = 60.0  # seconds before a token's end; longer than any send takes


class Tokens(Protocol):
    def current(self) -> str:
        """A token to send with now; raises SendError when none can be had."""
        ...

    def renew(self, rejected: str) -> str:
        """Another token than the one that LINE answered 401 to; raises SendError when none can be had."""
        ...


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A long-lived or v2.1 token from the settings, which only a person can renew."""

    token: str

    def current(self) -> str:
        return self.token

    def renew(self, rejected: str) -> str:
        raise Misconfigured("line_401")


class StatelessTokens:
    """Issues lazily and renews before the end, one request at a time whatever the number of threads."""

    def __init__(
        self,
        api: ChannelAccessToken,
        channel_id: str,
        *,
        secrets: tuple[str, ...],
        timeouts: tuple[float, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._channel_id = channel_id
        self._secrets = secrets
        self._timeouts = timeouts
        self._clock = clock
        self._lock = threading.Lock()
        self._token, self._ends = "", 0.0

    def current(self) -> str:
        token, left = self._token, self._ends - self._clock()
        if token and left > RENEW_BEFORE:
            return token
        # While the old token still lives, one thread renews it and the others go on with it.
        if not self._lock.acquire(blocking=not token or left <= 0):
            return token
        try:
            if self._ends - self._clock() <= RENEW_BEFORE:
                self._replace()
        except SendError as error:
            if self._ends <= self._clock():
                raise
            log.warning("line.token_not_renewed", code=error.code)
        finally:
            self._lock.release()
        return self._token

    def renew(self, rejected: str) -> str:
        with self._lock:
            if self._token == rejected:
                self._replace()
            return self._token

    def _replace(self) -> None:
        asked = self._clock()
        issued = self._issue()
        self._token, self._ends = issued["access_token"], asked + issued["expires_in"]

    def _issue(self) -> dict[str, Any]:
        refused = Misconfigured("line_token_no_secret")
        # A reissued secret replaces the old one at once; which of two is the live one, only LINE knows.
        for secret in self._secrets:
            try:
                return self._issue_by(secret)
            except Misconfigured as error:
                refused = error
        raise refused

    def _issue_by(self, secret: str) -> dict[str, Any]:
        try:
            response = self._api.issue_stateless_channel_token_with_http_info_by_client_secret(
                self._channel_id, secret, _request_timeout=self._timeouts, _preload_content=False
            )
            return _token(response.raw_data)
        except ApiException as error:
            raise _refusal(error) from None
        except UnicodeDecodeError:  # the SDK reads every error's body as UTF-8; a proxy's page may not be
            raise SendLater("line_token_unreadable") from None
        except HTTPError:
            raise SendLater("line_token_unreachable") from None


def _token(body: bytes) -> dict[str, Any]:
    # as sent: {"token_type": "Bearer", "access_token": "ey…", "expires_in": 900}
    try:
        issued = json.loads(body)
        return {"access_token": str(issued["access_token"]), "expires_in": float(issued["expires_in"])}
    except (ValueError, KeyError, TypeError):
        raise SendLater("line_token_unreadable") from None


def _refusal(error: ApiException) -> SendError:
    # as sent: {"error": "invalid_client", "error_description": "…"}
    status = error.status
    kind = Misconfigured if 400 <= status < 500 and status != 429 else SendLater
    return kind(f"line_token_{status}")
