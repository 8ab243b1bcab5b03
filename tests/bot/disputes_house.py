"""What the tests of disputes share: two people with one coupon, and how it stands for both of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from bot import disputes
from bot.filing import PLACE, subjects_of
from bot.parts import Parts
from bot.store import submissions
from bot.store.db import autocommit, transaction
from bot.store.submissions import NewSubmission
from dialogs.rules.claim import DeliveryTarget, make_receipt_no
from dialogs.rules.disputes import Answer
from integrations.claims.wire import claim_to_wire
from tests.bot.claims_house import claim, coupon, import_coupons
from tests.bot.held_house import worker

HANAKO, TARO = make_receipt_no(1), make_receipt_no(2)
AGENT, SUPERVISOR = "担当 一郎", "責任 花子"
CONTACTS = {"hanako": "+819011112222", "taro": "+819033334444", "jiro": "+819055556666"}


def filed(parts: Parts, serial: int, *numbers: str, applicant: str = "hanako", **changes: Any) -> NewSubmission:
    """An application on record that no backend has seen yet."""
    contact = CONTACTS[applicant]
    fields = {"applicant": applicant, "contact": contact, "target": DeliveryTarget("sms", contact), **changes}
    made = claim(serial, *numbers, **fields)
    row = NewSubmission(
        id=uuid7(),
        receipt_no=made.receipt_no,
        conversation=uuid7(),
        channel="line",
        person=applicant.encode(),
        campaign=made.campaign,
        campaign_version=made.campaign_version,
        acted_at=parts.clock.now(),
        claim=parts.vault.seal(claim_to_wire(made), PLACE),
        subjects=subjects_of(parts, made),
        erase_at=parts.clock.now() + timedelta(days=1800),
    )
    with transaction(parts.db) as connection:
        submissions.insert(connection, row)
    return row


def quarrel(parts: Parts, *later: str, balance: int | None = 1000) -> UUID:
    """Hanako has A00001 and A00002; then Taro comes with the first of them, and maybe others. Gives the dispute."""
    import_coupons(parts.db, *(coupon(number, balance) for number in ("A00001", "A00002", "A00003")))
    filed(parts, 1, "A00001", "A00002")
    worker(parts)
    filed(parts, 2, "A00001", *later, applicant="taro")
    worker(parts)
    ((dispute,),) = rows(parts, "SELECT id FROM disputes")
    found: UUID = dispute
    return found


def settled(parts: Parts, dispute: UUID, answer: Answer) -> None:
    """Proposed by one, decided by another, and what follows from it done by the worker."""
    disputes.propose(parts, dispute, answer, by=AGENT)
    disputes.decide(parts, dispute, answer, by=SUPERVISOR)
    worker(parts)


def stands(parts: Parts) -> list[tuple[str, str, int | None]]:
    """Each application, by its number, with what it has come to."""
    return rows(parts, "SELECT receipt_no, state, amount FROM submissions ORDER BY acted_at, id")


def paid(parts: Parts) -> list[tuple[str, int]]:
    """The rights that live."""
    return rows(parts, "SELECT receipt_no, amount FROM entitlements WHERE voided_at IS NULL ORDER BY receipt_no")


def letters(parts: Parts) -> list[str]:
    sealed = rows(parts, "SELECT body FROM outgoing WHERE purpose = 'dispute_decided' ORDER BY id")
    return [said["text"] for (body,) in sealed for said in parts.vault.open_json(body, "body")]


def rows(parts: Parts, query: str) -> list[Any]:
    with autocommit(parts.db) as connection:
        return connection.execute(query.encode()).fetchall()


def run(parts: Parts, statement: str, *values: str) -> None:
    with autocommit(parts.db) as connection:
        connection.execute(statement.encode(), values)
