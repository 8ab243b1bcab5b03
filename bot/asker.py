"""For whom the host finds something out, and what comes of it: an answer, and what is to be written with the turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.parts import Parts
from bot.store import meter
from bot.store.alarm_figures import Looked
from bot.store.app_urls import Retargeted
from bot.store.cases import MendedCase, NewCase
from bot.store.contact_changes import ChangeCalledOff, NewChange
from bot.store.known_claims import Known, Whose, who_speaks
from bot.store.outgoing import NewOutgoing
from bot.store.refunds import Corrected
from bot.store.reminders import CallOff, NewReminder
from bot.store.submissions import Withdrawal
from dialogs.rules.campaign import Campaign


@dataclass(frozen=True)
class Asker:
    """For whom something is looked up: the person's fingerprint, their campaign and language, when they acted.

    origin is where somebody came from whom no channel knows: on the web anybody may be a new person at any time.
    conversation is where they talk with us, if they do, and channel its door; before is what the same lookup gave there
    when it was asked otherwise; shown are the applications that this very turn has proven to be theirs.
    """

    person: bytes
    campaign: Campaign
    language: str
    at: datetime
    origin: str = ""
    conversation: UUID | None = None
    channel: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    shown: tuple[UUID, ...] = ()

    @property
    def whose(self) -> Whose:
        """By what their applications are found."""
        return who_speaks(self.person, self.channel, self.at, shown=self.shown)

    @property
    def counted(self) -> tuple[tuple[meter.Meter, str], ...]:
        """By what their wrong guesses are counted."""
        return (
            (meter.MISSES, self.person.hex()),
            *(((meter.MISSES_FROM, self.origin),) if self.origin else ()),
        )


Planned = (
    NewOutgoing
    | Withdrawal
    | NewChange
    | ChangeCalledOff
    | NewCase
    | MendedCase
    | NewReminder
    | CallOff
    | Known
    | Retargeted
    | Corrected
    | Looked
)


@dataclass(frozen=True)
class Found:
    """The result, to be recorded; and what is to be written with the turn, if it is committed."""

    result: dict[str, Any]
    sends: tuple[Planned, ...] = ()


def may_guess(parts: Parts, asker: Asker) -> bool:
    """Whether they have not guessed wrong too often."""
    return all(meter.left(parts.redis, each, who) for each, who in asker.counted)


def count_miss(parts: Parts, asker: Asker) -> None:
    """They have guessed wrong."""
    for each, who in asker.counted:
        meter.take(parts.redis, each, who)
