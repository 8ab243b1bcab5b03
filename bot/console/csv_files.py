"""Tables to take away: CSV as spreadsheets open it, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from flask import Response, stream_with_context

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel reads wide signs too
BOM = "\ufeff"  # without it Excel reads Japanese as something else


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Response:
    """The answer to a download; text that would count as a formula is preceded by an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    response = Response(BOM + written.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def csv_stream(name: str, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Response:
    """The same, written while it is read: for what is too long to be held at once."""
    response = Response(stream_with_context(_lines(header, rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    yield BOM
    for row in chain([header], rows):
        line = io.StringIO()
        csv.writer(line).writerow([escaped(cell) for cell in row])
        yield line.getvalue()


def escaped(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUN_BY_SPREADSHEETS) else cell
