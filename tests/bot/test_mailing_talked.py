"""Who of a list has proven on LINE that a number or an address of it is theirs is written to there; nobody else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from bot.filing import seal_claim
from bot.parts import Parts
from bot.store import known_claims, submissions
from bot.store.db import transaction
from bot.store.known_claims import NUMBER_HOLDS, Known
from bot.store.submissions import NewSubmission
from dialogs.rules.claim import DeliveryTarget
from integrations.emulator.driver import LinePerson
from integrations.emulator.fixture import Emulator
from tests.bot.claims_house import claim
from tests.bot.mailing_house import house, people, planned, rows
from tests.bot.test_app_urls import working
from tests.bot.test_mailing_line import friends, urls
from tests.bot.test_mailing_send import at_work, counts, start, until

# The first two of a list, as people() has them.
FIRST, SECOND, THEIR_MAIL = "+819010000001", "+819010000002", "p10000001@example.jp"
NOW = datetime.fromisoformat("2023-04-05T10:00:00+09:00")
WAYS = "SELECT array_to_string(ways, ' ') FROM deliveries ORDER BY id"
MOVED = "UPDATE submissions SET as_filed = claim RETURNING 1"


@pytest.fixture
def talking(database_url: str, redis_url: str) -> Iterator[tuple[Parts, Emulator, list[LinePerson]]]:
    """Two people have written to us on LINE."""
    with house(database_url, redis_url) as (parts, emulator):
        found = friends(emulator, 2)
        with working(parts):
            for person in found:
                person.wait_for("")
        yield parts, emulator, found


def filed(parts: Parts, person: bytes, contact: str, *, channel: str = "line", at: datetime = NOW) -> NewSubmission:
    """An application whose URL goes to a contact that its person has proven."""
    target = DeliveryTarget("mail" if "@" in contact else "sms", contact)
    made = claim(len(rows(parts, "SELECT FROM submissions")) + 1, "A00001", target=target, acted_at=at)
    row = NewSubmission(
        id=uuid7(),
        receipt_no=made.receipt_no,
        conversation=uuid7(),
        channel=channel,
        person=person,
        campaign=made.campaign,
        campaign_version=made.campaign_version,
        acted_at=at,
        claim=seal_claim(parts, made),
        target=parts.vault.fingerprint(target.kind, contact),
        erase_at=at + timedelta(days=1800),
    )
    with transaction(parts.db) as connection:
        submissions.insert(connection, row)
    return row


def on_line(parts: Parts, person: LinePerson) -> bytes:
    return parts.vault.fingerprint("line", person.id)


@pytest.mark.parametrize("contact", [FIRST, THEIR_MAIL])
def test_who_applied_on_line_with_a_contact_of_the_list_gets_the_push_and_no_text(
    talking: tuple[Parts, Emulator, list[LinePerson]], tmp_path: Path, contact: str
) -> None:
    parts, emulator, [person, _] = talking
    filed(parts, on_line(parts, person), contact)
    planned(parts, tmp_path, *people(2))
    assert [("line sms mail sms_plain",), ("sms mail sms_plain",)] == rows(parts, WAYS)
    start(parts)
    with at_work(parts):
        until(lambda: {"presumed": 1, "delivered": 1} == counts(parts))
    assert (1, []) == (urls(person), emulator.sms.inbox(FIRST))


def test_who_has_shown_on_line_by_a_code_that_an_application_is_theirs_gets_the_push(
    talking: tuple[Parts, Emulator, list[LinePerson]], tmp_path: Path
) -> None:
    parts, _, [person, _] = talking
    elsewhere = filed(parts, b"somebody on the web", FIRST, channel="web")
    with transaction(parts.db) as connection:
        known_claims.know(connection, Known(on_line(parts, person), elsewhere.id, NOW))
    planned(parts, tmp_path, *people(1))
    assert [("line sms mail sms_plain",)] == rows(parts, WAYS)


Case = Callable[[Parts, list[LinePerson]], object]


def _on_the_web(parts: Parts, _: list[LinePerson]) -> None:
    filed(parts, b"somebody on the web", FIRST, channel="web")


def _long_ago(parts: Parts, found: list[LinePerson]) -> None:
    filed(parts, on_line(parts, found[0]), FIRST, at=NOW - NUMBER_HOLDS - timedelta(days=1))


def _moved_since(parts: Parts, found: list[LinePerson]) -> None:
    filed(parts, on_line(parts, found[0]), FIRST)
    assert rows(parts, MOVED)


def _two_accounts(parts: Parts, found: list[LinePerson]) -> None:
    for person in found:
        filed(parts, on_line(parts, person), FIRST)


def _two_people(parts: Parts, found: list[LinePerson]) -> None:
    for contact in (FIRST, SECOND):
        filed(parts, on_line(parts, found[0]), contact)


def _blocked(parts: Parts, found: list[LinePerson]) -> None:
    with working(parts):
        found[0].blocks()
        until(lambda: [(1,)] == rows(parts, "SELECT count(*)::int FROM conversations WHERE blocked"))
    filed(parts, on_line(parts, found[0]), FIRST)


def _never_written(parts: Parts, _: list[LinePerson]) -> None:
    filed(parts, parts.vault.fingerprint("line", "U" + "0" * 32), FIRST)


@pytest.mark.parametrize(
    "case", [_on_the_web, _long_ago, _moved_since, _two_accounts, _two_people, _blocked, _never_written]
)
def test_nobody_is_taken_for_somebody_of_the_list(
    talking: tuple[Parts, Emulator, list[LinePerson]], tmp_path: Path, case: Case
) -> None:
    parts, _, found = talking
    case(parts, found)
    planned(parts, tmp_path, *people(2))
    assert [("sms mail sms_plain",)] * 2 == rows(parts, WAYS)


def test_where_line_is_none_of_the_ways_nobody_is_looked_for(database_url: str, redis_url: str, tmp_path: Path) -> None:
    with house(database_url, redis_url, DELIVERY_WAYS="sms,mail") as (parts, emulator):
        [person] = friends(emulator, 1)
        with working(parts):
            person.wait_for("")
        filed(parts, on_line(parts, person), FIRST)
        planned(parts, tmp_path, *people(1))
        assert [("sms mail",)] == rows(parts, WAYS)
