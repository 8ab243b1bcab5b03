"""One-time links to our own page: only a hash of the token is kept, and only a POST uses it up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

INSERT = """
INSERT INTO links (token_hash, conversation, created_at, expires_at)
VALUES (%(token_hash)s, %(conversation)s, %(at)s, %(until)s)
"""
PEEK = """
SELECT conversation FROM links WHERE token_hash = %(token_hash)s AND used_at IS NULL AND expires_at > %(at)s
"""
USE = """
UPDATE links SET used_at = %(at)s
WHERE token_hash = %(token_hash)s AND used_at IS NULL AND expires_at > %(at)s
RETURNING conversation
"""


def insert(connection: Connection, token_hash: bytes, conversation: UUID, *, at: datetime, until: datetime) -> None:
    connection.execute(INSERT, {"token_hash": token_hash, "conversation": conversation, "at": at, "until": until})


def peek(pool: Pool, token_hash: bytes, at: datetime) -> UUID | None:
    """Whose link it is, if it is still good; changes nothing, so that previews and scanners may come."""
    return _conversation(pool, PEEK, token_hash, at)


def use(pool: Pool, token_hash: bytes, at: datetime) -> UUID | None:
    """Use the link up; of two at once exactly one gets the conversation."""
    return _conversation(pool, USE, token_hash, at)


def _conversation(pool: Pool, sql: str, token_hash: bytes, at: datetime) -> UUID | None:
    with autocommit(pool) as connection:
        row = connection.execute(sql, {"token_hash": token_hash, "at": at}).fetchone()
    return row[0] if row else None
