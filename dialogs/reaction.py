"""What a conversation is between two events, and what one event makes of it: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dialogs.engine import Answered, Desk, Record, Script
from dialogs.message import Choice, Inbound
from dialogs.questions import Question
from dialogs.steps import Lookup, Outcome, Say
from dialogs.words import Words, words

PRIVATE_DOORS = ("web", "phone")  # our own pages; everything else is somebody's chat
BOT, QUEUE, CLOSED = "bot", "queue", "closed"
ASKED, TRIES = "asked", "tries"  # why somebody comes to staff from the counter's own question
TOLD = "told"  # the outcome of what was explained to its end: nothing is under way any more
CONFIRMED_ASIDES = ("stop", "restart", "person")


@dataclass(frozen=True)
class Pending:
    """The question that waits: its ask-id, when and where it was asked, how often it was not understood.

    aside is a question of the counter itself ("change", "stop", "restart", "person", "switch", "photo", "survey"),
    about what.
    """

    ask_id: str = ""
    key: str = ""
    asked_at: datetime | None = None
    channel: str = ""
    tries: int = 0
    aside: str = ""
    about: str = ""


@dataclass(frozen=True)
class Beside:
    """A small script that runs beside the main one; what waits meanwhile, how that had ended, where this one began."""

    name: str
    pending: Pending
    outcome: str
    channel: str = ""


@dataclass(frozen=True)
class State:
    """All that a conversation is. id is short and the same for ever; turn counts what was taken so far.

    Of who waits for staff: told_opening and told_place are what they were told last; let_go_at, when staff closed it.
    """

    id: str
    turn: int
    language: str
    record: Record
    pending: Pending = Pending()
    owner: str = BOT
    outcome: str = ""
    blocked: bool = False
    beside: Beside | None = None
    told_opening: str = ""
    told_place: int = 0
    let_go_at: datetime | None = None


@dataclass(frozen=True)
class Setting:
    """What a turn is played with: the script of the conversation's version, and what that script may know.

    sides: by name the small scripts that people may ask for in between; while one is played, main is the main script.
    """

    script: Script
    desk: Desk
    sides: Mapping[str, Script] = field(default_factory=dict)
    main: Script | None = None


@dataclass(frozen=True, kw_only=True)
class Menu(Question):
    """A question of the counter itself, beside the script; its entries are made for the moment.

    said_as: the name of its sentence where that is another than its key.
    """

    entries: tuple[Choice, ...]
    shown: bool = False
    said_as: str = ""

    @property
    def wording(self) -> str:
        return self.said_as or super().wording

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return self.entries


@dataclass(frozen=True)
class Reaction:
    """What follows from what was heard: the new state, what to say in order, and what then to ask.

    manner names how it was taken, for the funnel: greeted, answered, invalid, changed, repeated, late, a command.
    tell_place: how many wait before them may be told by the host. to_staff: why they come to a person, if not asked.
    link_only: the question is asked on our page alone; link_too: it is asked here, and the way to the page stands by.
    """

    state: State
    said: Inbound
    manner: str = ""
    answered: str = ""
    says: tuple[Say, ...] = ()
    asking: Question | None = None
    path: tuple[Answered, ...] = ()
    lookup: Lookup | None = None
    outcome: Outcome | None = None
    tell_status: bool = False
    tell_place: bool = False
    to_staff: str = ""
    heard: bool = False
    link_only: bool = False
    link_too: bool = False

    @property
    def spoken(self) -> Words:
        """The words of the person's language, as they are said where they act."""
        return words(self.state.language, self.said.address.channel)

    def then(self, *says: Say, **changes: Any) -> Reaction:
        return replace(self, says=(*self.says, *says), **changes)
