"""Applicants in mailings: their URL instead of one by one, and the reminders of what still waits for them.

Where a URL goes stands in the application: 受取案内配信先 first, then ご連絡先 where that is another kind of contact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from bot.deliveries.ways import chain, mail_group
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import applicants
from bot.store.applicants import Addressed, Applicant
from bot.store.db import Connection, transaction
from bot.store.vault import Unopenable
from dialogs.reading import Unreadable
from dialogs.reading.contacts import read_target
from dialogs.rules.claim import Claim

Next = Callable[[UUID], Sequence[Applicant]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Applied:
    """The applicants of a mailing: how many by (first way, mail group, language), and how many no way leads to."""

    people: Mapping[tuple[str, str, str], int]
    no_way: int

    @property
    def count(self) -> int:
        return sum(self.people.values())


NOBODY = Applied({}, 0)


def look(parts: Parts, connection: Connection, campaign: str) -> Applied:
    """The applicants to whom plan() would let a mailing bring the URL; holds no row of theirs."""
    return _gone_through(parts, lambda after: applicants.to_look_at(connection, campaign, after=after), lambda _: None)


def plan(parts: Parts, connection: Connection, campaign: str, mailing: UUID) -> Applied:
    """Let the mailing bring the URL to every applicant to whom nothing has gone out yet."""
    return _gone_through(
        parts,
        lambda after: applicants.to_be_sent(connection, campaign, after=after),
        lambda rows: applicants.take_over(connection, mailing, rows),
    )


def remind(parts: Parts, campaign: str, mailing: UUID, purpose: str) -> int:
    """A reminder to every applicant who has a URL and has not chosen; gives how many.

    Each batch is a transaction of its own: what it holds is held for a moment, and a second time plans what is missing.
    """
    people, after = 0, applicants.FIRST
    while True:
        with transaction(parts.db) as connection:
            batch = applicants.to_be_reminded(connection, campaign, purpose, after=after)
            rows = [row for row in (_addressed(parts, each) for each in batch) if row]
            people += applicants.remind(connection, mailing, purpose, rows)
        if not batch:
            return people
        after = batch[-1].right


def _gone_through(parts: Parts, following: Next, use: Callable[[Sequence[Addressed]], object]) -> Applied:
    people: Counter[tuple[str, str, str]] = Counter()
    no_way, after = 0, applicants.FIRST
    while batch := following(after):
        rows = [(each, _addressed(parts, each)) for each in batch]
        no_way += sum(row is None for _, row in rows)
        use([row for _, row in rows if row])
        people.update((row.ways[0], row.mail_group, each.language) for each, row in rows if row)
        after = batch[-1].right
    return Applied(people, no_way)


def _addressed(parts: Parts, applicant: Applicant) -> Addressed | None:
    """None where we have no way to them at all; one that cannot be opened must not hold up all the others."""
    try:
        claim = open_claim(parts, applicant.claim)
        contacts = _contacts(parts, claim, applicant)
    except (Unopenable, ValueError) as error:
        log.error("applicant.cannot_open", right=str(applicant.right), error=type(error).__name__)
        return None
    order = sorted(parts.settings.delivery_ways, key=lambda way: way != claim.target.kind)
    ways = chain(contacts, order, configured=parts.channels)
    if not ways:
        return None
    return Addressed(
        right=applicant.right,
        delivery=uuid7(),
        contacts=parts.vault.seal_json(contacts, "deliveries.contacts"),
        ways=ways,
        mail_group=mail_group(contacts["mail"]) if "mail" in contacts else "",
        persons=[parts.vault.fingerprint(kind, user) for kind, user in contacts.items()],
    )


def _contacts(parts: Parts, claim: Claim, applicant: Applicant) -> dict[str, str]:
    contacts: dict[str, str] = {claim.target.kind: claim.target.value}
    try:
        kind, value = read_target(claim.contact)
        contacts.setdefault(kind, value)
    except Unreadable:
        pass  # a number by which nothing can be sent, say of a land line
    if applicant.line:
        contacts["line"] = parts.vault.open_json(applicant.line, "address")[1]
    return contacts
