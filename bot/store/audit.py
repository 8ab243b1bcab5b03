"""Who did what, for good: rows are only ever added (the table itself refuses anything else)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from bot.store.db import Connection

ADD = """
INSERT INTO audit (id, at, actor, action, subject, details)
VALUES (%(id)s, %(at)s, %(actor)s, %(action)s, %(subject)s, %(details)s)
"""


def add(
    connection: Connection,
    *,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    details: Mapping[str, str | int] | None = None,
) -> None:
    """Note an act in the transaction that does it; `subject` and `details` are never personal."""
    values = {"actor": actor, "action": action, "subject": subject, "at": at, "details": Jsonb(dict(details or {}))}
    connection.execute(ADD, {"id": uuid7(), **values})
