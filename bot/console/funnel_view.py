"""What a funnel page shows: a script's questions in their order with their counts, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from bot.settings import PROJECT
from bot.store.funnel import Count
from dialogs.flows import Edges, read_picture
from dialogs.scripts import SIDES, newest

START = "start"
ENDS = ("told:", "to staff:", "submitted", "moved on:")
FLOWS = PROJECT / "docs" / "flows"


@dataclass
class Step:
    """A question: in how many conversations it was asked, answered, and stands open; how often invalid and changed."""

    question: str
    asked: int = 0
    answered: int = 0
    invalid: int = 0
    changed: int = 0
    left: int = 0


@dataclass(frozen=True)
class Way:
    """From a question on to another or to an end, by which answers, in how many conversations."""

    start: str
    end: str
    answers: tuple[str, ...]
    conversations: int


@dataclass(frozen=True)
class Funnel:
    """A script's questions from the first to the last, and every way from them that its picture or the record has."""

    steps: Sequence[Step] = field(default_factory=tuple)
    ways: Sequence[Way] = field(default_factory=tuple)

    @property
    def is_empty(self) -> bool:
        return not any(step.asked for step in self.steps)


def funnel_of(counts: Iterable[Count], picture: Edges) -> Funnel:
    """Counts laid over the picture; what was counted and is not in the picture (an older question) comes last."""
    steps = {name: Step(name) for name in in_order(picture)}
    went: dict[tuple[str, str], int] = {}
    for count in counts:
        if count.kind == "went":
            if count.next and count.next != count.question:
                went[count.question, count.next] = count.conversations
            continue
        step = steps.setdefault(count.question, Step(count.question))
        setattr(step, count.kind, count.times if count.kind in ("invalid", "changed") else count.conversations)
    drawn = {way: tuple(answers) for way, answers in picture.items() if way[0] != START}
    known = {*drawn, *(way for way in went if way[0] in steps and (way[1] in steps or is_end(way[1])))}
    order = {name: place for place, name in enumerate(steps)}
    ways = [Way(*way, drawn.get(way, ()), went.get(way, 0)) for way in known]
    ways.sort(key=lambda way: (order[way.start], order.get(way.end, len(order)), way.end))
    return Funnel(tuple(steps.values()), ways)


def is_end(name: str) -> bool:
    return name.startswith(ENDS)


def in_order(picture: Edges) -> list[str]:
    """The questions so that each comes after all that lead to it, but for ways back; a branch stays together."""
    onward: dict[str, list[str]] = {}
    for start, end in picture:
        onward.setdefault(start, []).append(end)
    done: dict[str, None] = {}
    _visit(START, onward, set(), done)
    return [name for name in reversed(done) if name != START]


def _visit(name: str, onward: Mapping[str, list[str]], seen: set[str], done: dict[str, None]) -> None:
    seen.add(name)
    # The usual answer's way comes first in a picture; visited last, it stands right below.
    for following in reversed(onward.get(name, [])):
        if following not in seen and not is_end(following):
            _visit(following, onward, seen, done)
    done[name] = None


@cache
def picture_of(script: str, version: int) -> Edges:
    """The picture that `bot explore` drew; none of an older version, whose ways are those that were gone."""
    path = FLOWS / f"{script}.md"
    current = 1 if script in SIDES else newest(script)
    return read_picture(path.read_text("utf-8")) if version == current and path.exists() else {}
