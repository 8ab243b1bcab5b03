"""A recorded conversation as a plain text file: who did what when by which door, and what the counter said to it.

    # A coupon by LINE, as people type
    coupons: TG11111111 1000
    cases: 4

    2023-03-25 10:00:00 line> こんにちは
      line| こちらは…
      line| [紙の地域クーポン]

The lines with a time, and the head, are written by hand; all else is what was played (REFRESH_RECORDED=1 writes it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from dialogs.rules.campaign import JST

ACT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\w+)(?: \(([^)]*)\))?> ?(.*)")
FIELD = re.compile(r"([a-z]+): (.*)")
FIELDS = ("campaign", "also", "coupons", "app", "profile", "cases", "door")


class SpoiltTape(Exception):
    """A file that cannot be played; the text says in which line, and why."""


@dataclass(frozen=True)
class Act:
    """One thing that happens: at, by which door, how (twice, quickly, arrives …), and what."""

    at: datetime
    door: str
    how: str
    what: str

    @property
    def line(self) -> str:
        how = f" ({self.how})" if self.how else ""
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.door}{how}> {self.what}".rstrip()


@dataclass(frozen=True)
class Tape:
    """What is written by hand of a recording."""

    title: str
    head: Mapping[str, str]
    acts: tuple[Act, ...]

    def listed(self, name: str) -> list[str]:
        """A field of the head that holds several things."""
        return [each.strip() for each in self.head.get(name, "").split(",") if each.strip()]


@dataclass
class Played:
    """What came of it: the counter's words after each act, and how it all stands at the end."""

    tape: Tape
    heard: list[list[str]] = field(default_factory=list)
    end: list[str] = field(default_factory=list)
    covers: dict[str, None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole file."""
        head = [f"# {self.tape.title}", *(f"{name}: {value}" for name, value in self.tape.head.items())]
        turns = [
            "\n".join(["", act.line, *(f"  {line}".rstrip() for line in said)])
            for act, said in zip(self.tape.acts, self.heard, strict=True)
        ]
        return "\n".join([*head, *turns, "", "== at the end", *self.end, "", "== it shows", *self.covers, ""])


def read_tape(path: Path) -> Tape:
    """The recording in that file; raises SpoiltTape."""
    lines = path.read_text("utf-8").partition("\n== ")[0].splitlines()
    if not lines or not lines[0].startswith("# "):
        raise SpoiltTape(f"{path.name}: the first line is a title: # …")
    head: dict[str, str] = {}
    acts: list[Act] = []
    for number, line in enumerate(lines[1:], start=2):
        if found := ACT.fullmatch(line):
            acts.append(_act(found))
        elif (named := FIELD.fullmatch(line)) and not acts and named[1] in FIELDS:
            head[named[1]] = named[2]
        elif line and not line.startswith("  "):
            raise SpoiltTape(f"{path.name}, line {number}: neither a field nor an act: {line}")
    _in_order(path, acts)
    return Tape(lines[0][2:], head, tuple(acts))


def covers_of(path: Path) -> list[str]:
    """What a recording shows, as its file says."""
    return path.read_text("utf-8").partition("\n== it shows\n")[2].splitlines()


def _act(found: re.Match[str]) -> Act:
    at = datetime.fromisoformat(found[1]).replace(tzinfo=JST)
    return Act(at, found[2], found[3] or "", found[4])


def _in_order(path: Path, acts: Iterable[Act]) -> None:
    """Times grow: an event at the time of an earlier one would count as older than what it answers."""
    times = [act.at for act in acts]
    if not times or any(later <= earlier for earlier, later in pairwise(times)):
        raise SpoiltTape(f"{path.name}: acts need times, each later than the one before")
