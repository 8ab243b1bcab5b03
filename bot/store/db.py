"""The pool of connections and the one way to a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[TupleRow]
Pool = ConnectionPool[Connection]

STATEMENT_TIMEOUT_MS = 15_000
POOL_WAIT_SECONDS = 5.0


def open_pool(database_url: str, *, size: int) -> Pool:
    """A pool of at most `size` connections that opens them as they are needed; close() ends it."""
    pool: Pool = ConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        timeout=POOL_WAIT_SECONDS,
        kwargs={
            "autocommit": True,
            "application_name": "madoguchi",
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
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
