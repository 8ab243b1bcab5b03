"""What becomes of messages is recorded as a whole, never lowered, whatever arrives in which order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from bot.store import outgoing
from bot.store.db import Pool, autocommit, open_pool
from bot.store.outgoing import NewOutgoing, ReceiptRow, Settled

SENDING = "UPDATE outgoing SET state = 'sending', lease_until = now() + interval '20 seconds' WHERE id = %s"
STATUSES = {"queued": "sent", "sent": "sent", "delivered": "delivered", "undelivered": "undelivered"}


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    pool = open_pool(database_url, size=2)
    yield pool
    pool.close()


def test_a_batch_of_unlike_outcomes_is_settled_as_a_whole(pool: Pool) -> None:
    sent, later, refused, looked_up = (_sending(pool) for _ in range(4))
    outgoing.settle(
        pool,
        [
            Settled(sent, "sent", provider_id="SM1"),
            Settled(later, "planned", error="20429", wait=2.5),
            Settled(refused, "refused", error="21211"),
            Settled(looked_up, "unknown", wait=900),
        ],
    )
    assert ["sent", "planned", "refused", "unknown"] == [
        _state(pool, each) for each in (sent, later, refused, looked_up)
    ]


@pytest.mark.parametrize("order", list(itertools.permutations([*STATUSES, "our own word"], 3)))
def test_a_message_that_was_delivered_stays_delivered_whatever_comes_after(pool: Pool, order: tuple[str, ...]) -> None:
    message = _sending(pool)
    for word in order:
        if word == "our own word":
            outgoing.settle(pool, [Settled(message, "sent", provider_id="SM1")])
        else:
            _receipt(pool, message, word)
    expected = "delivered" if "delivered" in order else "undelivered" if "undelivered" in order else "sent"
    assert expected == _state(pool, message)


def test_a_receipt_that_came_first_is_not_undone_when_our_attempt_ends_in_doubt(pool: Pool) -> None:
    message = _sending(pool)
    _receipt(pool, message, "queued")
    outgoing.settle(pool, [Settled(message, "unknown", error="ReadTimeout", wait=900.0)])
    assert "sent" == _state(pool, message)


def _sending(pool: Pool) -> UUID:
    message = uuid7()
    with autocommit(pool) as connection:
        new = NewOutgoing(id=message, purpose="code", channel="sms", person=b"p", address=b"a", body=b"b")
        assert outgoing.insert(connection, new)
        connection.execute(SENDING, (message,))
    return message


def _receipt(pool: Pool, message: UUID, status: str) -> None:
    row = ReceiptRow(
        id=uuid7(),
        provider="twilio",
        event_key=uuid4().hex,
        outgoing=message,
        attempt=1,
        provider_id="SM1",
        status=status,
        code=None,
        at=datetime.now(UTC),
    )
    with autocommit(pool) as connection:
        assert outgoing.receive(connection, row, state=STATUSES[status])


def _state(pool: Pool, message: UUID) -> str:
    with autocommit(pool) as connection:
        row = connection.execute("SELECT state FROM outgoing WHERE id = %s", (message,)).fetchone()
    assert row
    return str(row[0])
