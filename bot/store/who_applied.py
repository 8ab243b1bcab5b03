"""Whose an application is, and where they hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.store.db import Connection

OF_APPLICATION = """
SELECT receipt_no, person, conversation, campaign, campaign_version, claim FROM submissions WHERE id = %(id)s
"""

IN_CONVERSATION = """
SELECT receipt_no, person, conversation, campaign, campaign_version, claim FROM submissions
WHERE conversation = %(conversation)s AND claim IS NOT NULL ORDER BY acted_at DESC, id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose an application is; claim is sealed, None once erased."""

    receipt_no: str
    person: bytes
    conversation: UUID | None
    campaign: str
    campaign_version: int
    claim: bytes | None


def of_application(connection: Connection, submission: UUID) -> Applicant:
    """Whose an application is."""
    row = connection.execute(OF_APPLICATION, {"id": submission}).fetchone()
    assert row  # noqa: S101 - applications are never deleted
    return Applicant(*row)


def in_conversation(connection: Connection, conversation: UUID) -> Applicant | None:
    """Who applied in a conversation last, if their words are not erased."""
    row = connection.execute(IN_CONVERSATION, {"conversation": conversation}).fetchone()
    return Applicant(*row) if row else None
