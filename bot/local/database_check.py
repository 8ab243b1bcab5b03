"""The record and what is sealed in it, as `bot check` tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import LiteralString

import psycopg

from bot.local.rewards_check import Told
from bot.settings import Settings
from bot.store.migrate import head
from bot.store.vault import Unopenable, Vault

CLOCKS_APART_AT_MOST = 2.0  # seconds
OLDEST_POSTGRESQL = 16
ANSWER_SECONDS = 5

# Every sealed column with the place that its values are bound to; the newest and the oldest are tried.
SEALED: Mapping[str, LiteralString] = {
    "conversations.answers": "SELECT answers FROM conversations WHERE answers IS NOT NULL ORDER BY id",
    "inbound.payload": "SELECT payload FROM inbound WHERE payload IS NOT NULL ORDER BY id",
    "address": "SELECT address FROM outgoing ORDER BY id",
    "body": "SELECT body FROM outgoing WHERE body IS NOT NULL ORDER BY id",
    "submissions.claim": "SELECT claim FROM submissions WHERE claim IS NOT NULL ORDER BY id",
    "reward code": "SELECT code FROM entitlements WHERE code IS NOT NULL ORDER BY id",
    "entitlements.token": "SELECT token FROM entitlements ORDER BY id",
    "staff.password": "SELECT password FROM staff WHERE password IS NOT NULL ORDER BY id",
    "staff.totp": "SELECT totp FROM staff WHERE totp IS NOT NULL ORDER BY id",
    "received_files.preview": "SELECT preview FROM received_files WHERE preview IS NOT NULL ORDER BY id",
    "cases.details": "SELECT details FROM cases WHERE details IS NOT NULL ORDER BY id",
    "shop_records.details": "SELECT details FROM shop_records WHERE details IS NOT NULL ORDER BY id",
    "claims.body": "SELECT body FROM claims WHERE body IS NOT NULL ORDER BY id",
}
MOST_SHOWN = 10
# A code or a link of then is of no use to anybody any more.
HELD_BACK = """
SELECT o.purpose, coalesce(s.receipt_no, 'without an application'), count(*) OVER () FROM outgoing o
LEFT JOIN entitlements e ON starts_with(o.purpose, 'reward_url') AND e.id = split_part(o.once_key, ':', 2)::uuid
LEFT JOIN submissions s ON s.id = coalesce(
    e.submission, CASE WHEN o.purpose = 'decided' THEN split_part(o.once_key, ':', 2)::uuid END)
WHERE o.state = 'suppressed' AND o.purpose NOT IN ('code', 'resume') AND o.body IS NOT NULL
ORDER BY o.settled_at LIMIT %s
"""


def database_found(settings: Settings) -> Iterator[Told]:
    """The server, its tables, its clock, and whether our keys open what is sealed there; never raises."""
    assert settings.database_url  # noqa: S101 - settings at hand name one
    try:
        url = settings.database_url.get_secret_value()
        with psycopg.connect(url, autocommit=True, connect_timeout=ANSWER_SECONDS) as connection:
            yield _server(connection)
            migrated = _migrated(connection)
            yield migrated
            yield _clocks(connection)
            if not migrated[-1]:
                yield _keys(connection, settings)
                yield _held_back(connection)
    except psycopg.OperationalError as error:
        reason = type(error).__name__ if error.sqlstate is None else error.sqlstate
        yield "Database", f"does not answer ({reason})", "Start it, or correct DATABASE_URL."


def _server(connection: psycopg.Connection) -> Told:
    version = connection.info.server_version // 10_000
    old = f"Move to PostgreSQL {OLDEST_POSTGRESQL} or newer." if version < OLDEST_POSTGRESQL else ""
    return "Database", f"PostgreSQL {version} answers", old


def _migrated(connection: psycopg.Connection) -> Told:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    found, newest = row[0] if row else "nothing", head()
    mend = "" if found == newest else "Bring it up: python -m bot migrate"
    return "Tables", f"at version {found}" + (f", this is {newest}" if mend else ""), mend


def _clocks(connection: psycopg.Connection) -> Told:
    asked = datetime.now(UTC)
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row  # noqa: S101 - a SELECT without FROM has one row
    middle = asked + (datetime.now(UTC) - asked) / 2
    apart = abs((row[0] - middle).total_seconds())
    mend = "" if apart < CLOCKS_APART_AT_MOST else "Set both machines' clocks by NTP: leases and deadlines follow them."
    return "Clocks", f"this machine's and the database's are {apart:.2f} s apart", mend


def _keys(connection: psycopg.Connection, settings: Settings) -> Told:
    vault, tried = Vault(settings.keyring), 0
    try:
        for place, query in SEALED.items():
            for order in (" LIMIT 1", " DESC LIMIT 1"):
                for (sealed,) in connection.execute(query + order):
                    vault.open(sealed, place)
                    tried += 1
    except Unopenable as place:
        mend = "Put the key that sealed it back into SECRET_KEYS, behind the new one."
        return "Keys", f"do not open what is sealed in {place}", mend
    names = ", ".join(settings.keyring)
    return "Keys", f"{names}: open what is sealed" if tried else f"{names}: nothing is sealed yet", ""


def _held_back(connection: psycopg.Connection) -> Told:
    """What could be sent to nobody, because its person wants no SMS and named no mail address."""
    held = connection.execute(HELD_BACK, (MOST_SHOWN,)).fetchall()
    if not held:
        return "Stopped", "no message waits for another way to its person", ""
    lines = [f"{number} ({purpose})" for purpose, number, _ in held]
    mend = "\n".join(("Tell them by telephone; python -m bot claims show NUMBER names what is known:", *lines))
    return "Stopped", f"{held[0][-1]} messages can go to nobody: their people want no SMS", mend
