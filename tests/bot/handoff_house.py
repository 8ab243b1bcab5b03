"""What the tests of staff's talks share: members at work, somebody handed over to them, and a look at the rows."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from bot import handoff
from bot.conversation import take_turns
from bot.handoff import Words
from bot.store import inbound
from bot.store.db import autocommit
from bot.store.handoff_queue import Handoff
from bot.store.staff import Member
from tests.bot.console.desk import hire, session_for
from tests.bot.web.counter import Counter, rows

TO_STAFF = ("担当者", "はい")
HALF_WAY = ("こんにちは", "paper", "09", "2023-02-24")
OTHER_WAITS = """
WITH another AS (
    INSERT INTO conversations SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
        'person', %(person)s::bytea))).* FROM conversations c LIMIT 1 RETURNING id
)
INSERT INTO handoffs (id, conversation, campaign, channel, prefecture, reason, began_at, queued_at)
SELECT gen_random_uuid(), id, %(campaign)s, 'line', %(prefecture)s, 'asked', now(), now() - interval '1 hour'
FROM another
"""


def at_work(counter: Counter, login: str, role: str = "agent") -> Member:
    who = hire(counter.parts, login, role)
    session_for(counter.parts, who)
    return who


def run(counter: Counter, statement: str) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute(statement.encode())


def conversation(counter: Counter) -> UUID:
    found: UUID = rows(counter, "SELECT id FROM conversations WHERE ended_at IS NULL")[0][0]
    return found


def now(counter: Counter) -> Handoff:
    found = handoff.current(counter.parts, conversation(counter))
    assert found
    return found


def handed_over(counter: Counter, *before: str) -> Handoff:
    counter.line(*(before or HALF_WAY), *TO_STAFF)
    return now(counter)


def taken(counter: Counter, who: Member, *before: str) -> Handoff:
    handoff.take(counter.parts, handed_over(counter, *before), who)
    return now(counter)


def words(text: str = "お待たせしました。") -> Words:
    return Words(text, uuid7().hex)


def worker_takes(counter: Counter) -> list[str]:
    """What the bot says to the events that wait, as a worker takes them."""
    with autocommit(counter.parts.db) as connection:
        events = inbound.claim(connection, most=1)
    return [said.text for turn in take_turns(counter.parts, events) for said in turn.play.said]


def states(counter: Counter) -> list[tuple[str, str]]:
    return rows(
        counter,
        "SELECT h.state, split_part(c.owner, ':', 1) FROM handoffs h JOIN conversations c ON c.id = h.conversation",
    )


def other_waits(counter: Counter, person: bytes, *, prefecture: str = "09") -> None:
    """Somebody has waited for an hour."""
    with autocommit(counter.parts.db) as connection:
        values = {"person": person, "campaign": person.decode(), "prefecture": prefecture}
        connection.execute(OTHER_WAITS, values)
