"""Who is not to be written to any more: one list that everything asks before it writes a message, and before the wire.

A person stands in it as the keyed hash by which messages to them are found (Vault.fingerprint(channel, user)). No
address can be read from it, and so no row of it is ever erased. Who comes back lifts a row, and the row stays.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.store.db import Connection

Reason = Literal["stop", "21610", "complaint", "one_click"]
Kind = Literal["everything", "reminders"]  # what is stopped: all messages of that channel, or reminders alone

CONFIRMS = "stop_confirmed"  # the purpose of the one message that a STOP lets through: that it was heard

# The same event heard twice, and a second STOP beside a first, add nothing; nor does an old one that was lifted.
ADD = """
INSERT INTO suppressions (id, channel, person, reason, kind, since, source)
VALUES (%(id)s, %(channel)s, %(person)s, %(reason)s, %(kind)s, %(since)s, %(source)s)
ON CONFLICT DO NOTHING
"""

# Twilio's 21610 only repeats a STOP. Who complained of us, or pressed a mail's button, is not meant by START.
LIFT = """
UPDATE suppressions SET lifted_at = %(at)s, lifted_by = %(source)s
WHERE person = %(person)s AND channel = %(channel)s AND reason IN ('stop', '21610') AND lifted_at IS NULL
"""

# Of a table `o` with the columns person, channel and purpose.
HOLDS_BACK = f"""
(o.purpose <> '{CONFIRMS}' AND EXISTS (
    SELECT FROM suppressions s
    WHERE s.person = o.person AND s.channel = o.channel AND s.lifted_at IS NULL
      AND (s.kind = 'everything' OR starts_with(o.purpose, 'reminder'))))
"""

# The application that a message is about: by what it says, else the newest of its person.
ABOUT = """
SELECT s.claim, s.campaign, s.campaign_version, e.token, coalesce(c.language, 'ja')
FROM outgoing o
JOIN submissions s ON s.id = CASE
    WHEN starts_with(o.purpose, 'reward_')
        THEN (SELECT submission FROM entitlements WHERE id = split_part(o.once_key, ':', 2)::uuid)
    WHEN o.purpose = 'decided' THEN split_part(o.once_key, ':', 2)::uuid
    WHEN o.purpose = 'contact_change'
        THEN (SELECT submission FROM contact_changes WHERE id = split_part(o.once_key, ':', 2)::uuid)
    WHEN o.conversation IS NOT NULL
        THEN (SELECT n.id FROM submissions n WHERE n.person = o.person ORDER BY n.acted_at DESC LIMIT 1) END
LEFT JOIN entitlements e ON e.submission = s.id AND e.voided_at IS NULL
LEFT JOIN conversations c ON c.id = s.conversation
WHERE o.id = %(message)s AND s.claim IS NOT NULL
"""

STANDING = """
SELECT DISTINCT person FROM suppressions
WHERE person = ANY(%(persons)s) AND channel = %(channel)s AND lifted_at IS NULL AND kind = ANY(%(kinds)s)
"""


@dataclass(frozen=True, slots=True)
class Suppression:
    """From when on a person (a fingerprint) is not to be written to by that channel, and how we know it.

    since is the campaign's clock; source is the id that the event has at its provider, or the page, never an address.
    """

    channel: str
    person: bytes
    reason: Reason
    since: datetime
    source: str
    kind: Kind = "everything"


@dataclass(frozen=True, slots=True)
class About:
    """The application that a message is about; claim and the token of its URL (None: there is none) are sealed."""

    claim: bytes
    campaign: str
    campaign_version: int
    token: bytes | None
    language: str


def add(connection: Connection, suppression: Suppression) -> bool:
    """Write it down; False when it stands already, or when this very event was heard before."""
    row = {name: getattr(suppression, name) for name in suppression.__slots__}
    return connection.execute(ADD, {"id": uuid7(), **row}).rowcount == 1


def lift(connection: Connection, channel: str, person: bytes, *, at: datetime, source: str) -> bool:
    """The person wants to be written to again: a STOP is lifted, a complaint is not; whether there was a STOP."""
    values = {"channel": channel, "person": person, "at": at, "source": source}
    return connection.execute(LIFT, values).rowcount > 0


def standing(
    connection: Connection, channel: str, persons: Collection[bytes], *, reminders: bool = False
) -> set[bytes]:
    """Those of them who are not to be written to by that channel; reminders: who wants no reminders counts too."""
    kinds = ["everything", "reminders"] if reminders else ["everything"]
    rows = connection.execute(STANDING, {"persons": list(persons), "channel": channel, "kinds": kinds})
    return {bytes(person) for (person,) in rows}


def stands(connection: Connection, channel: str, person: bytes) -> bool:
    """Whether nothing at all may be sent to that person by that channel."""
    return person in standing(connection, channel, [person])


def about(connection: Connection, message: UUID) -> About | None:
    """The application that an outgoing message is about; None when it is about none, or its claim is erased."""
    row = connection.execute(ABOUT, {"message": message}).fetchone()
    return About(*row) if row else None
