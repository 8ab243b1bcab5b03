"""The pool of connections and the one way to a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[TupleRow]
Pool = ConnectionPool[Connection]

STATEMENT_TIMEOUT_MS = 15_000
POOL_WAIT_SECONDS = 5.0

# Queues are empty when their statistics are taken, so the planner expects a handful of waiting rows and sorts them all:
# with 3,000 waiting a claim took 75 ms. Along an index it takes the first ones, however many wait behind them.
OTHER_WAYS = ("sort", "hashjoin", "mergejoin", "material", "bitmapscan", "seqscan")
BY_INDEX = "".join(f" -c enable_{way}=off" for way in OTHER_WAYS)


def open_pool(database_url: str, *, size: int, by_index: bool = False) -> Pool:
    """A pool of at most `size` connections that opens them as they are needed; close() ends it.

    by_index: for claiming from queues; whatever the statistics say, rows are found along indexes.
    """
    pool: Pool = ConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        timeout=POOL_WAIT_SECONDS,
        kwargs={
            "autocommit": True,
            "application_name": "madoguchi",
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC{BY_INDEX if by_index else ''}",
        },
        check=None,
        open=False,
    )
    pool.open(wait=False)
    return pool


@contextmanager
def transaction(pool: Pool) -> Iterator[Connection]:
    """One transaction: all of it is kept, or, on any exception, nothing. Raises psycopg.Error, PoolTimeout."""
    with pool.connection() as connection, connection.transaction():
        yield connection


@contextmanager
def autocommit(pool: Pool) -> Iterator[Connection]:
    """A connection on which every single statement is its own transaction."""
    with pool.connection() as connection:
        yield connection


def one_value(pool: Pool, query: LiteralString, values: Mapping[str, object]) -> Any:
    """What a query tells that always gives one row of one column."""
    with autocommit(pool) as connection:
        row = connection.execute(query, values).fetchone()
    assert row  # noqa: S101 - as its contract says
    return row[0]


def array(values: Iterable[object]) -> str:
    """Values as the text of an array, for a parameter with a cast; a list would cost ten times as much of our own."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    escaped = value.replace("\\", "\\\\").replace('"', '\\"') if isinstance(value, str) else value
    return f'"{escaped}"'
