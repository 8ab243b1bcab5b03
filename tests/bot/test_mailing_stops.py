"""Who opts out at the provider, or complains of a mail, stands on the one list from then on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.deliveries.bounces import take_bounce
from bot.parts import Parts
from bot.store import suppressions
from bot.store.db import autocommit
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import house, planned, rows
from tests.bot.test_mailing_send import at_work, counts, start, until

MAIL = "hanako@docomo.ne.jp"
PERSON = "09,TG20000001,2023-02-23,1000,{phone},{mail},active,,"
ARF = """\
From: <abuse@mail.example.com>
To: <{to}>
Subject: FW: your mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{original}
--b
{enclosed}
--b--
"""
WHOLE = "Content-Type: message/rfc822\n\nReturn-Path: <{path}>\nFrom: office@counter.example.jp\nSubject: x\n\nx\n"
HEADERS = "Content-Type: text/rfc822-headers\n\nReturn-Path: <{path}>\nFrom: office@counter.example.jp\n"


@pytest.fixture
def sending(database_url: str, redis_url: str) -> Iterator[tuple[Parts, Emulator]]:
    with house(database_url, redis_url, BOUNCE_ADDRESS="bounces@counter.example.jp") as found:
        yield found


def stopped(parts: Parts, channel: str, user: str) -> bool:
    with autocommit(parts.db) as connection:
        return suppressions.stands(connection, channel, parts.vault.fingerprint(channel, user))


def reasons(parts: Parts) -> list[str]:
    return [str(reason) for (reason,) in rows(parts, "SELECT reason FROM suppressions")]


@pytest.mark.parametrize("ending", ["90-5553-1610", "90-5555-0004"], ids=["by its receipt", "by its answer"])
def test_a_number_that_opted_out_at_the_provider_goes_on_the_list_and_its_person_is_reached_by_mail(
    sending: tuple[Parts, Emulator], tmp_path: Path, ending: str
) -> None:
    parts, emulator = sending
    planned(parts, tmp_path, PERSON.format(phone=f"0{ending}", mail=MAIL))
    start(parts)
    with at_work(parts):
        until(lambda: 1 == len(emulator.mail.inbox(MAIL)))
    assert stopped(parts, "sms", f"+81{ending.replace('-', '')}")
    assert not stopped(parts, "mail", MAIL)
    assert ["21610"] == reasons(parts)


def test_an_opt_out_that_is_told_twice_stands_once(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    emulator.faults.set({"twilio.callback": [{"do": "duplicate"}]})
    planned(parts, tmp_path, PERSON.format(phone="090-5553-1610", mail=""))
    start(parts)
    with at_work(parts):
        until(lambda: {"suppressed": 1} == counts(parts))
        emulator.settle()
    assert ["21610"] == reasons(parts)


def mailed(parts: Parts, emulator: Emulator, folder: Path) -> str:
    """A mail of a mailing that has arrived; gives the address that it would have come back to."""
    planned(parts, folder, PERSON.format(phone="", mail=MAIL))
    start(parts)
    with at_work(parts):
        until(lambda: {"accepted": 1} == counts(parts))
    [mail] = emulator.mail.inbox(MAIL)
    return str(mail["headers"]["Return-Path"]).strip("<>")


def complaint(path: str, kind: str = "abuse", *, enclosed: str = WHOLE, by: str = "enclosed") -> bytes:
    """One that names the address that the mail would have come back to by one thing alone."""
    named = {name: path if by == name else "other@example.com" for name in ("enclosed", "field", "to")}
    told = enclosed.format(path=named["enclosed"])
    original = f"Original-Mail-From: <{named['field']}>\n"
    return ARF.format(kind=kind, original=original, enclosed=told, to=named["to"]).encode()


@pytest.mark.parametrize("kind", ["abuse", "Fraud", "opt-out"])
def test_who_complains_of_a_mail_gets_none_any_more(sending: tuple[Parts, Emulator], tmp_path: Path, kind: str) -> None:
    parts, emulator = sending
    path = mailed(parts, emulator, tmp_path)
    assert [True, True] == [take_bounce(parts, complaint(path, kind)) for _ in range(2)]
    assert stopped(parts, "mail", MAIL)
    assert ["complaint"] == reasons(parts)
    assert {"accepted": 1} == counts(parts)


@pytest.mark.parametrize("how", [{"enclosed": WHOLE}, {"enclosed": HEADERS}, {"by": "field"}, {"by": "to"}])
def test_a_complaint_is_known_by_the_mail_it_encloses_or_names_or_by_whom_it_is_sent_to(
    sending: tuple[Parts, Emulator], tmp_path: Path, how: dict[str, object]
) -> None:
    parts, emulator = sending
    assert take_bounce(parts, complaint(mailed(parts, emulator, tmp_path), **how))  # type: ignore[arg-type]  # by name
    assert stopped(parts, "mail", MAIL)


def test_nobody_can_complain_for_somebody_else(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    path = mailed(parts, emulator, tmp_path)
    assert not take_bounce(parts, complaint(path.replace("@", "x@")))
    assert [] == reasons(parts)


def test_what_was_called_no_spam_and_an_answer_of_holidays_stop_nothing_and_move_nothing(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    path = mailed(parts, emulator, tmp_path)
    assert take_bounce(parts, complaint(path, "not-spam"))
    assert take_bounce(parts, f"To: {path}\nAuto-Submitted: auto-replied\nSubject: away\n\nuntil Monday\n".encode())
    assert ([], {"accepted": 1}) == (reasons(parts), counts(parts))
    assert [("auto_reply",), ("complaint",), ("taken",)] == rows(
        parts, "SELECT kind FROM delivery_events ORDER BY kind"
    )
