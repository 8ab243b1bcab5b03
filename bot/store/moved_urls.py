"""A URL that goes elsewhere: its message called back while it waits, else its secret dies and another takes over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.store.db import Connection

HOLD = """
SELECT id, token FROM entitlements WHERE submission = %(submission)s AND voided_at IS NULL FOR UPDATE
"""

# The messages keep what became of them, under keys of their own: those of the URL are free for its next message.
CALL_BACK = """
UPDATE outgoing SET state = 'cancelled', error = 'contact_changed', settled_at = now()
WHERE once_key = 'reward_url:' || %(right)s AND state = 'planned'
"""
FREE_KEYS = """
UPDATE outgoing SET once_key = once_key || ':before:' || %(change)s
WHERE once_key IN ('reward_url:' || %(right)s, 'reward_url_again:' || %(right)s || ':1',
    'reward_url_again:' || %(right)s || ':2', 'reward_url_again:' || %(right)s || ':3')
"""
# Whatever a mailing still had in hand would go to the old contact, by one way after the other.
STOP_DELIVERIES = """
UPDATE deliveries SET state = 'cancelled', reason = 'contact_changed', due_at = NULL
WHERE entitlement = %(right)s::uuid AND state IN ('planned', 'sending', 'unknown', 'accepted', 'presumed')
RETURNING purpose = 'reward_url' AND attempts = 0
"""
RENEW = "UPDATE entitlements SET token_hash = %(token_hash)s, token = %(token)s WHERE id = %(right)s"


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right that lives, locked until the transaction ends; token is sealed."""

    id: UUID
    token: bytes


def hold(connection: Connection, submission: UUID) -> HeldRight | None:
    """The right of an application; None while there is none that lives."""
    row = connection.execute(HOLD, {"submission": submission}).fetchone()
    return HeldRight(*row) if row else None


def call_back(connection: Connection, right: UUID, *, change: UUID) -> bool:
    """Free the URL's keys for another message; whether the earlier one had not gone out, and now never will."""
    row = {"right": str(right), "change": str(change)}
    called_back = connection.execute(CALL_BACK, row).rowcount == 1
    unsent = [first for (first,) in connection.execute(STOP_DELIVERIES, row) if first]
    connection.execute(FREE_KEYS, row)
    return called_back or bool(unsent)


def renew(connection: Connection, right: UUID, *, token_hash: bytes, token: bytes) -> None:
    """Another secret in place of the one that is out: the old URL leads nowhere from now on."""
    connection.execute(RENEW, {"right": right, "token_hash": token_hash, "token": token})
