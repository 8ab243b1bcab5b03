"""Tables to take away: CSV as spreadsheets open it, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

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


def escaped(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUN_BY_SPREADSHEETS) else cell
