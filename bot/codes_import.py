"""Codes of rewards as CSV: every row checked, each code sealed, and either all of them put on stock or none.

The columns are code and amount, and, if the brand has them, pin, url and expires_on; or their Japanese ALIASES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from uuid_utils.compat import uuid7

from bot.coupon_cells import read_date, read_yen
from bot.list_files import Bad, Form, Problem, Progress, Reading, good_rows, stands_already
from bot.store import reward_codes
from bot.store.db import Pool, transaction
from bot.store.reward_codes import PLACE, NewCode
from bot.store.vault import Vault
from integrations.rewards.code import RewardCode

COLUMNS = ("code", "amount", "pin", "url", "expires_on")
ALIASES = {"コード": "code", "金額": "amount", "暗証番号": "pin", "有効期限": "expires_on"}
CODE = re.compile(r"[\x21-\x7e]{1,200}")
PIN = re.compile(r"[\x21-\x7e]{1,40}")
PAGE = re.compile(r"https://[\x21-\x7e]{1,1990}")


@dataclass(frozen=True, slots=True)
class Stocked:
    """Good rows and what was wrong; brought is how many codes came on stock, None where nothing was written."""

    rows: int
    problems: tuple[Problem, ...]
    brought: int | None = None


class _Faulty(Exception):
    """There are problems: nothing may be written."""


def _like(form: re.Pattern[str], expected: str, cell: str) -> str:
    if not form.fullmatch(cell):
        raise Bad(f"{expected} expected", "code")
    return cell


FORM = Form(
    COLUMNS,
    COLUMNS[:2],
    ALIASES,
    {
        "code": lambda cell: _like(CODE, "visible ASCII characters, at most 200,", cell),
        "amount": read_yen,
        "pin": lambda cell: _like(PIN, "visible ASCII characters, at most 40,", cell),
        "url": lambda cell: _like(PAGE, "an address that begins with https://", cell),
        "expires_on": read_date,
    },
    lambda row: [] if row[1] else [("amount", Bad("is 0", "zero"))],
)


def check_codes(path: Path, told: Progress) -> Stocked:
    """Read a list and write nothing. Raises OSError."""
    reading = Reading(progress=told)
    for _ in good_rows(path, FORM, reading):
        pass
    return Stocked(reading.rows, tuple(reading.problems))


def import_codes(pool: Pool, vault: Vault, path: Path, *, shelf: tuple[str, str], told: Progress) -> Stocked:
    """Put all codes of a list on stock for a (campaign, brand), or, with a single problem, none of them.

    A code that was ever on stock is refused, given out or not. Raises OSError, psycopg.Error.
    """
    reading, lines = Reading(progress=told), dict[bytes, int]()
    try:
        with transaction(pool) as connection:
            brought, known = reward_codes.bring_in(connection, _sealed(vault, path, shelf, reading, lines))
            for fingerprint in known:
                reading.note(lines[fingerprint], "code", Bad("is, or was, on stock already", "stocked"))
            if reading.problems:
                raise _Faulty
    except _Faulty:
        return Stocked(reading.rows, tuple(reading.problems))
    return Stocked(reading.rows, (), brought)


def _sealed(
    vault: Vault, path: Path, shelf: tuple[str, str], reading: Reading, lines: dict[bytes, int]
) -> Iterator[NewCode]:
    campaign, brand = shelf
    for line, (code, amount, pin, url, expires_on) in good_rows(path, FORM, reading):
        fingerprint = vault.fingerprint("reward code", brand, code)
        if fingerprint in lines:
            reading.note(line, "code", stands_already(lines[fingerprint]))
            continue
        lines[fingerprint] = line
        whole = RewardCode(code, pin or "", url or "", expires_on)
        sealed = vault.seal_json(whole.to_json(), PLACE)
        yield NewCode(uuid7(), campaign, brand, amount, sealed, fingerprint, expires_on)
