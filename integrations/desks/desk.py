"""What every outside desk does for us, and how it can go wrong.

A talk is one conversation there. It has the key that we give it, and so has each thing that we write into it: by its
key it is found again, so nothing stands there twice.

DeskError
    DeskRefused   this will never be taken: staff look
    DeskAway      surely not done (no connection, too many calls, a wrong token): the same again, later
    DeskUnknown   the wire broke after we spoke: look before it is written again
ForgedKnock       a webhook that the desk did not send
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


class DeskError(Exception):
    """reason is a word for the log, never personal; retry_after is in seconds, where the desk names it."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class DeskRefused(DeskError):
    pass


class DeskAway(DeskError):
    pass


class DeskUnknown(DeskError):
    pass


class ForgedKnock(Exception):
    """The request is not from the desk; answer 400 and keep nothing."""


@dataclass(frozen=True, slots=True)
class NewTalk:
    """A talk to be opened. person is the same for every talk of somebody; facts are shown beside it, by their names."""

    key: str
    person: str
    name: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A picture or another file; kind is its media type, read from its bytes."""

    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """Something to be written there: the person's own words, or a note that the team alone reads. Personal."""

    key: str
    side: Literal["person", "note"]
    text: str = field(repr=False)
    file: File | None = None


@dataclass(frozen=True, slots=True)
class TheirWords:
    """What a member of the team has written: to the person, or a note for one another; files: how many hang on it."""

    id: int
    kind: Literal["reply", "note"]
    by: str
    text: str = field(repr=False)
    files: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A talk as it stands there. holder is the name of who has it, "" when nobody; words are in their order."""

    done: bool
    holder: str
    words: Sequence[TheirWords]


class Desk(Protocol):
    """Any number of threads may use one at once."""

    name: str  # of our rows
    title: str  # as people call it

    def check(self) -> None:
        """Whether it takes us, and our inbox is one in which we may write. Raises DeskError."""
        ...

    def open(self, talk: NewTalk) -> str:
        """Its id there; the same key again gives the same talk. Raises DeskError."""
        ...

    def write(self, talk_id: str, post: Post) -> None:
        """Write it there, with its file; not safe to be repeated after DeskUnknown. Raises DeskError."""
        ...

    def has(self, talk_id: str, key: str) -> bool:
        """Whether what we wrote under that key stands there. Raises DeskError."""
        ...

    def erase(self, talk_id: str, key: str) -> None:
        """What we wrote under that key is shown to nobody any more; safe to be repeated. Raises DeskError."""
        ...

    def finish(self, talk_id: str) -> None:
        """It needs nobody there any more; safe to be repeated. Raises DeskError."""
        ...

    def look(self, talk_id: str, *, after: int) -> Seen:
        """How it stands, with the team's words that came after that message. Raises DeskError."""
        ...

    def knock(self, headers: Mapping[str, str], body: bytes, *, token: str, now: datetime) -> str:
        """Which talk a webhook is about, "" if none; headers by lower-case name. Raises ForgedKnock."""
        ...
