"""What staff look at is found along indexes: a page stays quick however many people have written to us."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

import psycopg

from bot.store import deliveries, search, transcripts

MANY = 3000
EVENTS = """
INSERT INTO inbound (id, channel, event_id, person, conversation, occurred_at, received_at, state)
SELECT gen_random_uuid(), 'sms', n, sha256(n::text::bytea), gen_random_uuid(), now() - n * interval '1 s', now(),
    (ARRAY['new', 'kept', 'done'])[1 + mod(n, 3)]
FROM generate_series(1, %(many)s) n
"""
# All of them ended, each handed over once, and told of a case.
TALKS = """
WITH talk AS (
    INSERT INTO conversations (id, channel, person, address, campaign, campaign_version, script, script_version,
        language, last_event_at, created_at, ended_at, erase_at)
    SELECT gen_random_uuid(), 'sms', sha256(n::text::bytea), '', 'c', 1, 'apply', 1, 'ja', now(), now(), now(), now()
    FROM generate_series(1, %(many)s) n RETURNING id, person
), told AS (
    INSERT INTO cases (id, case_no, kind, campaign, campaign_version, person, subject, channel, acted_at, changed_at,
        erase_at)
    SELECT id, 'C' || id, 'B2', 'c', 1, person, '', 'sms', now(), now(), now() FROM talk
)
INSERT INTO handoffs (id, conversation, campaign, channel, reason, state, began_at, queued_at, ended_at, ended_by)
SELECT id, id, 'c', 'sms', 'asked', 'closed', now(), now(), now(), 'agent' FROM talk
"""
# Mail to one carrier, all of which is held.
HELD = """
WITH right_of AS (
    INSERT INTO entitlements (id, person, coupon_number, campaign, campaign_version, language, target, amount,
        token_hash, token, created_at)
    SELECT gen_random_uuid(), n::text::bytea, n, 'c', 1, 'ja', '', 1, n::text::bytea, '', now()
    FROM generate_series(1, %(many)s) n RETURNING id
), mailing AS (
    INSERT INTO mailings (id, name, campaign, campaign_version, purpose)
    VALUES (gen_random_uuid(), 'april', 'c', 1, 'reward_url') RETURNING id
)
INSERT INTO deliveries (id, mailing, entitlement, purpose, ways, mail_group)
SELECT gen_random_uuid(), m.id, r.id, 'reward_url', '{mail}', 'docomo' FROM right_of r, mailing m
"""


def plan_of(database_url: str, rows: LiteralString, query: LiteralString, **asked: Any) -> str:
    """How PostgreSQL goes about it when there are that many rows."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(rows, {"many": MANY})
        connection.execute("ANALYZE")
        return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {query}", asked).fetchall())


def test_a_transcript_reads_the_events_of_its_person_alone(database_url: str) -> None:
    asked = {"conversation": UUID(int=0), "person": b"hanako", "most": transcripts.MOST}
    plan = plan_of(database_url, EVENTS, transcripts.HEARD, **asked)
    indexes = {"inbound_conversation", "inbound_waiting", "inbound_heard_only"}
    assert (indexes, False) == ({index for index in indexes if index in plan}, "Seq Scan on inbound" in plan), plan


def test_the_talks_of_a_telephone_number_are_found_without_reading_all_others(database_url: str) -> None:
    plan = plan_of(database_url, TALKS, search.HANDED_OVER, persons=[b"hanako"], most=search.MOST)
    assert (True, False) == ("conversation_person" in plan, "Seq Scan" in plan), plan


def test_the_talks_of_whoever_told_of_a_case_are_found_without_reading_all_others(database_url: str) -> None:
    plan = plan_of(database_url, TALKS, search.OF_CASE, case_no="C1234567897", most=search.MOST)
    assert (True, False) == ("conversation_person" in plan, "Seq Scan" in plan), plan


def test_mail_that_is_not_held_is_claimed_without_walking_past_what_is(database_url: str) -> None:
    asked = {"mailing": UUID(int=0), "channel": "mail", "groups": ["au", "other"], "most": 40, "lease": 30.0}
    plan = plan_of(database_url, HELD, deliveries.CLAIM_ALL_BESIDE, **asked)
    assert (True, False) == ("deliveries_beside_held" in plan, "Seq Scan on deliveries" in plan), plan
