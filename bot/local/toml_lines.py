"""On which line of a TOML file a key stands: what tomllib reads and forgets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_STRING = r"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'"
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<comment>#[^\n]*)|(?P<opening>[\[{{])|(?P<closing>[\]}}])|(?P<newline>\n)|(?P<equals>=)|"
    r"(?P<rest>[^\"'#\[\]{}\n=]+)",
    re.DOTALL,
)
_KEY = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


@dataclass(frozen=True)
class _Statement:
    """A header or a key with its value; what stands before the equals sign, and whether there is one."""

    line: int
    head: str
    has_value: bool


def key_lines(text: str) -> Mapping[str, int]:
    """The line, from 1, of every key and header of a valid TOML document, by path: `dates.apply_end`, `brands[1].id`.

    Keys within an inline table have none of their own, see `line_of`.
    """
    lines: dict[str, int] = {}
    table, counts = "", dict[str, int]()
    for statement in _statements(text):
        parts = _parts(statement.head)
        if statement.has_value:
            lines[".".join(filter(None, (table, *parts)))] = statement.line
            continue
        within, path = _placed(parts[:-1], counts), parts[-1]
        table = f"{within}.{path}".lstrip(".")
        lines.setdefault(table, statement.line)
        if statement.head.startswith("[["):
            counts[table] = counts.get(table, -1) + 1
            table = f"{table}[{counts[table]}]"
            lines[table] = statement.line
    return lines


def _placed(parts: list[str], counts: Mapping[str, int]) -> str:
    """The path to a table within a list of tables: in its newest item."""
    path = ""
    for part in parts:
        path = f"{path}.{part}".lstrip(".")
        path += f"[{counts[path]}]" if path in counts else ""
    return path


def line_of(path: str, lines: Mapping[str, int]) -> int:
    """The line of a key, or of the nearest thing around it: of its table's header, else the first line."""
    while path and path not in lines:
        path = re.sub(r"(\.?[^.\[\]]+|\[\d+\])$", "", path)
    return lines.get(path, 1)


def _statements(text: str) -> Iterator[_Statement]:
    line, depth, start, head, has_value = 1, 0, 0, "", False
    for token in _TOKEN.finditer(text):
        kind, said = token.lastgroup, token[0]
        if kind == "newline" and depth == 0:
            if head.strip():
                yield _Statement(start, head.strip(), has_value)
            head, has_value = "", False
        elif kind == "equals" and depth == 0:
            has_value = True
        elif kind != "comment":
            depth += {"opening": 1, "closing": -1}.get(kind or "", 0)
            if not has_value and said.strip():
                start = start if head else line
                head += said
        line += said.count("\n")
    if head.strip():
        yield _Statement(start, head.strip(), has_value)


def _parts(head: str) -> list[str]:
    return [next(filter(None, found), "") for found in _KEY.findall(head.strip("[] "))]
