"""Each mailing keeps to its own campaign: its words, its hours, its last day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.deliveries.receipts import Receipts
from bot.deliveries.reminding import remind
from bot.deliveries.samples import samples
from bot.parts import Parts
from bot.store import mailings
from bot.store.db import transaction
from bot.store.deliveries import Word
from bot.store.mailing_figures import Kind
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import house, people, planned, rows
from tests.bot.test_mailing_send import at_work, counts, numbers, start, until


@pytest.fixture
def both(database_url: str, redis_url: str) -> Iterator[tuple[Parts, Emulator]]:
    with house(database_url, redis_url, CAMPAIGNS="iwate-2023-02") as found:
        yield found


def test_a_reminder_of_another_campaign_has_its_words_and_its_last_day(
    both: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = both
    planned(parts, tmp_path, *people(1))
    with transaction(parts.db) as connection:
        connection.execute("UPDATE deliveries SET state = 'delivered', due_at = NULL")
        connection.execute("UPDATE entitlements SET campaign = 'iwate-2023-02'")
    emulator.clock.set("2023-06-20T10:00:00+09:00")  # after the last day of the first campaign
    assert 1 == remind(parts)
    mailing = mailings.by_name(parts.db, "iwate-2023-02-reminder-14")
    assert mailing
    [shown] = [each.text for each in samples(parts, mailing, [Kind("sms", "ja", applied=False)])]
    with at_work(parts):
        until(lambda: {"delivered": 1} == counts(parts, mailing.name))
    sent = emulator.sms.inbox(numbers(1)[0])[-1]["body"]
    for text in (shown, sent):
        assert "いわて旅応援プロジェクト" in text
        assert "6/30" in text


def test_a_mail_of_another_campaign_names_the_office_of_that_campaign(
    both: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = both
    planned(parts, tmp_path, "09,TG10000001,2023-02-23,1000,,hanako@example.jp,active,,")
    with transaction(parts.db) as connection:
        connection.execute("UPDATE entitlements SET campaign = 'iwate-2023-02', campaign_version = 1")
        connection.execute("UPDATE mailings SET campaign = 'iwate-2023-02', campaign_version = 1")
    start(parts)
    with at_work(parts):
        until(lambda: emulator.mail.inbox("hanako@example.jp") != [])
    [mail] = emulator.mail.inbox("hanako@example.jp")
    assert "いわて旅 補償窓口" in str(mail["from"])


def test_what_has_not_gone_out_by_the_last_day_is_expired_and_the_mailing_finished(
    both: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = both
    planned(parts, tmp_path, *people(2))
    emulator.clock.set("2023-06-02T10:00:00+09:00")
    start(parts)
    with at_work(parts):
        until(lambda: "finished" == mailings.every(parts.db)[0].state)
    assert {"expired": 2} == counts(parts)
    assert [] == emulator.sms.inbox(numbers(1)[0])


@pytest.mark.parametrize("content", ['[{"id": "no id"}]', "half a fi", '[{"of": "another version"}]', "[7]"])
def test_an_unreadable_receipt_on_disk_is_set_aside_and_those_after_it_are_written(
    both: tuple[Parts, Emulator], tmp_path: Path, content: str
) -> None:
    parts, _ = both
    planned(parts, tmp_path, *people(1))
    [(delivery,)] = rows(parts, "SELECT id FROM deliveries")
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "1.json").write_text(content)
    (spool / "2.json").mkdir()  # what cannot even be opened
    receipts = Receipts(replace(parts, settings=parts.settings.model_copy(update={"data_dir": tmp_path})))
    receipts.take(Word(delivery, 0, "", "delivered"))
    until(lambda: {"delivered": 1} == counts(parts))
    assert ["1.unreadable", "1.why", "2.json"] == sorted(file.name for file in spool.iterdir())


@pytest.mark.parametrize(
    "rubbish", [{"code": "\0"}, {"attempt": 10**12}, {"attempt": "first"}, {"to": "delivered", "wait": "long"}]
)
def test_a_receipt_that_the_record_does_not_take_is_set_aside_with_its_reason_and_its_batch_goes_on(
    both: tuple[Parts, Emulator], tmp_path: Path, rubbish: dict[str, Any]
) -> None:
    parts, _ = both
    planned(parts, tmp_path, *people(3))
    [(bad,), *good] = rows(parts, "SELECT id FROM deliveries ORDER BY id")
    spool = tmp_path / "spool"
    spool.mkdir()
    words = [{"id": str(good[0][0]), "attempt": 0, "kind": "", "to": "delivered"}]
    words.insert(0, {"id": str(bad), "attempt": 0, "kind": "delivered", "to": "", **rubbish})
    (spool / "1.json").write_text(json.dumps(words))
    receipts = Receipts(replace(parts, settings=parts.settings.model_copy(update={"data_dir": tmp_path})))
    receipts.take(Word(good[1][0], 0, "", "delivered"))
    until(lambda: {"delivered": 2, "planned": 1} == counts(parts))
    assert ["1.unreadable", "1.why"] == sorted(file.name for file in spool.iterdir())
    assert [str(bad)] == [each["id"] for each in json.loads((spool / "1.unreadable").read_text())]
    assert (spool / "1.why").read_text().startswith(f"{bad} ")


def test_a_receipt_that_the_record_does_not_take_is_answered_and_holds_up_none(
    both: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, _ = both
    planned(parts, tmp_path, *people(1))
    [(delivery,)] = rows(parts, "SELECT id FROM deliveries")
    receipts = Receipts(replace(parts, settings=parts.settings.model_copy(update={"data_dir": tmp_path})))
    receipts.take(Word(delivery, 0, "delivered", code="\0"))
    receipts.take(Word(delivery, 0, "", "delivered"))
    assert {"delivered": 1} == counts(parts)


def test_the_writer_of_receipts_outlives_what_breaks_while_it_is_idle(
    both: tuple[Parts, Emulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, _ = both
    planned(parts, tmp_path, *people(1))
    [(delivery,)] = rows(parts, "SELECT id FROM deliveries")
    receipts = Receipts(parts)
    receipts.take(Word(delivery, 0, "looked"))
    broken: list[str] = []

    def away() -> bool:
        broken.append("once")
        monkeypatch.undo()
        raise OSError("the disk is away")

    monkeypatch.setattr(receipts, "replay", away)
    until(lambda: broken != [])
    receipts.take(Word(delivery, 0, "", "delivered"))
    assert {"delivered": 1} == counts(parts)
