"""Sending by the thousand: one asyncio client for each provider. What can go wrong is that of `channel.SendError`.

Another provider is another class with these five methods; bot.deliveries.ways says which of them are configured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dialogs.message import Outbound
from integrations.channel import Receipt


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person.

    reference names the attempt and comes back with whatever the provider tells of it; it says nothing of the person.
    lasts: the seconds after which it is not to be delivered any more (SMS). unsubscribe: the address of a page that
    takes a POST (mail, RFC 8058). sender_name: who writes (mail); "" is whom the client was made with. said: the same
    in our own words, where the provider draws them (LINE).
    """

    reference: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    lasts: int = 3600
    unsubscribe: str = field(default="", repr=False)
    sender_name: str = ""
    said: Outbound | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a message stands at its provider, in the provider's own words; code is "" when all is well."""

    status: str
    code: str


class BulkSender(Protocol):
    """A provider; every method belongs to the loop that called the first one."""

    name: str

    def units(self, letter: Letter) -> int:
        """What a letter counts against the rate: segments of SMS, else 1."""
        ...

    async def send(self, letter: Letter) -> Receipt:
        """Put it on the wire, with a time-out; raises SendError."""
        ...

    async def find_sent(self, letter: Letter, *, since: datetime) -> Receipt | None:
        """Whether an attempt of this letter after `since` was taken; None when it surely was not.

        Raises OutcomeUnknown where the provider cannot tell, now or ever.
        """
        ...

    async def standing(self, provider_id: str) -> Standing | None:
        """What became of a message that it took; None where there is no such question. Raises SendError."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...
