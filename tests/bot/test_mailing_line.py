"""Mailings by LINE: a push to who has talked with the account, once whatever LINE answers, and the next way else."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from bot.deliveries.planning import Source, Told, plan
from bot.parts import Parts
from integrations.emulator.driver import LinePerson
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import HEADINGS, a_list, rows
from tests.bot.test_app_urls import working
from tests.bot.test_mailing_send import at_work, counts, start, until

WITH_LINE = HEADINGS.strip() + ",line\n"
NUMBER = "+819010000001"


def planned_for(parts: Parts, folder: Path, *users: str) -> None:
    lines = [
        f"09,TG{serial},2023-02-23,1000,090{serial},p{serial}@example.jp,active,,,{user}"
        for serial, user in enumerate(users, 10_000_001)
    ]
    plan(parts, Source(a_list(folder, *lines, headings=WITH_LINE)), "april", Told(), without_bad_rows=False)
    start(parts)


def friends(emulator: Emulator, number: int) -> list[LinePerson]:
    people = [emulator.line.person() for _ in range(number)]
    for person in people:
        person.follow()
    return people


def urls(person: LinePerson) -> int:
    return sum("/r/" in json.dumps(each["message"]) for each in person.messages)


def test_who_talks_with_us_by_line_gets_a_push_and_no_text(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    people = friends(emulator, 20)
    planned_for(parts, tmp_path, *(person.id for person in people))
    with at_work(parts, senders=2):
        until(lambda: {"presumed": 20} == counts(parts))
    assert [1] * 20 == [urls(person) for person in people]
    assert [] == emulator.sms.inbox(NUMBER)


@pytest.mark.parametrize(
    "trouble",
    [
        {"do": "drop_after", "times": 15},
        {"do": "status_after", "status": 500, "times": 15},
        {"do": "drop_before", "times": 15},
        {"do": "status", "status": 429, "times": 15},
    ],
)
def test_a_push_whose_answer_went_wrong_goes_again_under_its_key_and_arrives_once(
    sending: tuple[Parts, Emulator], tmp_path: Path, trouble: dict[str, object]
) -> None:
    parts, emulator = sending
    people = friends(emulator, 20)
    emulator.faults.set({"line.push": [trouble]})
    planned_for(parts, tmp_path, *(person.id for person in people))
    with at_work(parts):
        until(lambda: {"presumed": 20} == counts(parts))
    assert [1] * 20 == [urls(person) for person in people]
    assert rows(parts, "SELECT FROM delivery_attempts WHERE number > 1")


def test_a_push_of_unknown_outcome_is_not_repeated_when_line_has_forgotten_its_key(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    [person] = friends(emulator, 1)
    emulator.faults.set({"line.push": [{"do": "drop_after"}]})
    planned_for(parts, tmp_path, person.id)
    with at_work(parts):
        until(lambda: rows(parts, "SELECT FROM delivery_attempts WHERE number = 1") != [])
        rows(parts, "UPDATE delivery_attempts SET at = at - interval '23 hours' RETURNING 1")
        until(lambda: {"delivered": 1} == counts(parts))
    assert 1 == urls(person)
    assert 1 == len(emulator.sms.inbox(NUMBER))


def test_who_has_blocked_the_account_is_reached_by_the_next_way(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    [person] = friends(emulator, 1)
    with working(parts):
        person.wait_for("")
        person.blocks()
        until(lambda: [(True,)] == rows(parts, "SELECT blocked FROM conversations"))
    planned_for(parts, tmp_path, person.id)
    with at_work(parts):
        until(lambda: {"delivered": 1} == counts(parts))
    assert 1 == len(emulator.sms.inbox(NUMBER))
    assert [("sms",)] == rows(parts, "SELECT way FROM delivery_attempts")


def test_whom_line_does_not_know_is_reached_by_the_next_way(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    planned_for(parts, tmp_path, "U" + "0" * 32)
    with at_work(parts):
        until(lambda: {"delivered": 1} == counts(parts))
    assert 1 == len(emulator.sms.inbox(NUMBER))


def test_when_the_messages_of_the_month_are_used_up_the_rest_goes_by_the_next_way(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    people = friends(emulator, 3)
    httpx.post(f"{emulator.url}/emulator/quota", json={"value": 1}, trust_env=False).raise_for_status()
    planned_for(parts, tmp_path, *(person.id for person in people))
    with at_work(parts):
        until(lambda: {"presumed": 1, "delivered": 2} == counts(parts))
    assert 1 == sum(map(urls, people))
