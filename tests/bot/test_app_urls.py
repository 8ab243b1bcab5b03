"""「URLが届かない」 of app users, on PostgreSQL and over the wire: one URL, to their own contacts on record alone."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.asker import Asker
from bot.lookups import look_up
from bot.parts import Parts
from bot.store import mailings, outgoing
from bot.store.app_urls import Retargeted, retarget
from bot.store.db import autocommit, transaction
from bot.store.outgoing import NewOutgoing
from bot.worker import Worker
from dialogs.rules.campaign import JST
from dialogs.steps import Lookup
from integrations.emulator.twilio_messages import twilio_signature
from tests.bot.mailing_house import house, opened, planned, rows
from tests.bot.test_mailing_send import UNKNOWN_NUMBER, counts, start, until
from tests.dialogs.player import instant

STRANGER, MAIL = "+819077777777", "hanako@example.jp"
PERSON = "09,TG20000001,2023-02-23,1000,{},hanako@example.jp,active,,"
APRIL = instant("04-14 12:00").astimezone(JST)
URL = re.compile(r"/r/([0-9A-Z]{12})")


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with opened(database_url, redis_url) as found:
        yield found


@contextmanager
def working(parts: Parts) -> Iterator[None]:
    worker = Worker(parts)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


def texts(parts: Parts, words: str) -> None:
    """Somebody writes by SMS, from a number that no record knows."""
    fields = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": STRANGER, "To": "+15005550006", "Body": words}
    url, settings = parts.public_url("/webhooks/twilio/inbound"), parts.settings
    assert settings.twilio_auth_token
    signature = twilio_signature(settings.twilio_auth_token.get_secret_value(), url, fields)
    answer = httpx.post(url, data=fields, headers={"X-Twilio-Signature": signature}, timeout=60, trust_env=False)
    assert answer.status_code < 300


def ask(parts: Parts, number: str = "TG20000001", day: str = "2023-02-23", to: str = "", person: bytes = b"p") -> str:
    """What is found out, with all that comes of it written; the meter of resends forgets between two times."""
    for key in parts.redis.scan_iter("*resend*"):
        parts.redis.delete(key)
    given = {"number": number, "trip_date": day, **({"to": to} if to else {})}
    found = look_up(parts, Lookup("u", "resend_app", given), Asker(person, parts.campaign, "ja", APRIL))
    with transaction(parts.db) as connection:
        for each in found.sends:
            if isinstance(each, NewOutgoing):
                assert outgoing.insert(connection, each)
            if isinstance(each, Retargeted):
                retarget(connection, each)
    return str(found.result["url"])


def stands(parts: Parts, state: str, step: int = 0, ways: str = "{sms,mail,sms_plain}") -> None:
    with autocommit(parts.db) as connection:
        connection.execute(
            "UPDATE deliveries SET state = %s, step = %s, ways = %s, attempts = %s,"
            " due_at = CASE WHEN %s THEN now() END",
            (state, step, ways, step if state == "planned" else step + 1, state in mailings.OPEN),
        )


def sent(parts: Parts) -> list[str]:
    """By which channels it was sent again, and the codes go where the last one went."""
    channels = [str(channel) for (channel,) in rows(parts, "SELECT channel FROM outgoing ORDER BY id")]
    [(target,)] = rows(parts, "SELECT target FROM entitlements")
    if channels:
        assert channels[-1] == parts.vault.open_json(target, "entitlements.target")[0]
    return channels


def test_an_undelivered_sms_is_followed_by_the_same_url_by_mail_when_its_person_asks(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    with house(database_url, redis_url, DELIVERY_WAYS="sms") as (parts, emulator), working(parts):
        planned(parts, tmp_path, PERSON.format(UNKNOWN_NUMBER))
        start(parts)
        until(lambda: {"undelivered": 1} == counts(parts))
        until(lambda: "finished" == mailings.every(parts.db)[0].state)
        emulator.clock.set("2023-04-14T12:00:00+09:00")
        for told, words in enumerate(("URLが届かない", "TG-2000 0001", "2/23"), start=1):
            texts(parts, words)
            until(lambda told=told: told <= len(emulator.sms.inbox(STRANGER)))  # type: ignore[misc]  # its own number
        until(lambda: 1 == len(emulator.mail.inbox(MAIL)))
        [mail], answers = emulator.mail.inbox(MAIL), emulator.sms.inbox(STRANGER)
        [(token,)] = rows(parts, "SELECT token FROM entitlements")
        assert URL.findall(mail["text"]) == [parts.vault.open(token, "entitlements.token").decode()]
        assert [("mail",)] == rows(parts, SENT_AGAIN)
    assert "h***@example.jp" in answers[2]["body"]
    assert [] == [each for each in answers if "hanako" in each["body"] or URL.search(each["body"])]


SENT_AGAIN = "SELECT channel FROM outgoing WHERE purpose = 'reward_url_again'"


@pytest.mark.parametrize(
    ("delivery", "word", "channels"),
    [
        (("planned", 0, "{sms,mail}"), "planned", []),
        (("planned", 1, "{sms,mail}"), "on_the_way", []),
        (("sending", 1, "{sms,mail}"), "on_the_way", []),
        (("unknown", 0, "{sms,mail}"), "on_the_way", []),
        (("accepted", 0, "{sms,mail}"), "choose", []),
        (("accepted", 1, "{sms,mail}"), "app_again", ["mail"]),
        (("undelivered", 0, "{sms}"), "app_other_way", ["mail"]),
        (("undelivered", 0, "{mail}"), "app_other_way", ["sms"]),
        (("undelivered", 1, "{sms,mail}"), "undelivered", ["mail"]),
        (("delivered", 2, "{sms,mail,sms_plain}"), "app_again", ["sms"]),
        (("cancelled", 0, "{sms,mail}"), "no_match", []),
    ],
)
def test_it_goes_where_it_has_not_failed(
    parts: Parts, tmp_path: Path, delivery: tuple[str, int, str], word: str, channels: list[str]
) -> None:
    planned(parts, tmp_path, PERSON.format("090-1234-5678"))
    stands(parts, *delivery)
    assert word == ask(parts)
    assert channels == sent(parts)


@pytest.mark.parametrize(("to", "channel"), [("same", "sms"), ("other", "mail")])
def test_who_may_choose_gets_it_there_three_times_at_most_and_the_codes_too(
    parts: Parts, tmp_path: Path, to: str, channel: str
) -> None:
    planned(parts, tmp_path, PERSON.format("090-1234-5678"))
    stands(parts, "delivered")
    assert "app_again" == ask(parts, to=to)
    assert [channel] == sent(parts)
    assert "on_the_way" == ask(parts)
    for _ in range(2):
        _settled(parts, "delivered")
        assert "app_again" == ask(parts, to="same")
    _settled(parts, "delivered")
    assert "too_often" == ask(parts, to="same")
    assert [channel] * 3 == sent(parts)


def test_a_resend_that_failed_goes_the_other_way_next_time(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, PERSON.format("090-1234-5678"))
    stands(parts, "delivered")
    ask(parts, to="same")
    _settled(parts, "undelivered")
    assert "app_other_way" == ask(parts)
    assert ["sms", "mail"] == sent(parts)


def test_a_number_that_wants_no_sms_is_left_out(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, PERSON.format("090-1234-5678"))
    stands(parts, "suppressed", ways="{sms}")
    with autocommit(parts.db) as connection:
        stop = "INSERT INTO suppressions (id, channel, person, reason, kind, since, source) VALUES"
        connection.execute(
            f"{stop} (gen_random_uuid(), 'sms', %s, 'stop', 'everything', now(), 'SM1')".encode(),
            (parts.vault.fingerprint("sms", "+819012345678"),),
        )
    assert "app_other_way" == ask(parts)
    assert ["mail"] == sent(parts)


def test_who_has_chosen_is_told_so_and_nothing_goes_out(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, PERSON.format("090-1234-5678"))
    stands(parts, "delivered")
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE entitlements SET state = 'chosen', brand = 'amazon', chosen_at = now()")
    assert "chosen" == ask(parts)
    assert [] == sent(parts)


def test_nobody_may_guess_for_ever_and_every_miss_is_answered_alike(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, PERSON.format("090-1234-5678"))
    stands(parts, "delivered")
    guesses = [("TG99999999", "2023-02-23"), ("TG20000001", "2023-02-22"), *[("TG99999999", "2023-02-21")] * 3]
    assert ["no_match"] * 5 == [ask(parts, number, day) for number, day in guesses]
    assert "no_more" == ask(parts)
    assert "choose" == ask(parts, person=b"somebody else")


def _settled(parts: Parts, state: str) -> None:
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = %s WHERE state = 'planned'", (state,))
