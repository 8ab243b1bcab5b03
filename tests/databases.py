"""Fresh databases for tests: copies of a migrated one, which are emptied and given out again.

To make and drop one for each test is a third of what the whole suite takes; to empty one takes some milliseconds. Only
one that surely is as it was made is given out again: any other is dropped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

GONE_SECONDS = 1.0  # so long a closed connection may take to be gone; who is there longer may still write
MANY = 2000  # rows; where so many were deleted, looking past what is left of them costs more than a new one

# What is no table of the house's own, or no longer as the migrations left it: what a test changed in the schema,
# and statistics, by which PostgreSQL would plan other ways than in a new database.
SHAPE = """
WITH house AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
relation AS (SELECT c.* FROM pg_class c JOIN house ON house.oid = c.relnamespace),
part AS (
    SELECT oid::text AS it FROM house
    UNION ALL SELECT concat_ws(' ', oid, relname, relkind, relrowsecurity, relchecks, reloptions) FROM relation
    UNION ALL SELECT concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull, atthasdef, attisdropped)
        FROM pg_attribute WHERE attrelid IN (SELECT oid FROM relation)
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, conname, convalidated) FROM pg_constraint
        WHERE connamespace IN (SELECT oid FROM house)
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgname, tgenabled) FROM pg_trigger
        WHERE tgrelid IN (SELECT oid FROM relation)
    UNION ALL SELECT concat_ws(' ', 'function', oid, proname, md5(prosrc)) FROM pg_proc
        WHERE pronamespace IN (SELECT oid FROM house)
    UNION ALL SELECT concat_ws(' ', 'index', indexrelid, indisvalid) FROM pg_index
        WHERE indrelid IN (SELECT oid FROM relation)
    UNION ALL SELECT concat_ws(' ', 'known', starelid, staattnum) FROM pg_statistic
        WHERE starelid IN (SELECT oid FROM relation)
    UNION ALL SELECT concat_ws(' ', 'setting', setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT count(*), sum(hashtextextended(it, 0)) FROM part
"""
TABLES = """
SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1
"""
COUNTERS = "SELECT format('%I.%I', schemaname, sequencename), start_value, last_value FROM pg_sequences ORDER BY 1"
AGAIN = "INSERT INTO {0} SELECT (line::{0}).* FROM unnest(%s::text[]) line"
SOMEBODY = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"


class NotAsMade(Exception):
    """This database is not given out again."""


class Databases:
    """Gives out databases like the migrated one; `url` is any database of the server, by a user who may make some."""

    def __init__(self, url: str, migrated: str) -> None:
        self._url, self._migrated = url, migrated
        self._free: list[str] = []
        self._deleted: Counter[str] = Counter()
        with psycopg.connect(at(url, migrated), autocommit=True) as connection:
            self._shape = connection.execute(SHAPE).fetchall()
            self._counters = connection.execute(COUNTERS).fetchall()
            self._tables = [table for (table,) in connection.execute(TABLES.encode()).fetchall()]
            self._rows = {table: rows for table in self._tables if (rows := _rows(connection, table))}

    @contextmanager
    def one(self) -> Iterator[str]:
        """The address of a migrated, empty database that nobody else has."""
        name = self._free.pop() if self._free else self._made()
        try:
            yield at(self._url, name)
        finally:
            self._take_back(name)

    def close(self) -> None:
        """Drop them."""
        while self._free:
            self._drop(self._free.pop())

    def _made(self) -> str:
        name = f"test_{uuid4().hex}"
        self._order(f"CREATE DATABASE {name} TEMPLATE {self._migrated} STRATEGY wal_log")
        return name

    def _drop(self, name: str) -> None:
        self._order(f"DROP DATABASE {name} WITH (FORCE)")

    def _order(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _take_back(self, name: str) -> None:
        try:
            self._wait_for_nobody(name)
            with psycopg.connect(at(self._url, name)) as connection:
                self._deleted[name] += self._make_new(connection)
            if self._deleted[name] > MANY:
                raise NotAsMade
        except (NotAsMade, psycopg.Error):
            self._drop(name)
        else:
            self._free.append(name)

    def _wait_for_nobody(self, name: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            until = time.monotonic() + GONE_SECONDS
            while connection.execute(SOMEBODY, [name]).fetchall() != [(0,)]:
                if time.monotonic() > until:
                    raise NotAsMade
                time.sleep(0.005)

    def _make_new(self, connection: psycopg.Connection) -> int:
        """Empty it, without triggers, for some let nothing go; gives how many rows went."""
        if connection.execute(SHAPE).fetchall() != self._shape:
            raise NotAsMade
        connection.execute("SET LOCAL session_replication_role = replica")
        deleted = 0
        for table in {*_with_rows(connection, self._tables), *self._rows}:
            rows = self._rows.get(table, [])
            if not rows or _rows(connection, table) != rows:
                deleted += connection.execute(f"DELETE FROM {table}".encode()).rowcount  # noqa: S608 - a table of ours
                connection.execute(AGAIN.format(table).encode(), [rows])
        self._count_anew(connection)
        return deleted

    def _count_anew(self, connection: psycopg.Connection) -> None:
        for was, now in zip(self._counters, connection.execute(COUNTERS).fetchall(), strict=True):
            if was != now:
                name, first, last = was
                connection.execute("SELECT setval(%s, %s, %s)", [name, last or first, last is not None])


def at(url: str, database: str) -> str:
    """The same server's other database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _with_rows(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    has = ", ".join(f"EXISTS (SELECT FROM {table})" for table in tables)
    [found] = connection.execute(f"SELECT {has}".encode()).fetchall()
    return [table for table, any_row in zip(tables, found, strict=True) if any_row]


def _rows(connection: psycopg.Connection, table: str) -> list[Any]:
    every = f"SELECT t::text FROM {table} t ORDER BY 1"  # noqa: S608 - as above
    return [line for (line,) in connection.execute(every.encode()).fetchall()]
