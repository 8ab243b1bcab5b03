"""Applicants who have not chosen are reminded, whichever way their URL went, and whoever else cannot be."""

from __future__ import annotations

import pytest

from bot import rewards
from bot.app import create_app
from bot.deliveries.reminding import remind
from bot.parts import Parts
from bot.store import entitlements, mailings
from bot.store.db import autocommit
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import rows
from tests.bot.test_mailing_applicants import APRIL, MAIL, accepted, planned, send_singly
from tests.bot.test_mailing_send import at_work, counts, start, until


def test_applicants_are_reminded_whichever_way_their_url_went_and_not_who_has_chosen_or_stopped(
    sending: tuple[Parts, Emulator],
) -> None:
    parts, emulator = sending
    numbers = [f"+8190{serial}" for serial in range(10_000_001, 10_000_005)]
    for serial, number in enumerate(numbers[:3], 1):
        accepted(parts, serial, target=number, contact=number)
    send_singly(parts)
    accepted(parts, 4, target=numbers[3], contact=number)
    planned(parts)
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": 1} == counts(parts))
    rights = [row[0] for row in rows(parts, "SELECT id FROM entitlements ORDER BY id")]
    with autocommit(parts.db) as connection:
        for state in ("opened", "choosing"):
            entitlements.move(connection, rights[0], state, at=APRIL)
        assert entitlements.choose(connection, rights[0], "quo", at=APRIL, erase_at=APRIL)
    emulator.clock.set("2023-05-25T10:00:00+09:00")
    assert (3, 0) == (remind(parts), remind(parts))
    stop_reminders(parts, rights[1])
    with at_work(parts):
        until(lambda: {"delivered": 2, "suppressed": 1} == counts(parts, "tochigi-2023-02-reminder-7"))
    reminded = [sum("まだです" in text["body"] for text in emulator.sms.inbox(number)) for number in numbers]
    assert [0, 0, 1, 1] == reminded


def stop_reminders(parts: Parts, right: object) -> None:
    """The one click of a mail: the page of a right's own token."""
    [(sealed,)] = rows(parts, "SELECT token FROM entitlements WHERE id = %s", right)
    token = parts.vault.open(bytes(sealed), rewards.TOKEN).decode()
    assert 200 == create_app(parts).test_client().post(f"/u/{token}").status_code


@pytest.mark.parametrize(("days", "day"), [(30, "05-01"), (7, "05-24"), (2, "05-29")])
def test_a_reminder_begins_so_many_days_before_the_last_one_as_the_hours_of_sending_do(
    sending: tuple[Parts, Emulator], days: int, day: str
) -> None:
    parts, emulator = sending
    accepted(parts, 1)
    send_singly(parts)
    name = f"tochigi-2023-02-reminder-{days}"
    emulator.clock.set(f"2023-{day}T09:59:00+09:00")
    remind(parts)
    assert mailings.by_name(parts.db, name) is None
    emulator.clock.set(f"2023-{day}T10:00:00+09:00")
    remind(parts)
    assert mailings.by_name(parts.db, name)


def test_a_reminder_goes_on_to_the_other_contact_where_the_first_fails(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    accepted(parts, 1, target="+819055530005", contact=MAIL)
    send_singly(parts)
    emulator.clock.set("2023-05-24T10:00:00+09:00")
    assert 1 == remind(parts)
    with at_work(parts):
        until(lambda: emulator.mail.inbox(MAIL) != [])
    [mail] = emulator.mail.inbox(MAIL)
    assert "/u/" in str(mail)


@pytest.mark.parametrize("broken", [b"", b"another:key"], ids=["not sealed", "key gone"])
def test_an_application_that_cannot_be_opened_keeps_nobody_else_from_their_url_and_their_reminder(
    sending: tuple[Parts, Emulator], broken: bytes
) -> None:
    parts, emulator = sending
    lost, _ = accepted(parts, 1), accepted(parts, 2)
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE submissions SET claim = %s WHERE id = %s", [broken, lost.id])
    found = planned(parts).applied
    assert (1, 1) == (found.count, found.no_way)
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE entitlements SET state = 'notified'")
    emulator.clock.set("2023-05-25T10:00:00+09:00")
    assert (1, 0) == (remind(parts), remind(parts))
