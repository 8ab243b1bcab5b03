"""Returned mail that is fetched from its mailbox: kept before it is marked there, and once however often it comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from bot.deliveries import returned
from bot.deliveries.returned import ReturnedMail
from bot.local.returned_check import returned_mail_found
from bot.parts import Parts
from bot.settings import Settings
from bot.store import suppressions
from bot.store.db import autocommit
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.bot.mailing_house import house, opened, planned, rows
from tests.bot.test_mailing_send import at_work, counts, start, until

BOUNCES = "bounces@counter.example.jp"
BACK = "09,TG20000001,2023-02-23,1000,090-1000-0001,comes-back1@docomo.ne.jp,active,,"
COMPLAINS = "09,TG20000002,2023-02-23,1000,,complains1@docomo.ne.jp,active,,"


@pytest.fixture
def sending(database_url: str, redis_url: str) -> Iterator[tuple[Parts, Emulator]]:
    with (
        running(EmulatorConfig()) as mailbox,
        house(
            database_url,
            redis_url,
            DELIVERY_WAYS="mail,sms",
            BOUNCE_ADDRESS=BOUNCES,
            BOUNCE_MAILBOX_URL=f"{mailbox.imap_url}?done=Done",
            SMTP_URL=mailbox.smtp_url,
        ) as (parts, _),
    ):
        yield parts, mailbox


def sent(parts: Parts, folder: Path, *people: str) -> None:
    planned(parts, folder, *people)
    start(parts)
    with at_work(parts):
        until(lambda: {"accepted": len(people)} == counts(parts))


def test_mail_that_comes_back_is_fetched_and_leads_to_the_next_way(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, mailbox = sending
    sent(parts, tmp_path, BACK, COMPLAINS)
    assert not ReturnedMail(parts).read()
    assert [("accepted", "mail"), ("planned", "sms")] == rows(
        parts, "SELECT state, ways[step + 1] FROM deliveries ORDER BY 1"
    )
    with autocommit(parts.db) as connection:
        person = parts.vault.fingerprint("mail", "complains1@docomo.ne.jp")
        assert suppressions.stands(connection, "mail", person)
    assert ([], 2) == (mailbox.returned.messages(), len(mailbox.returned.messages("Done")))


def test_a_crash_between_keeping_and_marking_brings_it_again_and_changes_nothing(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, mailbox = sending
    sent(parts, tmp_path, BACK)
    [report] = mailbox.returned.messages()
    mailbox.returned.keep(report.content)
    assert not ReturnedMail(parts).read()
    assert [("planned", 1)] == rows(
        parts, "SELECT state, (SELECT count(*)::int FROM delivery_events WHERE kind = 'bounce') FROM deliveries"
    )
    assert 2 == len(mailbox.returned.messages("Done"))


def test_what_cannot_be_kept_stays_unread_until_it_can(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, mailbox = sending
    sent(parts, tmp_path, BACK)
    reader = ReturnedMail(parts)
    rename(parts, "delivery_events", "away")
    with pytest.raises(psycopg.Error):
        reader.read()
    assert [set()] == [message.flags for message in mailbox.returned.messages()]
    rename(parts, "away", "delivery_events")
    assert not reader.read()
    assert [] == mailbox.returned.messages()


def rename(parts: Parts, table: LiteralString, to: LiteralString) -> None:
    with autocommit(parts.db) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {to}")


def test_a_mail_that_cannot_be_read_is_flagged_and_holds_nothing_up(
    sending: tuple[Parts, Emulator], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts, mailbox = sending
    sent(parts, tmp_path, BACK)
    [report] = mailbox.returned.messages()
    with_nul = report.content.replace(b"Status: ", b"Status: \x00")
    assert with_nul != report.content
    for broken in (b"To: <\r\n\r\nx", b"To: a@\r\n\r\nx", b'To: "\r\n\r\nx', with_nul):
        mailbox.returned.keep(broken)
    mailbox.returned.keep(report.content)
    assert not ReturnedMail(parts).read()
    assert [{r"\Seen", r"\Flagged"}] * 4 == [message.flags for message in mailbox.returned.messages()]
    assert 2 == len(mailbox.returned.messages("Done"))
    assert 1 == capsys.readouterr().out.count("DataError")


def test_one_process_reads_at_a_time(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, mailbox = sending
    sent(parts, tmp_path, BACK)
    parts.redis.set(returned.READER, "1", ex=60)
    assert not ReturnedMail(parts).read()
    assert 1 == len(mailbox.returned.messages())


def test_a_wrong_password_is_told_by_the_check_and_not_tried_again_at_once(
    database_url: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(EmulatorConfig()) as mailbox:
        url = mailbox.imap_url.replace(":pass@", ":wrong@")
        with opened(database_url, redis_url, BOUNCE_ADDRESS=BOUNCES, BOUNCE_MAILBOX_URL=url) as parts:
            assert ("cannot be read: it refuses the user or the password", True) == told(parts.settings)
            reader = ReturnedMail(parts)
            assert [False, False] == [reader.read() for _ in range(2)]
            logged = capsys.readouterr().out
            assert 1 == logged.count("login_refused")
            assert "wrong" not in logged.replace("returned_mail.cannot_read", "")


def told(settings: Settings) -> tuple[str, bool]:
    """What the check says, and whether it names what to mend."""
    name, says, mend, _ = returned_mail_found(settings)
    assert "Returned mail" == name
    return says, "BOUNCE_MAILBOX_URL" in mend


def test_the_check_tells_how_many_are_not_read_and_what_reads_them_without_a_mailbox(
    sending: tuple[Parts, Emulator], database_url: str, redis_url: str
) -> None:
    parts, mailbox = sending
    mailbox.returned.keep(b"From: x\r\n\r\n")
    assert ("can be read; 1 not read yet", False) == told(parts.settings)
    with opened(database_url, redis_url) as without:
        assert ("is not read, because no mailbox is set", False) == told(without.settings)
        note = returned_mail_found(without.settings)[-1]
        assert [True, True] == [name in note for name in ("BOUNCE_ADDRESS", "BOUNCE_MAILBOX_URL")]
