"""The news of a decision once an application was moved: to the new contact, and not to the number it came from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import contacts
from bot.parts import Parts
from bot.store import contact_changes
from bot.store.db import transaction
from bot.store.known_claims import Whose
from bot.store.submissions import NewSubmission
from bot.submission import hand_in
from dialogs.rules.claim import Claim, ClaimState, Decision, DeliveryTarget
from tests.bot.refunds_house import APRIL, application, counter, due
from tests.bot.test_contacts import NEW, NEW_PHONE, OLD, letters, mark


def talks_by_sms(parts: Parts, row: NewSubmission) -> None:
    """The application came by SMS from the number that its URL goes to."""
    person, address = parts.vault.fingerprint("sms", OLD.value), ["sms", OLD.value]
    values = {
        **{"id": row.conversation, "channel": "sms", "person": person, "language": "ja", "at": APRIL},
        **{"address": parts.vault.seal_json(address, "address"), "campaign": row.campaign, "version": 2},
    }
    with transaction(parts.db) as connection:
        connection.execute(CHAT, values)
        connection.execute("UPDATE submissions SET person = %s, channel = 'sms'", [person])


CHAT = """
INSERT INTO conversations (id, channel, person, address, campaign, campaign_version, script, script_version, language,
    pending, turn, owner, blocked, last_event_at, created_at, erase_at)
VALUES (%(id)s, %(channel)s, %(person)s, %(address)s, %(campaign)s, %(version)s, 'apply', 1, %(language)s,
    '{}', 1, 'bot', false, %(at)s, %(at)s, %(at)s::timestamptz + interval '90 days')
"""


class Rejecting:
    """A claims backend that finds nothing left on any coupon."""

    def submit(self, claim: Claim, *, idempotency_key: str) -> Decision:
        return Decision(ClaimState.REJECTED)


@pytest.mark.parametrize("moved_to", [None, NEW, NEW_PHONE])
def test_the_news_of_a_decision_goes_where_the_application_was_moved_and_not_to_the_old_number(
    database_url: str, redis_url: str, moved_to: DeliveryTarget | None
) -> None:
    with counter(database_url, redis_url) as parts:
        row, old = application(parts, 1), Whose(parts.vault.fingerprint("sms", OLD.value))
        talks_by_sms(parts, row)
        if moved_to:
            mine = contact_changes.movable(parts.db, old)[0]
            change, _ = contacts.asked_for(parts, mine, moved_to, parts.campaign, at=APRIL, language="ja")
            with transaction(parts.db) as connection:
                assert contact_changes.write(connection, change)
            contacts.approve(parts, row.receipt_no, seen=mark(parts), by="佐藤")
        hand_in(replace(parts, claims=Rejecting()), due(parts, row))
        ((to, text),) = letters(parts, "decided")
        assert (moved_to or OLD) == to
        assert "残額がありませんでした" in text
        assert (moved_to == NEW_PHONE) == text.startswith("【")
