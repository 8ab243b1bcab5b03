"""SMS by Twilio's Messages resource (https://www.twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from requests import RequestException
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]  # twilio ships no types
from twilio.rest import Client  # type: ignore[import-untyped]  # twilio ships no types

from dialogs.message import Inbound
from integrations.channel import Envelope, OutcomeUnknown, RawEvent, Receipt, unpaced
from integrations.sms import webhook
from integrations.sms.drawing import draw
from integrations.sms.segments import segments
from integrations.sms.wire import Wire, send_error

# Twilio asks once more only when it could not connect; with this (which it reads and does not sign) five times, after
# any failure, so that a restart of ours loses no receipt.
CONNECTION_OVERRIDES = "#rc=5&rp=all"

LOOKED_THROUGH = 1000  # messages to one number; a page of Twilio's holds as many
CLOCK_SKEW = timedelta(seconds=5)

# An answer that is no JSON, or none of the shape the SDK expects, surfaces as one of the last three.
WHAT_THE_SDK_RAISES = (TwilioException, RequestException, ValueError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class SmsConfig:
    """sender is a number, a name, or a Messaging Service (MG…); api_base "" is the real Twilio; times are seconds.

    status_callback_url is the public address of our receipts. A message still queued after validity_period is dropped:
    nothing is to ring at night that was sent by day. wait_turn gets the segments of each message before it goes out; it
    returns when its moment has come, or raises SendLater.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    api_base: str
    status_callback_url: str
    connect_timeout: float = 2
    read_timeout: float = 10
    validity_period: int = 3600
    wait_turn: Callable[[int], None] = unpaced


class SmsChannel:
    """The SMS adapter; safe for threads, each of which has a client of its own."""

    name = webhook.CHANNEL

    def __init__(self, config: SmsConfig) -> None:
        self._config = config
        self._mine = threading.local()
        # At DEBUG it writes the query of each request, which names the person's number.
        logging.getLogger("urllib3").setLevel(logging.INFO)

    def receive(self, headers: Mapping[str, str], body: bytes, *, url: str, now: datetime) -> Sequence[RawEvent]:
        return webhook.raw_events(self.verify(headers, body, url=url), body, now=now)

    def read(self, payload: bytes) -> Inbound:
        return webhook.read(payload)

    def verify(self, headers: Mapping[str, str], body: bytes, *, url: str) -> Mapping[str, str]:
        """The fields of a signed request's body and query, ready for read_status; raises BadSignature.

        url is PUBLIC_BASE_URL and the raw request target: what a framework rebuilds may differ in port or order.
        """
        return webhook.verified_form(self._config.auth_token, headers, body, url=url)

    def read_status(self, form: Mapping[str, str]) -> webhook.StatusEvent:
        """The receipt that a verified request to the status callback is."""
        return webhook.read_status(form)

    def send(self, envelope: Envelope) -> Receipt:
        client, wire = self._client()
        body = draw(envelope.messages)
        self._config.wait_turn(segments(body))
        try:
            message = client.messages.create(
                to=envelope.address.user,
                body=body,
                status_callback=self._status_callback(envelope),
                validity_period=self._config.validity_period,
                **self._sender(),
            )
        except WHAT_THE_SDK_RAISES as wrong:
            # Without its cause: the texts of both libraries name the number.
            raise send_error(wrong, retry_after=wire.retry_after) from None
        if not message.sid:
            raise OutcomeUnknown("no-sid")
        return Receipt(message.sid, wire.headers.get("Twilio-Request-Id", ""))

    def find_sent(self, envelope: Envelope, *, since: datetime) -> Receipt | None:
        """Found by number, body and time of making; since is by the real clock, which Twilio's dates follow.

        Twilio can filter by the date of sending alone, which is empty while a message is queued: so we do not filter.
        """
        client, wire = self._client()
        try:
            sent = client.messages.list(to=envelope.address.user, limit=LOOKED_THROUGH, page_size=LOOKED_THROUGH)
        except WHAT_THE_SDK_RAISES as wrong:
            raise OutcomeUnknown(send_error(wrong).code) from None
        body = draw(envelope.messages).strip()
        earliest = (since - CLOCK_SKEW).replace(microsecond=0)  # Twilio's times have whole seconds
        recent = [message for message in sent if message.date_created and message.date_created >= earliest]
        for message in recent:
            if (message.body or "").strip() == body:
                return Receipt(message.sid, wire.headers.get("Twilio-Request-Id", ""))
        if len(recent) == LOOKED_THROUGH:
            raise OutcomeUnknown("too-many-to-look-through")
        return None

    def balance(self) -> tuple[float, str] | None:
        """What is left to pay with, and in which currency, which proves that Twilio takes our keys; raises SendError.

        None where the account is another one's, which alone is told (https://www.twilio.com/docs/usage/api/balance).
        """
        client, _ = self._client()
        try:
            told = client.api.v2010.account.balance.fetch()
            return (float(told.balance), str(told.currency)) if told.balance is not None else None
        except WHAT_THE_SDK_RAISES as wrong:
            raise send_error(wrong) from None

    def _client(self) -> tuple[Any, Wire]:
        """This thread's client: twilio's is declared unsafe for threads, and keeps its last response on itself."""
        if not hasattr(self._mine, "client"):
            wire = Wire(connect_timeout=self._config.connect_timeout, read_timeout=self._config.read_timeout)
            client = Client(self._config.account_sid, self._config.auth_token, http_client=wire)
            if self._config.api_base:
                client.api.base_url = self._config.api_base
            self._mine.client, self._mine.wire = client, wire
        return self._mine.client, self._mine.wire

    def _sender(self) -> dict[str, str]:
        is_service = self._config.sender.startswith("MG")
        return {"messaging_service_sid" if is_service else "from_": self._config.sender}

    def _status_callback(self, envelope: Envelope) -> str:
        ours = urlencode({"o": str(envelope.outgoing_id), "n": envelope.attempt})
        return f"{self._config.status_callback_url}?{ours}{CONNECTION_OVERRIDES}"
