"""Deliveries: claimed by the hundred, begun just before the wire, and moved on by what is heard of them.

due_at is the lease too: a claim moves it to when others may take the row, so that what is claimed is in nobody's way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from psycopg.rows import args_row, class_row

from bot.store.db import Connection, Pool, array, transaction

LEASE = 30.0  # seconds from the claim to the wire
MOST_TRIES = 3  # of one way, where its receipt says that a later one may arrive
HOURS_BETWEEN = 3.0

CLAIMED = """
    d.id, d.mailing, d.purpose, d.contacts, d.ways[d.step + 1] AS way, d.step, d.tries, d.attempts, d.mail_group,
    d.due_at AS leased_until, e.token, e.receipt_no, e.coupon_number, e.language, d.attempted_at, e.campaign,
    e.campaign_version"""
CLAIM = """
WITH due AS (
    SELECT d.id FROM deliveries d
    WHERE d.mailing = %(mailing)s AND d.channel = %(channel)s AND d.state = 'planned' AND {which} d.due_at <= now()
    ORDER BY d.due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE deliveries d SET due_at = now() + %(lease)s * interval '1 second'
FROM due, entitlements e WHERE d.id = due.id AND e.id = d.entitlement
RETURNING {CLAIMED}
""".replace("{CLAIMED}", CLAIMED)
CLAIM_PILOT = CLAIM.replace("{which}", "d.pilot AND")
CLAIM_ALL = CLAIM.replace("{which}", "")
# Group by group, so that it does not walk past what is held: of 200,000 of one carrier that took 53 ms at every claim,
# and takes 1 so. Of a pilot only some are held.
CLAIM_PILOT_BESIDE = CLAIM.replace("{which}", "d.pilot AND d.mail_group = ANY(%(groups)s) AND")
CLAIM_ALL_BESIDE = """
WITH due AS (
    SELECT d.id FROM unnest(%(groups)s::text[]) AS g (name), LATERAL (
        SELECT m.id FROM deliveries m
        WHERE m.mailing = %(mailing)s AND m.channel = 'mail' AND m.mail_group = g.name AND m.state = 'planned'
          AND m.due_at <= now()
        ORDER BY m.due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) d
    LIMIT %(most)s
)
UPDATE deliveries d SET due_at = now() + %(lease)s * interval '1 second'
FROM due, entitlements e WHERE d.id = due.id AND e.id = d.entitlement
RETURNING {CLAIMED}
""".replace("{CLAIMED}", CLAIMED)

# At most one word a row. `to` is a state, 'next' (the next way; after the last one the state `last`) or 'again' (the
# same way once more, some times, then the next). A right whose URL is on its way by that is notified.
MOVE = """
WITH said AS (
    SELECT DISTINCT ON (id) * FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(tos)s::text[], %(waits)s::float[],
        %(reasons)s::text[], %(provider_ids)s::text[], %(lasts)s::text[])
        AS s (id, attempt, "to", wait, reason, provider_id, last)
    ORDER BY id, array_position(%(ranks)s::text[], "to") DESC NULLS LAST
), moved AS (
    SELECT s.*, n.up, d.step + n.up::int AS step_now, CASE
        WHEN n.up AND d.step + 1 >= cardinality(d.ways) THEN s.last
        WHEN n.up OR s."to" = 'again' THEN 'planned'
        WHEN s."to" = 'waiting' THEN 'accepted' ELSE s."to" END AS state_now
    FROM said s JOIN deliveries d USING (id),
        LATERAL (SELECT s."to" = 'next' OR s."to" = 'again' AND d.tries + 1 >= %(most_tries)s AS up) n
    WHERE CASE
        WHEN s."to" = 'delivered' THEN d.state NOT IN ('delivered', 'chosen', 'expired', 'cancelled')
        WHEN s."to" = 'accepted' THEN d.attempts = s.attempt AND d.state IN ('sending', 'unknown')
        WHEN s."to" = 'unknown' THEN d.attempts = s.attempt AND d.state IN ('sending', 'unknown')
        WHEN s."to" = 'waiting' THEN d.attempts = s.attempt AND d.state = 'accepted'
        WHEN s.attempt = 0 THEN d.state = 'planned'
        ELSE d.attempts = s.attempt AND d.state = ANY(%(from)s) END
    ORDER BY d.id FOR UPDATE OF d
), settled AS (
    UPDATE deliveries d SET state = m.state_now, step = least(m.step_now, cardinality(d.ways) - 1),
        tries = CASE WHEN m.up THEN 0 WHEN m."to" = 'again' THEN d.tries + 1 ELSE d.tries END,
        due_at = CASE WHEN m.state_now IN ('planned', 'sending', 'unknown', 'accepted')
            THEN now() + CASE WHEN m.up THEN 0 ELSE m.wait END * interval '1 second' END,
        reason = m.reason, provider_id = coalesce(m.provider_id, d.provider_id)
    FROM moved m WHERE d.id = m.id
    RETURNING d.entitlement, d.state
)
UPDATE entitlements e SET state = 'notified', notified_at = %(at)s
FROM settled s WHERE e.id = s.entitlement AND s.state IN ('accepted', 'presumed', 'delivered') AND e.state = 'planned'
"""
RANKS = ["planned", "unknown", "waiting", "again", "next", "accepted", "presumed", "delivered"]
OPEN_ATTEMPT = ["sending", "unknown", "accepted", "presumed"]

NOTE = """
INSERT INTO delivery_events (delivery, attempt, kind, code, provider, provider_id, event_key)
SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(kinds)s::text[], %(codes)s::text[], %(providers)s::text[],
    %(provider_ids)s::text[], %(keys)s::text[])
ON CONFLICT (provider, event_key) DO NOTHING
"""

# Who opted out at the provider, or complained: on the one list, as whom the attempt was for.
STOP = """
INSERT INTO suppressions (id, channel, person, reason, kind, since, source)
SELECT gen_random_uuid(), CASE WHEN a.way = 'mail' THEN 'mail' ELSE 'sms' END, a.person, said.reason, 'everything',
    %(at)s, said.id || ':' || said.attempt
FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(reasons)s::text[]) AS said (id, attempt, reason)
JOIN delivery_attempts a ON a.delivery = said.id AND a.number = said.attempt
WHERE a.person IS NOT NULL
ORDER BY a.person
ON CONFLICT DO NOTHING
"""

FOLLOW = """
WITH due AS (
    SELECT id FROM deliveries WHERE state IN ('sending', 'unknown', 'accepted') AND due_at <= now()
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE deliveries d SET due_at = now() + %(lease)s * interval '1 second'
FROM due, entitlements e WHERE d.id = due.id AND e.id = d.entitlement
RETURNING {CLAIMED}, d.state, d.provider, d.provider_id,
    (SELECT min(a.at) FROM delivery_attempts a WHERE a.delivery = d.id AND a.way = d.ways[d.step + 1])
        AS first_attempt_at
""".replace("{CLAIMED}", CLAIMED)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until leased_until; contacts and token are sealed; attempts counts those before."""

    id: UUID
    mailing: UUID
    purpose: str
    contacts: bytes | None
    way: str
    step: int
    tries: int
    attempts: int
    mail_group: str
    leased_until: datetime
    token: bytes
    receipt_no: str | None
    coupon_number: str | None
    language: str
    attempted_at: datetime | None
    campaign: str
    campaign_version: int


@dataclass(frozen=True, slots=True)
class Followed(Claimed):
    """One whose attempt has had no last word in time; state is the one it is in, the first attempt that of its way."""

    state: str
    provider: str
    provider_id: str | None
    first_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Word:
    """Something heard of an attempt (0: of a row that is not begun), and what follows from it.

    to: a state of deliveries, "next", "again" (see MOVE), "" for nothing. key: unique at that provider, for what may be
    told twice. stops: why its person is not to be written to any more (a reason of suppressions), "" where they are.
    """

    id: UUID
    attempt: int
    kind: str
    to: str = ""
    wait: float = 0
    code: str = ""
    provider: str = ""
    provider_id: str | None = None
    key: str | None = None
    last: str = "undelivered"
    stops: str = ""


def claim(
    connection: Connection, mailing: UUID, channel: str, *, pilot: bool, most: int, groups: Sequence[str] | None = None
) -> list[Claimed]:
    """Lease up to `most` deliveries of a mailing that are due by a channel; pilot: of its pilot alone.

    groups: of mail, the groups of domains that are not held, where some are; None: all of it.
    """
    values = {"mailing": mailing, "channel": channel, "most": most, "lease": LEASE, "groups": list(groups or ())}
    everything, pilots = (CLAIM_ALL_BESIDE, CLAIM_PILOT_BESIDE) if groups is not None else (CLAIM_ALL, CLAIM_PILOT)
    # In the order of CLAIMED; by their names it took four times as long.
    with connection.cursor(row_factory=args_row(Claimed)) as cursor:
        return cursor.execute(pilots if pilot else everything, values).fetchall()


def age(begun: datetime | None) -> float:
    """Seconds since an attempt was begun; 0 where none was."""
    return (datetime.now(UTC) - begun).total_seconds() if begun else 0.0


def follow(connection: Connection, *, most: int, lease: float) -> list[Followed]:
    """Lease attempts that nobody has settled, that are unknown, or whose receipt is overdue."""
    with connection.cursor(row_factory=class_row(Followed)) as cursor:
        return cursor.execute(FOLLOW, {"most": most, "lease": lease}).fetchall()


def hear(pool: Pool, words: Sequence[Word], *, at: datetime) -> None:
    """Keep every word and let rows move by it, in one transaction; whatever order they come in, none moves one down.

    at: the campaign's clock, for the rights whose URL is on its way now, and for who wants nothing from now on.
    """
    with transaction(pool) as connection:
        noted = [word for word in words if word.kind]
        if noted:
            connection.execute(NOTE, _note_columns(noted))
        stopping = [word for word in words if word.stops]
        if stopping:
            connection.execute(STOP, {**_stop_columns(stopping), "at": at})
        moving = [word for word in words if word.to]
        if moving:
            connection.execute(MOVE, {**_move_columns(moving), "at": at})


def _note_columns(words: Sequence[Word]) -> dict[str, object]:
    return {
        "ids": array(word.id for word in words),
        "attempts": array(word.attempt for word in words),
        "kinds": array(word.kind for word in words),
        "codes": array(word.code or None for word in words),
        "providers": array(word.provider for word in words),
        "provider_ids": array(word.provider_id for word in words),
        "keys": array(word.key for word in words),
    }


def _stop_columns(words: Sequence[Word]) -> dict[str, object]:
    return {
        "ids": array(word.id for word in words),
        "attempts": array(word.attempt for word in words),
        "reasons": array(word.stops for word in words),
    }


def _move_columns(words: Sequence[Word]) -> dict[str, object]:
    return {
        "ids": array(word.id for word in words),
        "attempts": array(word.attempt for word in words),
        "tos": array(word.to for word in words),
        "waits": array(float(word.wait) for word in words),
        "reasons": array(word.code for word in words),
        "provider_ids": array(word.provider_id for word in words),
        "lasts": array(word.last for word in words),
        "ranks": RANKS,
        "most_tries": MOST_TRIES,
        "from": OPEN_ATTEMPT,
    }
