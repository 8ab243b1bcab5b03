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

SENDING = """
UPDATE outgoing SET state = 'sending', attempts = attempts + 1, lease_until = now() + interval '20 seconds'
WHERE id = %s
"""
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
            Settled(sent, 1, "sent", provider_id="SM1"),
            Settled(later, 1, "planned", error="20429", wait=2.5),
            Settled(refused, 1, "refused", error="21211"),
            Settled(looked_up, 1, "unknown", wait=900),
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
            outgoing.settle(pool, [Settled(message, 1, "sent", provider_id="SM1")])
        else:
            _receipt(pool, message, word)
    expected = "delivered" if "delivered" in order else "undelivered" if "undelivered" in order else "sent"
    assert expected == _state(pool, message)


def test_a_receipt_that_came_first_is_not_undone_when_our_attempt_ends_in_doubt(pool: Pool) -> None:
    message = _sending(pool)
    _receipt(pool, message, "queued")
    outgoing.settle(pool, [Settled(message, 1, "unknown", error="ReadTimeout", wait=900.0)])
    assert "sent" == _state(pool, message)


def test_a_word_on_an_attempt_that_was_given_up_does_not_undo_the_next_one(pool: Pool) -> None:
    message = _sending(pool)
    outgoing.settle(pool, [Settled(message, 1, "planned", error="ConnectTimeout")])
    _claimed(pool, message)
    for state in ("refused", "planned", "unknown"):
        outgoing.settle(pool, [Settled(message, 1, state, error="late")])
    assert "sending" == _state(pool, message)
    outgoing.settle(pool, [Settled(message, 2, "sent", provider_id="SM2")])
    assert "sent" == _state(pool, message)


def test_a_late_word_that_an_earlier_attempt_was_taken_keeps_the_message_from_going_out_again(pool: Pool) -> None:
    message = _sending(pool)
    outgoing.settle(pool, [Settled(message, 1, "planned")])
    outgoing.settle(pool, [Settled(message, 1, "sent", provider_id="SM1")])
    assert "sent" == _state(pool, message)


def test_a_message_that_was_refused_the_second_time_counts_as_delivered_when_the_first_one_arrived(pool: Pool) -> None:
    message = _sending(pool)
    outgoing.settle(pool, [Settled(message, 1, "refused", error="21610")])
    _receipt(pool, message, "delivered")
    assert "delivered" == _state(pool, message)


def _sending(pool: Pool) -> UUID:
    message = uuid7()
    with autocommit(pool) as connection:
        new = NewOutgoing(id=message, purpose="code", channel="sms", person=b"p", address=b"a", body=b"b")
        assert outgoing.insert(connection, new)
    _claimed(pool, message)
    return message


def _claimed(pool: Pool, message: UUID) -> None:
    with autocommit(pool) as connection:
        connection.execute(SENDING, (message,))


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
