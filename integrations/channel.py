"""What every channel can do, and the one way in which a send can go wrong.

SendError
    Refused        the provider will never take this message for this person: use another way
    SendLater      surely not sent (no connection, 429, 5xx that the provider calls safe): the same again, later
    OutcomeUnknown the wire broke after we spoke: look it up before anything is sent again
    Misconfigured  our keys, sender or plan: nobody can be reached until a person mends it
NoContent          what somebody sent cannot be had
BadSignature       the request is not from the provider
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from dialogs.message import Address, Inbound, Outbound


class BadSignature(Exception):
    """The request was not signed by the provider; answer 400 and keep nothing."""


class SendError(Exception):
    """A send that did not succeed; code is the provider's own (or the transport's name), never personal."""

    permanent = False

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after  # seconds, when the provider named them


class Refused(SendError):
    permanent = True


class SendLater(SendError):
    pass


class OutcomeUnknown(SendError):
    pass


class Misconfigured(SendError):
    pass


def unpaced(units: int) -> None:
    """Whoever has no rate to keep sends at once."""


class NoContent(Exception):
    """The content of a message cannot be had; why is "gone", "too_big" or "later"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as the provider sent it, verified and cut out of its batch, not yet understood.

    payload is that event alone as JSON bytes; sender is the provider's id of the person ("" when there is none);
    at is the provider's time of the event, or the time of arrival where the provider gives none. Personal.
    """

    event_id: str
    sender: str
    at: datetime
    payload: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message: its own id for it, and the request id to name in a support case."""

    provider_id: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is to be sent at one go, to whom, and under which id.

    outgoing_id is the same for every try of this message (a retry key, a Message-ID); attempt counts from 1.
    messages are at most five. reply_token is given only while it may still live.
    """

    outgoing_id: UUID
    attempt: int
    address: Address
    messages: tuple[Outbound, ...]
    reply_token: str = ""


class Channel(Protocol):
    """A mouth and an ear; adapters only translate."""

    name: str

    def receive(self, headers: Mapping[str, str], body: bytes, *, url: str, now: datetime) -> Sequence[RawEvent]:
        """Verify the whole request (headers by lower-case name, raw body, the exact public URL), then cut it up.

        Raises BadSignature. What is not understood is still an event; a request that is not even JSON or a form
        gives an empty list.
        """
        ...

    def read(self, payload: bytes) -> Inbound:
        """One stored payload in our words; kind "unknown" for whatever we do not know. Never raises on content."""
        ...

    def send(self, envelope: Envelope) -> Receipt:
        """Put it on the wire, with a time-out; raises SendError."""
        ...

    def find_sent(self, envelope: Envelope, *, since: datetime) -> Receipt | None:
        """Look up at the provider whether an earlier try of this envelope was taken; None when it surely was not.

        Raises OutcomeUnknown where the provider cannot tell.
        """
        ...


@runtime_checkable
class GivesContent(Protocol):
    """A channel that keeps the pictures and files that people send, for a while."""

    def content(self, message_id: str, *, most_bytes: int = ..., seconds: float = ...) -> bytes:
        """The content of a message, of at most that size and in about that time (else what a photo needs).

        Raises NoContent.
        """
        ...


@runtime_checkable
class ShowsLoading(Protocol):
    """A channel that can show that an answer is coming."""

    def show_loading(self, user: str) -> None:
        """Show it until the next message; a failure changes nothing."""
        ...


@runtime_checkable
class KnowsLanguage(Protocol):
    """A channel that knows in which language somebody uses it."""

    def profile_language(self, user: str) -> str | None:
        """A BCP 47 tag ("ja", "zh-Hans"), within about a second; None when it is not known, or not now."""
        ...
