"""Sending: a committed attempt first, then the wire, then the outcome; no transaction is open meanwhile.

    planned ──> sending ──> sent ──> delivered | undelivered     (the last two by the provider's receipt)
       ^           │
       └── later ──┤──> refused      the provider will never take it
                   ├──> suppressed   its person wants nothing by that way, and has no other (see other_way)
                   └──> unknown ──>  looked up at the provider; sent again only when it surely was not taken

A LINE reply needs no look-up: its token works once, so the same reply again either arrives or tells that it had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from bot import live
from bot.other_way import held_back
from bot.parts import Parts
from bot.play import Play
from bot.store import outgoing, suppressions
from bot.store.db import autocommit
from bot.store.outgoing import Due, Settled
from bot.store.suppressions import Suppression
from dialogs.message import Address, Outbound
from integrations.channel import (
    Channel,
    Envelope,
    Misconfigured,
    OutcomeUnknown,
    Receipt,
    Refused,
    SendError,
    SendLater,
)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between tries, doubled each time
MOST_ATTEMPTS = 280  # some 23 hours: an outage of a provider loses nothing, and a retry key is not yet forgotten
MOST_MAILS = 3  # of one message whose outcome stays unknown
PUSH_LIFE = timedelta(hours=23)  # LINE forgets a retry key after a day: the same push later would arrive twice
FOR_EVER = 1e10  # seconds: never due again
CLOCKS_MAY_DIFFER = timedelta(seconds=60)
CODE_PATIENCE = 20.0  # seconds
OPTED_OUT = "21610"  # Twilio's word for a number that has sent STOP

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ToSend:
    """A committed attempt. retried: it may have arrived already; token_died: by a reply that is past asking.

    leased_at: by time.monotonic(), no later than the lease began.
    """

    id: UUID
    address: Address
    messages: tuple[Outbound, ...]
    reply_token: str
    attempt: int
    first_attempt_at: datetime
    retried: bool = False
    token_died: bool = False
    leased_at: float = 0
    purpose: str = "turn"


def of_turn(play: Play, *, leased_at: float) -> ToSend | None:
    """What a committed turn says, whose row is leased to us already, since that moment of time.monotonic()."""
    write = play.write
    if write is None or write.said_id is None or play.address is None:
        return None
    return ToSend(
        write.said_id, play.address, play.said, write.reply_token or "", 1, datetime.now(UTC), leased_at=leased_at
    )


def of_row(parts: Parts, due: Due) -> ToSend:
    channel, user = parts.vault.open_json(due.address, "address")
    body = parts.vault.open_json(due.body, "body")
    return ToSend(
        due.id,
        Address(channel, user),
        tuple(Outbound.from_json(plain) for plain in body),
        (due.reply_token or "") if due.token_lives else "",
        due.attempts,
        due.first_attempt_at,
        retried=due.was != "planned",
        token_died=bool(due.reply_token) and not due.token_lives,
        purpose=due.purpose,
    )


def send_row(parts: Parts, due: Due) -> Settled:
    """One claimed message; like send() it gives an outcome whatever happens, so that none holds up another."""
    try:
        if due.held:
            return held_back(parts, due)
        message = of_row(parts, due)
    except Exception:
        log.exception("delivery.unopenable", outgoing=str(due.id))
        return Settled(due.id, due.attempts, "refused", error="unopenable")
    return send(parts, message, was=due.was)


def tell_staff(parts: Parts, messages: Sequence[UUID]) -> None:
    """Something has become of these: who of the staff said one of them sees it without asking."""
    for conversation in outgoing.replied_in(parts.db, messages):
        live.tell(parts.redis, conversation)


def send(parts: Parts, message: ToSend, *, was: str = "planned") -> Settled:
    """Put one message on the wire, or find out what became of it; never raises SendError."""
    channel = parts.channels.get(message.address.channel)
    if channel is None:
        return Settled(message.id, message.attempt, "refused", error="no_such_channel")
    try:
        if was in ("sending", "unknown") and not _safe_to_repeat(message):
            return _looked_up(parts, channel, message)
        receipt = channel.send(_envelope(message))
        return Settled(message.id, message.attempt, "sent", provider_id=receipt.provider_id)
    except SendError as error:
        return _failed(parts, message, error)
    except Exception as error:
        # Nobody foresaw it, so nobody knows whether the message went out before.
        log.exception("delivery.broke", outgoing=str(message.id), channel=message.address.channel)
        return _unknown(parts, message, OutcomeUnknown(type(error).__name__))


def _safe_to_repeat(message: ToSend) -> bool:
    """LINE takes a reply token once and a retry key once, so there the same again can do no harm."""
    if message.address.channel != "line" or message.token_died:
        return False
    return bool(message.reply_token) or datetime.now(UTC) - message.first_attempt_at < PUSH_LIFE


def _envelope(message: ToSend) -> Envelope:
    return Envelope(message.id, message.attempt, message.address, message.messages, message.reply_token)


def _looked_up(parts: Parts, channel: Channel, message: ToSend) -> Settled:
    """Not before the provider's own list can be trusted to show it."""
    age = datetime.now(UTC) - message.first_attempt_at
    patience = timedelta(seconds=_patience(parts, message))
    if age < patience and message.address.channel != "line":
        return Settled(message.id, message.attempt, "unknown", wait=(patience - age).total_seconds())
    found: Receipt | None = channel.find_sent(_envelope(message), since=message.first_attempt_at - CLOCKS_MAY_DIFFER)
    if found:
        return Settled(message.id, message.attempt, "sent", provider_id=found.provider_id)
    log.info("delivery.surely_not_sent", outgoing=str(message.id))
    return Settled(message.id, message.attempt, "planned")


def _failed(parts: Parts, message: ToSend, error: SendError) -> Settled:  # noqa: PLR0911 - a table of what may go wrong
    log.warning(
        "delivery.failed",
        outgoing=str(message.id),
        channel=message.address.channel,
        outcome=type(error).__name__,
        code=error.code,
        attempt=message.attempt,
    )
    match error:
        case Refused() if message.reply_token and message.retried:
            # The token had been used, and nobody but our own earlier attempt can have used it.
            return Settled(message.id, message.attempt, "sent", error=error.code)
        case Refused() if message.reply_token:
            return Settled(message.id, message.attempt, "planned", error=error.code, by_push=True)
        case Refused() if error.code == OPTED_OUT:
            return _opted_out(parts, message)
        case Refused():
            return Settled(message.id, message.attempt, "refused", error=error.code)
        case OutcomeUnknown():
            return _unknown(parts, message, error)
        case Misconfigured():
            return _later(message, error, wait=LONGEST_PAUSE)
        case SendLater() if error.code.endswith("429") or message.attempt < MOST_ATTEMPTS:
            return _later(message, error, wait=_pause(message, error))
        case _:
            return Settled(message.id, message.attempt, "refused", error=f"gave_up:{error.code}")


def _opted_out(parts: Parts, message: ToSend) -> Settled:
    """The provider heard a STOP that we did not: on our list too; when it is claimed next it goes another way."""
    channel, user = message.address.channel, message.address.user
    person, source = parts.vault.fingerprint(channel, user), f"{message.id}:{message.attempt}"
    with autocommit(parts.db) as connection:
        suppressions.add(connection, Suppression(channel, person, "21610", parts.clock.now(), source))
    return Settled(message.id, message.attempt, "planned", error=OPTED_OUT, wait=FIRST_PAUSE)


def _later(message: ToSend, error: SendError, *, wait: float) -> Settled:
    """A reply that may have arrived stays unknown: as a planned one, its used token would be made up for by a push."""
    state = "unknown" if message.retried and message.reply_token else "planned"
    return Settled(message.id, message.attempt, state, error=error.code, wait=wait)


def _unknown(parts: Parts, message: ToSend, error: SendError) -> Settled:
    if message.reply_token:
        return Settled(message.id, message.attempt, "unknown", error=error.code, wait=FIRST_PAUSE)
    if message.address.channel == "line":
        # Whether the reply arrived can no longer be found out. The question it asked is shown again with the person's
        # next word; to push it now would say it twice to most of them.
        return Settled(message.id, message.attempt, "unknown", error=error.code, wait=FOR_EVER)
    if message.retried and message.address.channel == "mail":
        # A relay cannot be asked. The same Message-ID once more lets a receiving server drop the double.
        again = message.attempt < MOST_MAILS
        return Settled(
            message.id,
            message.attempt,
            "planned" if again else "unknown",
            error=error.code,
            wait=0 if again else FOR_EVER,
        )
    return Settled(message.id, message.attempt, "unknown", error=error.code, wait=_patience(parts, message))


def _patience(parts: Parts, message: ToSend) -> float:
    """Seconds until the provider is asked what became of it; a code is waited for, and dies within minutes."""
    longest = float(parts.settings.unknown_lookup_after)
    return min(longest, CODE_PATIENCE) if message.purpose == "code" else longest


def _pause(message: ToSend, error: SendError) -> float:
    return error.retry_after or min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(message.attempt - 1, 10))
