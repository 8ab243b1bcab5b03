"""Ready sentences that staff have written, or written anew; those that come with the counter have no row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from bot.store.db import Connection, Pool, autocommit

EVERY = "SELECT key, title, texts, channels, prefectures, hidden, version FROM canned_replies ORDER BY key"
INSERT = """
INSERT INTO canned_replies (key, title, texts, channels, prefectures, hidden)
VALUES (%(key)s, %(title)s, %(texts)s, %(channels)s, %(prefectures)s, %(hidden)s)
ON CONFLICT (key) DO NOTHING
"""
UPDATE = """
UPDATE canned_replies SET title = %(title)s, texts = %(texts)s, channels = %(channels)s,
    prefectures = %(prefectures)s, hidden = %(hidden)s, version = version + 1
WHERE key = %(key)s AND version = %(version)s
"""
REMOVE = "DELETE FROM canned_replies WHERE key = %(key)s AND version = %(version)s"


@dataclass(frozen=True, slots=True)
class Row:
    """texts: by language. No channels, no prefectures: all of them. version 0: it has no row yet."""

    key: str
    title: str
    texts: Mapping[str, str]
    channels: Sequence[str] = ()
    prefectures: Sequence[str] = ()
    hidden: bool = False
    version: int = 0


def every(pool: Pool) -> list[Row]:
    with autocommit(pool) as connection:
        return [Row(*row) for row in connection.execute(EVERY).fetchall()]


def write(connection: Connection, row: Row) -> bool:
    """False when somebody has changed, added or removed it meanwhile."""
    values = {name: getattr(row, name) for name in row.__slots__}
    lists = {"channels": list(row.channels), "prefectures": list(row.prefectures)}
    statement = UPDATE if row.version else INSERT
    return connection.execute(statement, {**values, **lists, "texts": Jsonb(dict(row.texts))}).rowcount == 1


def remove(connection: Connection, key: str, version: int) -> bool:
    """False when somebody has changed or removed it meanwhile."""
    return connection.execute(REMOVE, {"key": key, "version": version}).rowcount == 1
