"""One-time links to our own page: only a hash of the token is kept, and only a POST uses it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

AGAIN_SECONDS = 120

INSERT = """
INSERT INTO links (token_hash, conversation, created_at, expires_at)
VALUES (%(token_hash)s, %(conversation)s, %(at)s, %(until)s)
"""
# The same browser may come again for a while: of two taps the second one's answer is seen, and the answer to the first
# may have been lost with its process.
_GOOD = """
WHERE token_hash = %(token_hash)s AND expires_at > %(at)s
  AND (used_at IS NULL OR used_by = %(by)s AND used_at > %(at)s - %(again)s * interval '1 second')
"""
PEEK = f"SELECT conversation FROM links {_GOOD}"  # noqa: S608 - this module's own words
USE = f"UPDATE links SET used_at = coalesce(used_at, %(at)s), used_by = %(by)s {_GOOD} RETURNING conversation"  # noqa: S608 - as above
CALL_IN = "DELETE FROM links WHERE conversation = %(conversation)s AND used_at IS NULL"


def insert(connection: Connection, token_hash: bytes, conversation: UUID, *, at: datetime, until: datetime) -> None:
    connection.execute(INSERT, {"token_hash": token_hash, "conversation": conversation, "at": at, "until": until})


def call_in(connection: Connection, conversation: UUID) -> None:
    """What was not used of a conversation's links works no more: the newest is the only one."""
    connection.execute(CALL_IN, {"conversation": conversation})


def peek(pool: Pool, token_hash: bytes, at: datetime, *, by: bytes) -> UUID | None:
    """Whose link it is, if it is still good; changes nothing, so that previews and scanners may come."""
    return _conversation(pool, PEEK, {"token_hash": token_hash, "at": at, "by": by, "again": AGAIN_SECONDS})


def use(pool: Pool, token_hash: bytes, at: datetime, *, by: bytes) -> UUID | None:
    """Use the link up; of two browsers (hashes) at once exactly one gets the conversation."""
    return _conversation(pool, USE, {"token_hash": token_hash, "at": at, "by": by, "again": AGAIN_SECONDS})


def _conversation(pool: Pool, sql: LiteralString, values: Mapping[str, object]) -> UUID | None:
    with autocommit(pool) as connection:
        row = connection.execute(sql, values).fetchone()
    return row[0] if row else None
