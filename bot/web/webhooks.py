"""Where the providers' events arrive: verified, written down, answered 200; everything else comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, request
from uuid_utils.compat import uuid7

from bot.deliveries.outcomes import receipt_word
from bot.deliveries.receipts import Receipts, attempt_of
from bot.delivery import OPTED_OUT, tell_staff
from bot.parts import Parts
from bot.store import desk_threads, inbound, outgoing, suppressions
from bot.store.db import Connection, transaction
from bot.store.deliveries import Word
from bot.store.inbound import Kept
from bot.store.outgoing import ReceiptRow
from bot.store.suppressions import Suppression
from integrations.channel import BadSignature, RawEvent
from integrations.desks.desk import ForgedKnock
from integrations.line.channel import LineChannel
from integrations.sms import vonage_webhook
from integrations.sms.channel import SmsChannel

LARGEST_BODY = 1 << 20  # LINE and Twilio stay far below it
NO_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

# Twilio's MessageStatus -> the state that it raises a message to. Each of the first says that Twilio has the message,
# which is news when the answer to our own request was lost.
STATUS_STATES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), "sent"),
    "delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "undelivered",
}

log = structlog.get_logger(__name__)


def webhooks(parts: Parts) -> Blueprint:
    """POST /webhooks/line, …/twilio/inbound, …/chatwoot, and both providers' …/status; 400 to a bad signature."""
    routes = Blueprint("webhooks", __name__)
    receipts = Receipts(parts)

    @routes.post("/webhooks/line")
    def line() -> Response:
        return _receive(parts, "line", Response(status=200), receipts)

    @routes.post("/webhooks/twilio/inbound")
    def twilio_inbound() -> Response:
        return _receive(parts, "sms", Response(NO_TWIML, mimetype="text/xml"), receipts)

    @routes.post("/webhooks/vonage/status")
    def vonage_status() -> Response:
        return _vonage_status(parts, receipts)

    @routes.post("/webhooks/twilio/status")
    def twilio_status() -> Response:
        return _status(parts, receipts)

    @routes.post("/webhooks/chatwoot")
    @routes.post("/webhooks/chatwoot/<token>")
    def chatwoot(token: str = "") -> Response:
        return _knock(parts, token)

    return routes


def _receive(parts: Parts, name: str, thanks: Response, receipts: Receipts) -> Response:
    channel = parts.channels.get(name)
    if channel is None:
        return Response(status=404)
    now = parts.clock.now()
    try:
        events = channel.receive(_headers(), request.get_data(cache=False), url=_public_url(parts), now=now)
    except BadSignature:
        log.warning("webhook.bad_signature", channel=name)
        return Response(status=400)
    if isinstance(channel, LineChannel):
        events = _without_receipts(channel, events, receipts)
    if events and inbound.keep(parts.db, _kept(parts, name, events), received_at=now):
        parts.bell.ring("inbound")
    return thanks


def _without_receipts(channel: LineChannel, events: Sequence[RawEvent], receipts: Receipts) -> list[RawEvent]:
    """What people did; that a notice of a mailing has arrived is kept as its receipt."""
    people: list[RawEvent] = []
    for event in events:
        if attempt := attempt_of(channel.delivered_tag(event.payload)):
            receipts.take(Word(*attempt, "delivered", "delivered", provider="line_notice", key=event.event_id))
        else:
            people.append(event)
    return people


def _kept(parts: Parts, name: str, events: Sequence[RawEvent]) -> list[Kept]:
    return [
        Kept(
            channel=name,
            event_id=event.event_id,
            person=parts.vault.fingerprint(name, event.sender or event.event_id),
            occurred_at=event.at,
            payload=parts.vault.seal(event.payload, "inbound.payload"),
        )
        for event in events
    ]


def _status(parts: Parts, receipts: Receipts) -> Response:
    """A receipt of an SMS; kept by itself, whatever its order, and before our own record of the send if need be."""
    channel = parts.channels.get("sms")
    if not isinstance(channel, SmsChannel):
        return Response(status=404)
    try:
        form = channel.verify(_headers(), request.get_data(cache=False), url=_public_url(parts))
    except BadSignature:
        log.warning("webhook.bad_signature", channel="sms")
        return Response(status=400)
    event = channel.read_status(form)
    if attempt := attempt_of(form.get("d", "")):
        told = Word(*attempt, "", provider="twilio", provider_id=event.provider_id)
        wait = float(parts.settings.unknown_lookup_after)
        receipts.take(receipt_word(told, event.status, event.error_code, poll_after=wait))
        return Response(status=204)
    if event.outgoing_id is not None:
        receipt = ReceiptRow(
            id=uuid7(),
            provider="twilio",
            event_key=f"{event.provider_id}:{event.status}",
            outgoing=event.outgoing_id,
            attempt=event.attempt,
            provider_id=event.provider_id,
            status=event.status,
            code=event.error_code or None,
            at=parts.clock.now(),
        )
        with transaction(parts.db) as connection:
            news = outgoing.receive(connection, receipt, state=STATUS_STATES.get(event.status))
            if news and event.error_code == OPTED_OUT:
                _opted_out(connection, receipt)
        if news:
            tell_staff(parts, [receipt.outgoing])
    return Response(status=204)


def _vonage_status(parts: Parts, receipts: Receipts) -> Response:
    """A receipt of an SMS of a mailing, which is all that goes by Vonage."""
    secret = parts.settings.vonage_signature_secret
    if secret is None:
        return Response(status=404)
    try:
        event = vonage_webhook.read_status(secret.get_secret_value(), _headers(), request.get_data(cache=False))
    except BadSignature:
        log.warning("webhook.bad_signature", channel="vonage")
        return Response(status=400)
    if (attempt := attempt_of(event.reference)) and event.status:
        told = Word(*attempt, "", provider="vonage", provider_id=event.provider_id)
        wait = float(parts.settings.unknown_lookup_after)
        receipts.take(receipt_word(told, event.status, event.error_code, poll_after=wait))
    return Response(status=204)


def _knock(parts: Parts, token: str) -> Response:
    """An outside desk has news: kept is only of which talk, for what it says is read from the desk itself."""
    if parts.desk is None:
        return Response(status=404)
    try:
        talk = parts.desk.knock(_headers(), request.get_data(cache=False), token=token, now=datetime.now(UTC))
    except ForgedKnock:
        log.warning("webhook.bad_signature", channel=parts.desk.name)
        return Response(status=400)
    if talk:
        desk_threads.knocked(parts.db, parts.desk.name, talk)
        parts.bell.ring("desk_threads")
    return Response(status=204)


def _opted_out(connection: Connection, receipt: ReceiptRow) -> None:
    held = outgoing.hold(connection, receipt.outgoing)
    if held:
        channel, person = held
        suppressions.add(connection, Suppression(channel, person, "21610", receipt.at, receipt.provider_id))


def _headers() -> Mapping[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _public_url(parts: Parts) -> str:
    """The address that the provider signed: the configured one with the raw target, whatever a proxy made of it."""
    target = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    return parts.public_url(target if target.startswith("/") else request.full_path.rstrip("?"))
