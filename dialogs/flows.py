"""What explore() found, and how it is put on paper: a picture and a table for each script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Edges = Mapping[tuple[str, str], Mapping[str, None]]

_ENDS = ("told", "to staff", "submitted", "moved on")
_SHAPES = {"look up": "{{%s}}", "start": "((%s))", **dict.fromkeys(_ENDS, "([%s])")}


@dataclass
class Flow:
    """One script as it was walked: its edges with the answers that lead along them, and its ends in each phase."""

    script: str
    version: int
    phases: tuple[str, ...]
    paths: int = 0
    turns: int = 0
    texts: int = 0
    edges: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)

    def take(self, other: Flow) -> None:
        """All that was found on another walk of the same script."""
        self.paths, self.turns, self.texts = (
            self.paths + other.paths,
            self.turns + other.turns,
            self.texts + other.texts,
        )
        for edge, answers in other.edges.items():
            self.edges.setdefault(edge, {}).update(answers)
        for outcome, found in other.outcomes.items():
            self.outcomes.setdefault(outcome, Counter()).update(found)
        self.problems.update(other.problems)


@dataclass(frozen=True)
class Report:
    """Every script's flow under one campaign; lacking: by language the sentences that are said in Japanese."""

    campaign: str
    unusual: int
    flows: tuple[Flow, ...]
    unreached: tuple[str, ...] = ()
    lacking: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """One sentence each; empty when all is told in every language, and none of the scripts' steps and ends lies
        off the paths."""
        found = [f"{flow.script}: {problem}" for flow in self.flows for problem in flow.problems]
        untold = [f"{language}: lacks {key}" for language, keys in self.lacking.items() for key in keys]
        return [*found, *(f"no path comes by {place}" for place in self.unreached), *untold]

    @property
    def summary(self) -> str:
        """How much was walked, in one line."""
        paths, turns = sum(flow.paths for flow in self.flows), sum(flow.turns for flow in self.flows)
        return f"{paths:,} paths, {turns:,} turns, {sum(flow.texts for flow in self.flows):,} messages looked at"


def write(report: Report, folder: Path) -> list[Path]:
    """One page a script into the folder; gives what was written."""
    written = []
    for name, page in pages(report).items():
        path = folder / name
        path.write_text(page, "utf-8")
        written.append(path)
    return written


def pages(report: Report) -> Mapping[str, str]:
    """The pages as Markdown by file name; the same report gives the same letters."""
    return {f"{flow.script}.md": _page(flow, report) for flow in report.flows}


def _page(flow: Flow, report: Report) -> str:
    return "\n".join(
        [
            f"# The flow of `{flow.script}`, version {flow.version}",
            "",
            f"Drawn by `bot explore` from the script itself, under the campaign `{report.campaign}`; do not edit.",
            f"Walked: {flow.paths:,} paths in {flow.turns:,} turns, with up to {report.unusual} answers on a path that"
            " are not the usual ones.",
            "",
            "Boxes are questions, hexagons are what the host looks up, rounded boxes are ends. Numbers of coupons and"
            " codes are left out.",
            "",
            "```mermaid",
            "flowchart TD",
            *_picture(flow),
            "```",
            "",
            "## How often each end was reached, by phase of the notice",
            "",
            f"| end | {' | '.join(flow.phases)} |",
            f"|---|{'---:|' * len(flow.phases)}",
            *(
                f"| {outcome} | {' | '.join(str(found[phase] or '') for phase in flow.phases)} |"
                for outcome, found in sorted(flow.outcomes.items())
            ),
            "",
        ]
    )


def _picture(flow: Flow) -> list[str]:
    names = list(dict.fromkeys(name for edge in flow.edges for name in edge))
    ids = {name: f"n{place}" for place, name in enumerate(names)}
    nodes = [f"    {ids[name]}{_shape(name) % _quoted(name)}" for name in names]
    edges = [f"    {ids[start]} -->{_label(by)} {ids[end]}" for (start, end), by in flow.edges.items()]
    return nodes + edges


def _shape(name: str) -> str:
    return _SHAPES.get(name.partition(":")[0], "[%s]")


def _label(answers: Mapping[str, None]) -> str:
    named = " / ".join(filter(None, answers))
    return f"|{_quoted(named)}|" if named else ""


def _quoted(text: str) -> str:
    return f'"{text}"'


def read_picture(page: str) -> Edges:
    """The edges of a page as it was written, between questions and ends; look-ups on the way are left out."""
    names = dict(re.findall(r"^    (n\d+)[^\s\"]+\"([^\"]+)\"\S+$", page, re.MULTILINE))
    edges = re.findall(r"^    (n\d+) -->(?:\|\"([^\"]*)\"\|)? (n\d+)$", page, re.MULTILINE)
    onward: dict[str, list[str]] = {}
    for start, _, end in edges:
        onward.setdefault(names[start], []).append(names[end])
    found: dict[tuple[str, str], dict[str, None]] = {}
    for start, answers, end in edges:
        for reached in _reached(names[end], onward) if not _is_look_up(names[start]) else ():
            found.setdefault((names[start], reached), {}).update(dict.fromkeys(filter(None, answers.split(" / "))))
    return found


def _is_look_up(name: str) -> bool:
    return name.startswith("look up:")


def _reached(name: str, onward: Mapping[str, list[str]], through: frozenset[str] = frozenset()) -> list[str]:
    """What is asked or told next, through however many look-ups."""
    if not _is_look_up(name):
        return [name]
    following = (end for end in onward.get(name, []) if end not in through)
    return [reached for end in following for reached in _reached(end, onward, through | {name})]
