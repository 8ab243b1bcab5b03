"""A number that wants no SMS, as the provider's receipts tell of it, whatever their order; and what is said instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest

from bot.asker import Asker
from bot.conversation import put_aside
from bot.letterbox import message_to
from bot.lookups import look_up
from bot.store import inbound, outgoing, suppressions
from bot.store.db import autocommit
from bot.store.outgoing import Due, NewOutgoing, Settled
from bot.store.suppressions import CONFIRMS, Suppression
from bot.worker import Worker, send_outgoing
from dialogs.message import Outbound
from dialogs.steps import Lookup
from integrations.emulator.twilio_messages import twilio_signature
from tests.bot.test_sending_patience import FarSide, through
from tests.bot.web.counter import SETTINGS, Counter, opened_counter

NUMBER = "+819012345678"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


def planned(counter: Counter, purpose: str = "reward_url", kind: str = "sms", to: str = NUMBER) -> NewOutgoing:
    message = message_to(counter.parts.vault, kind, to, Outbound("届きました"), purpose=purpose)
    with autocommit(counter.parts.db) as connection:
        outgoing.insert(connection, replace(message, not_before=counter.parts.clock.now() - timedelta(minutes=1)))
    return message


def claimed(counter: Counter) -> list[Due]:
    with autocommit(counter.parts.db) as connection:
        return outgoing.claim(connection, dated_until=counter.parts.clock.now(), most=9, lease=20)


def stop(counter: Counter, kind: str = "sms", to: str = NUMBER) -> None:
    person = counter.parts.vault.fingerprint(kind, to)
    with autocommit(counter.parts.db) as connection:
        suppressions.add(connection, Suppression(kind, person, "stop", counter.parts.clock.now(), "SM1"))


def receipt(counter: Counter, message: UUID, status: str, code: str = "") -> None:
    """A signed receipt of Twilio's, as it arrives."""
    fields = {"MessageSid": "SM1", "MessageStatus": status, **({"ErrorCode": code} if code else {})}
    target = f"/webhooks/twilio/status?{urlencode({'o': str(message), 'n': 1})}"
    token, url = SETTINGS["TWILIO_AUTH_TOKEN"], counter.parts.public_url(target)
    headers = {"X-Twilio-Signature": twilio_signature(token, url, fields)}
    answer = counter.app.test_client().post(target, data=fields, headers=headers)
    assert 204 == answer.status_code


def by_sms(counter: Counter, text: str) -> None:
    """A signed message of that number's, as it arrives."""
    fields = {"MessageSid": f"SM{text}", "From": NUMBER, "To": "+15005550006", "Body": text}
    url = counter.parts.public_url("/webhooks/twilio/inbound")
    headers = {"X-Twilio-Signature": twilio_signature(SETTINGS["TWILIO_AUTH_TOKEN"], url, fields)}
    answer = counter.app.test_client().post("/webhooks/twilio/inbound", data=fields, headers=headers)
    assert 200 == answer.status_code


def failed(counter: Counter) -> list[str]:
    """What is said when the oldest message fails for the last time."""
    with autocommit(counter.parts.db) as connection:
        (event,) = inbound.claim(connection, most=1)
    taken = put_aside(counter.parts, event, why="ValueError")
    assert taken
    return [said.text for said in taken.play.said]


def state(counter: Counter, message: UUID) -> str:
    with autocommit(counter.parts.db) as connection:
        row = connection.execute("SELECT state FROM outgoing WHERE id = %s", (message,)).fetchone()
    assert row
    return str(row[0])


def lease_is_over(counter: Counter) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE outgoing SET lease_until = '-infinity'")


@pytest.mark.parametrize("recorded_first", [True, False])
def test_a_receipt_that_tells_of_a_stop_counts_whether_it_comes_before_our_own_record_or_after(
    counter: Counter, recorded_first: bool
) -> None:
    message = planned(counter)
    assert [False] == [due.held for due in claimed(counter)]
    sent = Settled(message.id, 1, "sent", provider_id="SM1")
    if recorded_first:
        outgoing.settle(counter.parts.db, [sent])
    receipt(counter, message.id, "undelivered", "21610")
    if not recorded_first:
        outgoing.settle(counter.parts.db, [sent])
    receipt(counter, message.id, "undelivered", "21610")
    lease_is_over(counter)
    assert [(message.id, True)] == [(due.id, due.held) for due in claimed(counter)]


def test_any_other_receipt_puts_nobody_on_the_list(counter: Counter) -> None:
    message = planned(counter)
    claimed(counter)
    receipt(counter, message.id, "undelivered", "30005")
    person = counter.parts.vault.fingerprint("sms", NUMBER)
    with autocommit(counter.parts.db) as connection:
        assert not suppressions.stands(connection, "sms", person)
    assert "undelivered" == state(counter, message.id)


def test_whatever_is_planned_for_a_stopped_number_is_held_back_but_that_it_was_heard(counter: Counter) -> None:
    stop(counter)
    far_side = FarSide()
    held = planned(counter, "code")
    work = Worker(through(counter.parts, far_side))
    try:
        send_outgoing(work)
        assert ("suppressed", 0) == (state(counter, held.id), len(far_side.taken))
        planned(counter, CONFIRMS)
        send_outgoing(work)
    finally:
        work.stop()
        work.run()
    assert 1 == len(far_side.taken)


def test_who_wants_no_reminders_still_gets_codes(counter: Counter) -> None:
    person = counter.parts.vault.fingerprint("mail", "hanako@example.jp")
    with autocommit(counter.parts.db) as connection:
        one_click = Suppression("mail", person, "one_click", counter.parts.clock.now(), "page", "reminders")
        suppressions.add(connection, one_click)
    for purpose in ("code", "reminder_7"):
        planned(counter, purpose, "mail", "hanako@example.jp")
        assert [purpose.startswith("reminder")] == [due.held for due in claimed(counter)]
        lease_is_over(counter)
        with autocommit(counter.parts.db) as connection:
            connection.execute("UPDATE outgoing SET state = 'sent'")


def test_a_code_is_not_even_planned_for_a_stopped_number(counter: Counter) -> None:
    stop(counter)
    asker = Asker(b"p", counter.parts.campaign, "ja", counter.parts.clock.now())
    found = look_up(counter.parts, Lookup("code[1]", "send_code", {"kind": "sms", "value": NUMBER, "n": 1}), asker)
    assert ({"sent": False, "why": "stopped"}, ()) == (found.result, found.sends)


def test_who_has_said_stop_is_not_written_to_when_a_message_of_theirs_fails_for_good(counter: Counter) -> None:
    stop(counter)
    by_sms(counter, "もしもし")
    assert [] == failed(counter)


def test_a_stop_that_fails_for_good_is_kept_and_said_to_be_heard(counter: Counter) -> None:
    by_sms(counter, "停止")
    assert [] == failed(counter)
    with autocommit(counter.parts.db) as connection:
        assert suppressions.stands(connection, "sms", counter.parts.vault.fingerprint("sms", NUMBER))
    assert 1 == len(counter.sent(CONFIRMS))
