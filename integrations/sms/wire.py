"""How the SDK reaches Twilio, and what a broken wire means."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from requests import RequestException, Session
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]  # twilio ships no types
from twilio.http.response import Response  # type: ignore[import-untyped]  # twilio ships no types
from urllib3.exceptions import NewConnectionError

from integrations.channel import Misconfigured, OutcomeUnknown, SendError, SendLater
from integrations.sms.codes import meaning


class Wire:
    """An HTTP client for twilio's Client, for one thread, with a pool of connections.

    Stands in for TwilioHttpClient, which logs the To number, knows one time-out for connecting and reading, and guesses
    the encoding of JSON.
    """

    def __init__(self, *, connect_timeout: float, read_timeout: float) -> None:
        self._session = Session()
        self._timeout = (connect_timeout, read_timeout)
        self.headers: Mapping[str, str] = {}  # of the last answer; the SDK hands none to its callers

    def request(self, method: str, url: str, **parts: Any) -> Response:
        self.headers = {}
        answer = self._session.request(method, url, **{**parts, "timeout": self._timeout})
        self.headers = answer.headers
        return Response(answer.status_code, answer.content.decode("utf-8", "replace"), answer.headers)

    @property
    def retry_after(self) -> float | None:
        """The seconds that Twilio asks us to wait, if it named them."""
        named = self.headers.get("Retry-After", "")
        return float(named) if named.isdecimal() else None


def send_error(wrong: Exception, *, retry_after: float | None = None) -> SendError:
    """The error that an exception of the SDK or its transport is; its text, which names the number, is left behind."""
    if isinstance(wrong, TwilioException) and (status := getattr(wrong, "status", 0)):
        given = getattr(wrong, "code", None)
        code = str(given if isinstance(given, int) else status)
        return meaning(code, status)(code, retry_after)
    if isinstance(wrong, RequestException):
        return _transport_error(wrong)
    return OutcomeUnknown("unreadable-answer")


def _transport_error(wrong: RequestException) -> SendError:
    name = type(wrong).__name__
    # requests calls a refused connection and one reset after we spoke by the same name; urllib3 below tells them apart.
    reason = getattr(wrong.args[0], "reason", None) if wrong.args else None
    if isinstance(wrong, ConnectTimeout) or isinstance(reason, NewConnectionError):
        return SendLater(name)
    not_twilio = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in getattr(reason, "args", ()))
    if not_twilio or isinstance(wrong, ValueError):  # requests' word for a URL that is none
        return Misconfigured(name)
    return OutcomeUnknown(name)
