"""Withdrawing and the URL once more, on PostgreSQL: once, only by the person, never what has gone out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from psycopg import Rollback

from bot import rewards
from bot.asked import MOST_RESENDS, applied_for, url_again, withdrawable
from bot.filing import open_claim, seal_claim
from bot.parts import Parts
from bot.store import outgoing, submissions
from bot.store.db import autocommit, transaction
from bot.store.known_claims import Whose
from bot.store.submissions import DueSubmission, NewSubmission, Outcome, Withdrawal
from bot.submission import hand_in
from tests.bot.refunds_house import APRIL, application, counter

HANAKO = b"hanako"
PROVIDERS = {
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "office@counter.example.jp",
}


def withdraw(parts: Parts, row: NewSubmission, person: bytes = HANAKO) -> bool:
    """In a transaction of its own, which is undone when it was too late."""
    done = False
    with transaction(parts.db) as connection:
        done = submissions.withdraw(connection, Withdrawal(row.receipt_no, person, APRIL))
        if not done:
            raise Rollback
    return done


def claim_due(parts: Parts) -> DueSubmission:
    with autocommit(parts.db) as connection:
        (due,) = submissions.claim(connection, most=5)
    return due


def accepted(parts: Parts, serial: int) -> NewSubmission:
    """An application with a right to points, its URL planned."""
    row = application(parts, serial)
    due = claim_due(parts)
    with transaction(parts.db) as connection:
        assert submissions.settle(connection, row.id, Outcome("accepted", 1200, "", None, APRIL))
        rewards.entitle(parts, connection, due, open_claim(parts, row.claim), amount=1200, language="ja")
    return row


def rows(parts: Parts, query: str) -> list[tuple[object, ...]]:
    with autocommit(parts.db) as connection:
        return connection.execute(query.encode()).fetchall()


def bodies(parts: Parts) -> set[str]:
    """All that was ever to be sent."""
    return {
        part["text"]
        for (body,) in rows(parts, "SELECT body FROM outgoing")
        for part in parts.vault.open_json(body, "body")  # type: ignore[arg-type]
    }


def sent(parts: Parts, state: str = "sent") -> None:
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = %s", [state])


def ask(parts: Parts, person: bytes = HANAKO, at: datetime = APRIL + timedelta(days=4), to: str = "") -> str:
    """Ask for the URL once more and let it be planned; each time the meter forgets."""
    parts.redis.flushdb()
    result, message = url_again(parts, Whose(person), parts.campaign, at=at, language="ja", to=to)
    if message:
        with transaction(parts.db) as connection:
            assert outgoing.insert(connection, message)
    return str(result["url"])


def test_a_withdrawn_application_is_let_go_by_the_backend_and_its_url_is_called_back(
    database_url: str, redis_url: str
) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts, 1)
        assert {"receipt_nos": [row.receipt_no], "why": "sent"} == withdrawable(parts, Whose(HANAKO))
        assert withdraw(parts, row)
        assert [("cancelled", "withdrawn")] == rows(parts, "SELECT state, error FROM outgoing")
        assert [(True,)] == rows(parts, "SELECT voided_at IS NOT NULL FROM entitlements")
        hand_in(parts, claim_due(parts))
        assert [("cancelled",)] == rows(parts, "SELECT state FROM submissions")
        assert {"receipt_nos": [], "why": "none"} == withdrawable(parts, Whose(HANAKO))


@pytest.mark.parametrize("state", ["sending", "sent", "delivered", "undelivered", "unknown"])
def test_what_has_gone_out_is_not_called_back(database_url: str, redis_url: str, state: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts, 1)
        sent(parts, state)
        assert {"receipt_nos": [], "why": "sent"} == withdrawable(parts, Whose(HANAKO))
        assert not withdraw(parts, row)
        assert [("accepted",)] == rows(parts, "SELECT state FROM submissions")
        assert [(None,)] == rows(parts, "SELECT voided_at FROM entitlements")


def test_nobody_withdraws_what_is_another_persons(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        assert {"receipt_nos": [], "why": "none"} == withdrawable(parts, Whose(b"taro"))
        assert not withdraw(parts, row, b"taro")
        assert withdraw(parts, row)
        assert not withdraw(parts, row)


def test_an_answer_of_the_backend_that_comes_after_the_withdrawal_changes_nothing(
    database_url: str, redis_url: str
) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        handing_in = claim_due(parts)
        assert withdraw(parts, row)
        with transaction(parts.db) as connection:
            assert not submissions.settle(connection, row.id, Outcome("accepted", 1200, "", None, APRIL))
        submissions.later(parts.db, handing_in, seconds=1, state="pending", reason="")
        assert [("withdrawing",)] == rows(parts, "SELECT state FROM submissions")


def test_the_same_url_goes_out_again_and_only_so_often(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        accepted(parts, 1)
        assert "planned" == ask(parts)
        sent(parts, "delivered")
        assert "again" == ask(parts)
        assert "planned" == ask(parts)
        sent(parts, "undelivered")
        assert "undelivered" == ask(parts)
        for _ in range(MOST_RESENDS - 2):
            sent(parts)
            assert "again" == ask(parts)
        sent(parts)
        assert "too_often" == ask(parts)
        assert 1 == len(bodies(parts))
        assert [(1, MOST_RESENDS + 1)] == rows(
            parts, "SELECT (SELECT count(*) FROM entitlements), (SELECT count(*) FROM outgoing)"
        )


def test_once_in_ten_minutes_is_enough(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        accepted(parts, 1)
        sent(parts)
        assert "again" == ask(parts)
        sent(parts)
        assert "too_often" == url_again(parts, Whose(HANAKO), parts.campaign, at=APRIL, language="ja")[0]["url"]


@pytest.mark.parametrize(
    ("at", "expected"), [("04-08T12:00", "early"), ("04-11T00:00", "none"), ("06-01T00:00", "over")]
)
def test_who_has_no_application_hears_when_the_url_comes(
    database_url: str, redis_url: str, at: str, expected: str
) -> None:
    with counter(database_url, redis_url) as parts:
        assert expected == ask(parts, at=datetime.fromisoformat(f"2023-{at}:00+09:00"))


def test_while_it_is_checked_and_after_it_is_withdrawn_nothing_is_sent_again(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        assert "waiting" == ask(parts)
        assert withdraw(parts, row)
        assert "none" == ask(parts)
        assert [] == rows(parts, "SELECT 1 FROM outgoing")


def with_contact(parts: Parts, contact: str) -> None:
    """The application on record names another contact beside its target."""
    ((sealed,),) = rows(parts, "SELECT claim FROM submissions")
    claim = replace(open_claim(parts, sealed), contact=contact)  # type: ignore[arg-type]
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE submissions SET claim = %s", [seal_claim(parts, claim)])


def sent_to(parts: Parts) -> list[str]:
    """Where the URL went or is to go, in order."""
    found = rows(parts, "SELECT address FROM outgoing WHERE purpose LIKE 'reward_url%' ORDER BY id")
    return [parts.vault.open_json(address, "address")[1] for (address,) in found]  # type: ignore[arg-type]


def test_a_url_that_did_not_arrive_goes_the_other_way_and_back_and_stays_one(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **PROVIDERS) as parts:
        accepted(parts, 1)
        with_contact(parts, "hanako@example.jp")
        sent(parts, "undelivered")
        assert "other_way" == ask(parts)
        sent(parts, "undelivered")
        assert "undelivered" == ask(parts)
        assert ["+819011112222", "hanako@example.jp", "+819011112222"] == sent_to(parts)
        urls = {re.search(r"/r/\w+", text)[0] for text in bodies(parts)}  # type: ignore[index]
        assert 1 == len(urls)


def test_who_has_two_contacts_on_record_says_to_which_it_goes(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **PROVIDERS) as parts:
        accepted(parts, 1)
        with_contact(parts, "hanako@example.jp")
        sent(parts, "delivered")
        assert "choose" == ask(parts)
        assert "other_way" == ask(parts, to="other")
        sent(parts)
        assert "again" == ask(parts, to="same")
        assert ["+819011112222", "hanako@example.jp", "+819011112222"] == sent_to(parts)


@pytest.mark.parametrize("contact", ["+81286233210", "+819011112222"])
def test_a_landline_or_the_same_number_is_no_other_way(database_url: str, redis_url: str, contact: str) -> None:
    with counter(database_url, redis_url, **PROVIDERS) as parts:
        accepted(parts, 1)
        with_contact(parts, contact)
        sent(parts, "undelivered")
        assert "undelivered" == ask(parts)
        assert ["+819011112222"] * 2 == sent_to(parts)


def test_a_coupon_of_ones_own_application_is_told_with_it_and_to_nobody_else(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        ref = open_claim(parts, row.claim).coupons[0]
        mine = applied_for(parts, Whose(HANAKO), ref, at=APRIL)
        assert mine == {"found": "mine", "receipt_no": row.receipt_no, "state": "filed", "target": "090-****-2222"}
        assert applied_for(parts, Whose(b"taro"), ref, at=APRIL) is None
        assert withdraw(parts, row)
        assert applied_for(parts, Whose(HANAKO), ref, at=APRIL) is None
