"""What is planned goes out once to each person, whatever the provider answers, and by the next way where one fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.deliveries.outcomes import receipt_word
from bot.deliveries.receipts import Receipts
from bot.deliveries.reminding import remind
from bot.deliveries.sender import Sender
from bot.parts import Parts
from bot.store import mailings
from bot.store.db import open_pool, transaction
from bot.store.deliveries import Word
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import house, people, planned, rows


@contextmanager
def at_work(parts: Parts, senders: int = 1) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(senders):
            sender = Sender(parts)
            thread = threading.Thread(target=sender.run)
            thread.start()
            stack.callback(thread.join)
            stack.callback(sender.stop)
        yield


def start(parts: Parts, name: str = "april", to: str = "running") -> None:
    mailing = mailings.by_name(parts.db, name)
    assert mailing
    with transaction(parts.db) as connection:
        assert mailings.move(connection, mailing.id, to)


def counts(parts: Parts, name: str = "april") -> dict[str, int]:
    mailing = mailings.by_name(parts.db, name)
    assert mailing
    return mailings.counts(parts.db, mailing.id)


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def numbers(count: int, *, first: int = 10_000_001) -> list[str]:
    return [f"+8190{serial}" for serial in range(first, first + count)]


def texts(emulator: Emulator, count: int) -> list[int]:
    return [len(emulator.sms.inbox(number)) for number in numbers(count)]


def test_each_person_gets_one_text_with_their_own_url(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    planned(parts, tmp_path, *people(120))
    start(parts)
    with at_work(parts, senders=3):
        until(lambda: {"delivered": 120} == counts(parts))
        until(lambda: "finished" == mailings.every(parts.db)[0].state)
    assert [1] * 120 == texts(emulator, 120)
    urls = {emulator.sms.inbox(number)[0]["body"].split(" /r/")[-1] for number in numbers(120)}
    assert 120 == len(urls)
    assert [("notified", 120)] == rows(parts, "SELECT state, count(*) FROM entitlements GROUP BY 1")


def test_nothing_goes_out_before_it_is_started_nor_at_night(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    planned(parts, tmp_path, *people(2))
    with at_work(parts):
        time.sleep(1.5)
        assert {"planned": 2} == counts(parts)
        emulator.clock.set("2023-04-05T20:00:00+09:00")
        start(parts)
        time.sleep(1.5)
        assert {"planned": 2} == counts(parts)
        emulator.clock.set("2023-04-06T10:00:00+09:00")
        until(lambda: {"delivered": 2} == counts(parts))


def test_an_answer_that_was_lost_is_looked_up_and_nobody_gets_two(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    emulator.faults.set({"twilio.create": [{"do": "drop_after", "share": 0.5}], "twilio.callback": [{"do": "drop"}]})
    planned(parts, tmp_path, *people(20))
    start(parts)
    with at_work(parts):
        until(lambda: not counts(parts).keys() & {"planned", "sending", "unknown"})
    assert [1] * 20 == texts(emulator, 20)
    assert rows(parts, "SELECT FROM delivery_events WHERE kind = 'found'")


def test_what_surely_was_not_taken_is_sent_again(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    refusals = [{"do": "drop_before", "times": 6}, {"do": "status", "status": 429, "times": 6}]
    emulator.faults.set({"twilio.create": refusals})
    planned(parts, tmp_path, *people(20))
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": 20} == counts(parts))
    assert [1] * 20 == texts(emulator, 20)


def test_who_cannot_be_reached_by_sms_is_reached_by_mail(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    dead = "09,TG20000001,2023-02-23,1000,{},hanako@example.jp,active,,"
    planned(parts, tmp_path, dead.format(UNKNOWN_NUMBER))
    start(parts)
    with at_work(parts):
        until(lambda: {"accepted": 1} == counts(parts) and emulator.mail.inbox("hanako@example.jp") != [])
    [mail] = emulator.mail.inbox("hanako@example.jp")
    assert "/r/" in mail["text"]
    assert [("sms",), ("mail",)] == rows(parts, "SELECT way FROM delivery_attempts ORDER BY number")
    [(target,)] = rows(parts, "SELECT target FROM entitlements")
    assert ["mail", "hanako@example.jp"] == parts.vault.open_json(target, "entitlements.target")


def test_a_pause_takes_effect_at_once_and_resuming_loses_nothing(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    with house(database_url, redis_url, SMS_RATE="50") as (parts, emulator), at_work(parts, senders=2):
        planned(parts, tmp_path, *people(200))
        start(parts)
        until(lambda: sum(texts(emulator, 200)) > 10)
        start(parts, to="paused")
        time.sleep(1)
        until(lambda: not counts(parts).keys() & {"sending", "unknown"})
        seen = sum(texts(emulator, 200))
        time.sleep(1)
        assert seen == sum(texts(emulator, 200)) < 200
        start(parts)
        until(lambda: {"delivered": 200} == counts(parts))
    assert [1] * 200 == texts(emulator, 200)


def test_a_wrong_sender_pauses_the_mailing_with_its_reason_and_burns_nobody(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    with house(database_url, redis_url, TWILIO_FROM="+15005550099") as (parts, _):
        planned(parts, tmp_path, *people(5))
        start(parts)
        with at_work(parts):
            until(lambda: "paused" == mailings.every(parts.db)[0].state)
            time.sleep(1)
        assert "21606" in mailings.every(parts.db)[0].reason
        assert {"planned": 5} == counts(parts)


@pytest.mark.parametrize(("ending", "reason"), [("5530007", "filtered"), ("5530005", "unknown users")])
def test_a_mailing_stops_itself_when_too_much_of_it_is_filtered_or_goes_to_nobody(
    sending: tuple[Parts, Emulator], tmp_path: Path, ending: str, reason: str
) -> None:
    parts, _ = sending
    phones = [f"0{prefix}0{digit}{ending}" for prefix in "789" for digit in "123456789"]
    troubled = [f"09,TG3000{n:04d},2023-02-23,1000,{phone},,active,," for n, phone in enumerate(phones)]
    planned(parts, tmp_path, *troubled, *people(60))
    start(parts)
    with at_work(parts):
        until(lambda: mailings.every(parts.db)[0].reason.startswith(reason))
    assert "paused" == mailings.every(parts.db)[0].state


def test_receipts_wait_on_disk_while_the_database_is_away_and_are_written_when_it_is_back(
    sending: tuple[Parts, Emulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.db.POOL_WAIT_SECONDS", 0.2)
    parts, _ = sending
    planned(parts, tmp_path, *people(3))
    ids = [row[0] for row in rows(parts, "SELECT id FROM deliveries ORDER BY id")]
    away = open_pool("postgresql://127.0.0.1:1/nowhere?connect_timeout=1", size=1)
    settings = parts.settings.model_copy(update={"data_dir": tmp_path})
    receipts = Receipts(replace(parts, db=away, settings=settings))
    for each in ids:
        told = Word(each, 0, "", provider="twilio", provider_id=f"SM{each}")
        receipts.take(receipt_word(told, "delivered", "", poll_after=1))
    assert {"planned": 3} == counts(parts)
    assert list((tmp_path / "spool").glob("*.json"))
    assert Receipts(replace(parts, settings=settings)).replay()
    assert ({"delivered": 3}, []) == (counts(parts), list((tmp_path / "spool").iterdir()))
    away.close()


def test_who_has_chosen_or_wants_no_messages_gets_none(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    planned(parts, tmp_path, *people(3))
    with transaction(parts.db) as connection:
        connection.execute(CHOSEN.encode())
        connection.execute(STOPPED.encode(), {"person": parts.vault.fingerprint("sms", numbers(2)[1])})
    start(parts)
    with at_work(parts):
        until(lambda: {"chosen": 1, "accepted": 1, "delivered": 1} == counts(parts))
    assert [0, 0, 1] == texts(emulator, 3)
    assert 1 == len(emulator.mail.inbox("p10000002@example.jp"))


def test_reminders_go_to_those_alone_who_have_not_chosen_each_once(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    planned(parts, tmp_path, *people(4))
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": 4} == counts(parts))
        with transaction(parts.db) as connection:
            connection.execute(CHOSEN.encode())
        assert 0 == remind(parts)
        emulator.clock.set("2023-05-25T10:00:00+09:00")
        assert (3, 0) == (remind(parts), remind(parts))
        until(lambda: {"delivered": 3} == counts(parts, "tochigi-2023-02-reminder-7"))
        emulator.clock.set("2023-06-01T10:00:00+09:00")
        assert 0 == remind(parts)
    assert [1, 2, 2, 2] == texts(emulator, 4)
    assert "まだです" in emulator.sms.inbox(numbers(2)[1])[-1]["body"]


CHOSEN = """
UPDATE entitlements SET state = 'chosen', brand = 'amazon', chosen_at = now() WHERE coupon_number = 'TG10000001'
"""
STOPPED = """
INSERT INTO suppressions (id, channel, person, reason, kind, since, source)
VALUES (gen_random_uuid(), 'sms', %(person)s, 'stop', 'everything', now(), 's')
"""
UNKNOWN_NUMBER = "090-1553-0005"
