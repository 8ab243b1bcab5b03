"""Conversations: the answers given so far, the question that waits, who owns it; and one row a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from bot.store.db import Connection, Pool, autocommit

COLUMNS = (
    "id",
    "channel",
    "person",
    "address",
    "campaign",
    "campaign_version",
    "script",
    "script_version",
    "language",
    "answers",
    "pending",
    "turn",
    "owner",
    "blocked",
)

BY_ID = f"SELECT {', '.join(COLUMNS)} FROM conversations WHERE id = %(id)s"  # noqa: S608 - this module's own names
BY_PERSON = f"SELECT {', '.join(COLUMNS)} FROM conversations WHERE person = %(person)s AND ended_at IS NULL"  # noqa: S608

KEEP_UNTIL = "UPDATE conversations SET erase_at = greatest(erase_at, %(until)s) WHERE id = %(id)s"

# One statement is one turn: nothing of it is written unless the event is still open and the conversation still stands
# where it was read. What else a turn brings (a claim, a link, a code) follows in the same transaction.
WRITE_TURN = """
WITH due AS (
    SELECT id FROM inbound WHERE id = %(inbound)s AND state = 'new' FOR UPDATE
), talked AS (
    INSERT INTO conversations AS c (id, channel, person, address, campaign, campaign_version, script, script_version,
        language, answers, pending, turn, owner, blocked, last_event_at, created_at, erase_at)
    SELECT %(id)s, %(channel)s, %(person)s, %(address)s, %(campaign)s, %(campaign_version)s, %(script)s,
        %(script_version)s, %(language)s, %(answers)s, %(pending)s, %(turn)s + 1, %(owner)s, %(blocked)s, %(at)s,
        %(at)s, %(erase_at)s
    FROM due
    ON CONFLICT (id) DO UPDATE SET
        language = excluded.language, answers = excluded.answers, pending = excluded.pending, turn = excluded.turn,
        owner = excluded.owner, blocked = excluded.blocked, last_event_at = excluded.last_event_at,
        erase_at = excluded.erase_at, campaign = excluded.campaign, campaign_version = excluded.campaign_version,
        script_version = excluded.script_version
    WHERE c.turn = %(turn)s
    RETURNING id
), done AS (
    UPDATE inbound SET state = %(closed_as)s, conversation = talked.id, message_id = %(message_id)s,
        -- Taken back before it arrived: the word of that stands here already, under the same message id.
        payload = CASE WHEN NOT EXISTS (SELECT FROM inbound t WHERE t.channel = inbound.channel
            AND t.message_id = %(message_id)s AND t.id <> inbound.id) THEN payload END
    FROM talked WHERE inbound.id = %(inbound)s
), logged AS (
    INSERT INTO turns (conversation, turn, inbound, at, answered, manner, asked, outcome)
    SELECT id, %(turn)s + 1, %(inbound)s, %(at)s, %(answered)s, %(manner)s, %(asked)s, %(outcome)s FROM talked
), said AS (
    INSERT INTO outgoing (id, conversation, purpose, channel, person, address, body, reply_token, reply_until,
        state, attempts, first_attempt_at, lease_until)
    SELECT %(said_id)s, id, 'turn', %(channel)s, %(person)s, %(address)s, %(said)s, %(reply_token)s, %(reply_until)s,
        'sending', 1, now(), now() + %(send_lease)s * interval '1 second'
    FROM talked WHERE %(said_id)s::uuid IS NOT NULL
)
SELECT count(*) FROM talked
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row; address and answers are sealed, pending is plain JSON without anything personal."""

    id: UUID
    channel: str
    person: bytes
    address: bytes
    campaign: str
    campaign_version: int
    script: str
    script_version: int
    language: str
    answers: bytes | None
    pending: dict[str, Any]
    turn: int
    owner: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class TurnWrite:
    """All that one turn writes in its one statement; conversation carries the new values, but turn as it was read."""

    inbound: UUID
    conversation: Conversation
    at: datetime
    erase_at: datetime
    manner: str
    answered: str | None = None
    asked: str | None = None
    outcome: str | None = None
    message_id: str | None = None
    said_id: UUID | None = None
    said: bytes | None = None
    reply_token: str | None = None
    reply_until: datetime | None = None
    send_lease: float = 0
    closed_as: Literal["done", "failed"] = "done"

    def row(self) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(self.conversation, name) for name in COLUMNS}
        row |= {name: getattr(self, name) for name in self.__slots__ if name != "conversation"}
        row["pending"] = Jsonb(self.conversation.pending)
        return row


def from_row(row: Sequence[Any]) -> Conversation | None:
    """A row of COLUMNS; None when the join found none."""
    return Conversation(*row) if row[0] is not None else None


def by_id(pool: Pool, conversation: UUID) -> Conversation | None:
    with autocommit(pool) as connection:
        return read(connection, conversation)


def read(connection: Connection, conversation: UUID) -> Conversation | None:
    """As the transaction sees it, by its own connection: a second one might have to be waited for."""
    row = connection.execute(BY_ID, {"id": conversation}).fetchone()
    return Conversation(*row) if row else None


def by_person(pool: Pool, person: bytes) -> Conversation | None:
    """The live conversation of a person (a fingerprint of channel and user)."""
    with autocommit(pool) as connection:
        row = connection.execute(BY_PERSON, {"person": person}).fetchone()
    return Conversation(*row) if row else None


def keep_until(connection: Connection, conversation: UUID, until: datetime) -> None:
    """Its answers stay at least as long as a link that leads to them."""
    connection.execute(KEEP_UNTIL, {"id": conversation, "until": until})


def mark_of(conversation: UUID) -> str:
    """By what staff name a conversation to one another, here and at an outside desk; it tells nothing of its person."""
    return conversation.hex[-6:].upper()
