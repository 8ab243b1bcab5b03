"""Our words onto LINE's wire: a reply while its token lives, else a push with a retry key.

What a status means (Messaging API reference, "Status codes", "Retrying a failed API request"):

              push                                    reply
2xx           sent                                    sent
400           Refused                                 Refused (a dead reply token as well: take a push)
401           token renewed once, then Misconfigured  the same
403           Misconfigured                           Misconfigured
409           sent before, under the same key         Refused
429           SendLater; the monthly limit: Misconfigured
other 4xx     Refused                                 Refused
5xx           SendLater: the retry key makes          OutcomeUnknown: a reply token works once,
no answer     the same again harmless for 24 hours    and nothing tells whether it was used
no connection SendLater                               SendLater
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
from linebot.v3.messaging import (  # type: ignore[import-untyped]  # the SDK ships no types
    ApiException,
    ApiResponse,
    Message,
    MessagingApi,
    PushMessageRequest,
    ReplyMessageRequest,
)
from linebot.v3.messaging.exceptions import UnauthorizedException  # type: ignore[import-untyped]  # as above
from pydantic.v1 import BaseModel, ValidationError  # the SDK's models are of pydantic 1
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError

from integrations.channel import Envelope, Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.line import limits
from integrations.line.drawing import draw_all
from integrations.line.tokens import Tokens

log = structlog.get_logger()

REFUSALS: Mapping[int, type[SendError]] = {401: Misconfigured, 403: Misconfigured, 429: SendLater}
UNANSWERED: Mapping[type[HTTPError], str] = {
    ReadTimeoutError: "line_read_timeout",
    ProtocolError: "line_connection_lost",
}
MONTHLY_LIMIT = "monthly limit"  # 429 {"message": "You have reached your monthly limit."}


class _Push(PushMessageRequest):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's request, turned into a dict in one pass.

    Its own to_dict visits a component once for each level above it: 280 µs for a bubble of three buttons.
    """

    def to_dict(self) -> dict[str, Any]:
        shown: dict[str, Any] = plain(self)
        return shown


class _Reply(ReplyMessageRequest):  # type: ignore[misc]  # the SDK ships no types
    """The same for a reply."""

    def to_dict(self) -> dict[str, Any]:
        shown: dict[str, Any] = plain(self)
        return shown


# The SDK's calls without the wrapper that validates the request, and everything in it, a second time: 150 µs.
_REPLY = MessagingApi.reply_message_with_http_info.raw_function
_PUSH = MessagingApi.push_message_with_http_info.raw_function


def plain(value: Any) -> Any:
    """As .dict(by_alias=True, exclude_none=True) gives it, without its other options: 20 µs for a bubble, not 60."""
    if isinstance(value, BaseModel):
        fields = value.__fields__
        return {fields[name].alias: plain(held) for name, held in value.__dict__.items() if held is not None}
    if isinstance(value, list):
        return [plain(held) for held in value]
    if isinstance(value, dict):
        return {name: plain(held) for name, held in value.items()}
    return value


class Sender:
    """Sends over one client that all threads share; timeouts are (connect, read) in seconds."""

    def __init__(self, api: MessagingApi, tokens: Tokens, *, timeouts: tuple[float, float]) -> None:
        self._api = api
        self._tokens = tokens
        self._timeouts = timeouts

    def send(self, envelope: Envelope) -> Receipt:
        """Put the envelope on the wire; its reply token decides whether it is a reply. Raises SendError."""
        messages = _drawn(envelope)
        replies = bool(envelope.reply_token)
        token = self._tokens.current()
        try:
            try:
                response = self._call(envelope, messages, token)
            except UnauthorizedException:
                response = self._call(envelope, messages, self._tokens.renew(token))
        except ApiException as error:
            return _settled(error, envelope)
        except UnicodeDecodeError as error:  # the SDK reads every error's body as UTF-8; a proxy's page may not be
            if isinstance(error.__context__, ApiException):
                raise _refusal(error.__context__, "", replies=replies) from None
            raise
        except HTTPError as error:
            raise _unanswered(error, replies=replies) from None
        return receipt(response.raw_data, response.headers.get("x-line-request-id", ""))

    def _call(self, envelope: Envelope, messages: list[Message], token: str) -> ApiResponse:
        options = {
            "_request_timeout": self._timeouts,
            "_request_auth": bearer(token),
            # The body is read here, by key: the SDK's model raises on any new shape after the message was accepted.
            "_preload_content": False,
        }
        if envelope.reply_token:
            reply = _Reply(reply_token=envelope.reply_token, messages=messages)
            return _REPLY(self._api, reply, **options)
        push = _Push(to=envelope.address.user, messages=messages)
        return _PUSH(self._api, push, str(envelope.outgoing_id), **options)


def bearer(token: str) -> dict[str, str]:
    """The token for one call; the configuration is shared by all threads and stays untouched."""
    return {"type": "bearer", "in": "header", "key": "Authorization", "value": f"Bearer {token}"}


def _drawn(envelope: Envelope) -> list[Message]:
    try:
        messages = draw_all(envelope.messages)
    except ValidationError:  # its text holds the value: nothing of it may go on
        raise Refused("line_not_drawable") from None
    if not 1 <= len(messages) <= limits.MESSAGES:
        raise Refused("line_message_count")
    return messages


def _settled(error: ApiException, envelope: Envelope) -> Receipt:
    body = error.body or ""
    if error.status == 409 and not envelope.reply_token:
        return receipt(body, _header(error, "x-line-accepted-request-id"))
    raise _refusal(error, body, replies=bool(envelope.reply_token)) from None


def _refusal(error: ApiException, body: str, *, replies: bool) -> SendError:
    status = error.status
    refusal: type[SendError] = REFUSALS.get(status, Refused)
    code, after = f"line_{status}", _header(error, "retry-after")
    if status >= 500 or not status:  # 0: the SDK's word for a TLS connection that broke
        refusal = OutcomeUnknown if replies else SendLater
    elif status < 400:  # a redirect is none of LINE's answers: the base address is not LINE
        refusal = Misconfigured
    elif status == 429 and MONTHLY_LIMIT in body.lower():
        refusal, code = Misconfigured, "line_monthly_limit"
    log.warning(
        "line.not_sent",
        code=code,
        request_id=_header(error, "x-line-request-id"),
        properties=_properties(body),
        by="reply" if replies else "push",
    )
    return refusal(code, retry_after=float(after) if after.isdecimal() else None)


def _unanswered(error: HTTPError, *, replies: bool) -> SendError:
    if isinstance(error, NewConnectionError | ConnectTimeoutError):
        return SendLater("line_unreachable")
    code = UNANSWERED.get(type(error), "line_no_answer")
    return OutcomeUnknown(code) if replies else SendLater(code)


def _header(error: ApiException, name: str) -> str:
    return str(error.headers.get(name, "")) if error.headers else ""


def receipt(body: str | bytes, request_id: str) -> Receipt:
    # as sent: {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b…"}]}
    try:
        provider_id = str(json.loads(body)["sentMessages"][0]["id"])
    except (ValueError, LookupError, TypeError):
        provider_id = ""  # sent all the same
    return Receipt(provider_id, request_id)


def _properties(body: str) -> list[str]:
    # as sent: {"message": "…", "details": [{"message": "May not be empty", "property": "messages[0].text"}]}
    try:
        return [str(detail["property"]) for detail in json.loads(body)["details"]]
    except (ValueError, LookupError, TypeError):
        return []
