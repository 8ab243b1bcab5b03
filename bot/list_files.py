"""Lists as CSV, read row by row: every bad cell is named with its line, its column and the reason.

A file is UTF-8 (with or without BOM) or cp932, as Excel saves it; its first line has the headings of the form's columns
or their aliases, in any order. It is streamed: memory does not grow with it.
"""

from __future__ import annotations

import codecs
import csv
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

CHUNK = 1 << 20
KEPT_PROBLEMS = 1000
PROGRESS_EVERY = 1000  # rows
ENCODINGS = {"utf-8": "utf-8-sig", "cp932": "cp932"}

Listed = Path | bytes  # a file, or what stands in one
Progress = Callable[[int, int], None]
Reader = Callable[[str], Any]
Cells = tuple[Any, ...]


class Bad(ValueError):
    """Why a cell, a row or a file is bad, as a command says it.

    key and facts: the sentence of the console's `bad_rows.why` that says it to whoever reads another language.
    """

    def __init__(self, says: str, key: str, **facts: object) -> None:
        super().__init__(says)
        self.key, self.facts = key, facts


_Wrong = tuple[str, Bad]  # column and reason


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the line of the file (the heading is 1), the column ("" is the whole line), and a sentence.

    key and facts are those of Bad.
    """

    line: int
    column: str
    reason: str
    key: str = field(default="", compare=False)
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What a list holds: its columns in our order, which of them every row needs, and how each cell is read.

    readers get a plain cell that is not empty and raise Bad where it is. contradictions
    gives what cannot be true together in a row whose cells are each right. The first two columns name a row: once.
    """

    columns: Sequence[str]
    required: Sequence[str]
    aliases: Mapping[str, str]
    readers: Mapping[str, Reader]
    contradictions: Callable[[Cells], list[_Wrong]]

    def column_of(self, heading: str) -> str | None:
        """The column that a heading names, in English or Japanese; None for others."""
        name = plain(heading)
        return self.aliases.get(name) or (name.lower() if name.lower() in self.columns else None)


@dataclass(slots=True)
class Reading:
    """What was found so far. on_problem gets every problem, problems holds the first KEPT_PROBLEMS.

    progress gets (bytes read, all bytes).
    """

    on_problem: Callable[[Problem], None] = lambda _: None
    progress: Progress = lambda done, total: None
    rows: int = 0
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, column: str, why: Bad) -> None:
        problem = Problem(line, column, str(why), why.key, why.facts)
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)
        self.on_problem(problem)


def stands_already(line: int) -> Bad:
    """That a row is there a second time; line: where it stands first."""
    return Bad(f"stands in line {line} already", "already", line=line)


def plain(cell: str) -> str:
    """As it is compared: NFKC without spaces around it."""
    return unicodedata.normalize("NFKC", cell).strip()


def good_rows(listed: Listed, form: Form, reading: Reading) -> Iterator[tuple[int, Cells]]:
    """The rows that are right, each with its line; the others are noted in reading. Raises OSError."""
    with BytesIO(listed) if isinstance(listed, bytes) else listed.open("rb") as file:
        encoding = _encoding(file, reading)
        if encoding is None:
            return
        total = file.seek(0, 2)
        file.seek(0)
        text = TextIOWrapper(file, encoding=encoding, newline="")
        lines = csv.reader(text, strict=True)
        try:
            yield from _rows(lines, form, reading, lambda: reading.progress(min(file.tell(), total), total))
        except csv.Error as wrong:
            reading.bad_rows += 1
            reading.note(lines.line_num, "", Bad(f"is no CSV ({wrong}); what follows was not read", "no_csv"))
        reading.progress(total, total)


def _encoding(file: BinaryIO, reading: Reading) -> str | None:
    """Which of the two it is, found by decoding all of it in pieces; what is neither is noted."""
    broken_at = 0
    for tried, name in ENCODINGS.items():
        decoder = codecs.getincrementaldecoder(tried)()
        file.seek(0)
        line = 1
        try:
            while piece := file.read(CHUNK):
                decoder.decode(piece)
                line += piece.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as wrong:
            broken_at = line + wrong.object[: wrong.start].count(b"\n")
        else:
            return name
    says = "is neither UTF-8 nor cp932 (Shift_JIS); save the list as CSV in UTF-8"
    reading.note(broken_at, "", Bad(says, "encoding"))
    return None


def _rows(lines: Any, form: Form, reading: Reading, tell: Callable[[], None]) -> Iterator[tuple[int, Cells]]:
    columns = _columns(next(lines, []), form, reading)
    if columns is None:
        return
    with closing(_Seen()) as seen:
        before = lines.line_num
        for number, cells in enumerate(lines, 1):
            # A cell in quotes may hold line breaks: a row is named by the line it begins on.
            line, before = before + 1, lines.line_num
            if number % PROGRESS_EVERY == 0:
                tell()
            if not any(map(str.strip, cells)):
                continue
            row, problems = _row(columns, cells, form)
            if row and (first := seen.before((row[0], row[1]), line)):
                problems.append((form.columns[1], stands_already(first)))
            if row and not problems:
                reading.rows += 1
                yield line, row
                continue
            reading.bad_rows += 1
            for column, why in problems:
                reading.note(line, column, why)


def _columns(headings: Sequence[str], form: Form, reading: Reading) -> list[str] | None:
    columns = [form.column_of(heading) for heading in headings]
    named = (plain(heading)[:40] for heading, column in zip(headings, columns, strict=True) if column is None)
    wrong = [Bad(f"has a heading that is none of ours: {name!r}", "heading", heading=name) for name in named]
    twice = (column for column in form.columns if columns.count(column) > 1)
    wrong += [Bad(f"has the column {column} twice", "twice", column=column) for column in twice]
    lacking = (column for column in form.required if column not in columns)
    wrong += [Bad(f"lacks the column {column}", "lacking", column=column) for column in lacking]
    for why in wrong:
        reading.note(1, "", why)
    return None if wrong else [column for column in columns if column]


def _row(columns: Sequence[str], cells: Sequence[str], form: Form) -> tuple[Cells | None, list[_Wrong]]:
    if len(cells) != len(columns):
        expected, found = len(columns), len(cells)
        return None, [("", Bad(f"{expected} cells expected, {found} found", "cells", expected=expected, found=found))]
    row_cells = dict(zip(columns, map(plain, cells), strict=True))
    values: dict[str, Any] = {}
    wrong: list[_Wrong] = []
    for column in form.columns:
        cell = row_cells.get(column, "")
        if not cell and column in form.required:
            wrong.append((column, Bad("is empty", "empty")))
        try:
            values[column] = form.readers[column](cell) if cell else None
        except Bad as why:
            wrong.append((column, why))
    if wrong:
        return None, wrong
    row = tuple(map(values.get, form.columns))
    return row, form.contradictions(row)


class _Seen:
    """The rows of a file so far, in a temporary file of SQLite's, so that a million of them need no memory."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("CREATE TABLE seen (a, b, line, PRIMARY KEY (a, b)) WITHOUT ROWID")
        self._table.execute("BEGIN")

    def before(self, key: tuple[str, str], line: int) -> int | None:
        """The line where this one stood first, None if it is this one."""
        added = self._table.execute("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (*key, line))
        if added.rowcount:
            return None
        first: int = self._table.execute("SELECT line FROM seen WHERE a = ? AND b = ?", key).fetchone()[0]
        return first

    def close(self) -> None:
        self._table.close()
