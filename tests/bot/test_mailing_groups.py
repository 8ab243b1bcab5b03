"""What goes wrong at one carrier's mail stops the mail to that carrier, and to nobody else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.deliveries import breakers, running
from bot.deliveries.ways import GROUPS
from bot.local import deliveries_commands
from bot.parts import Parts
from bot.store import mail_groups, mailings
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import planned, rows
from tests.bot.test_mailing_send import at_work, counts, start, until


def at(domain: str, local: str, count: int, *, first: int) -> list[str]:
    serials = range(first, first + count)
    return [f"09,TG{serial},2023-02-23,1000,,{local}{serial}@{domain},active,," for serial in serials]


def held(parts: Parts) -> dict[str, str]:
    mailing = mailings.by_name(parts.db, "april")
    assert mailing
    return {group.mail_group: group.reason.partition(":")[0] for group in mail_groups.held(parts.db, mailing.id)}


def shown(parts: Parts, *arguments: str) -> str:
    group = {command.name: command for command in deliveries_commands.COMMANDS}
    return CliRunner().invoke(group[arguments[0]], list(arguments[1:]), obj=lambda: parts.settings).output


@pytest.mark.parametrize(("local", "reason"), [("no-such-user", "unknown users"), ("blocked", "blocked")])
def test_mail_to_a_carrier_that_refuses_too_much_is_held_and_the_others_get_theirs(
    sending: tuple[Parts, Emulator], tmp_path: Path, local: str, reason: str
) -> None:
    parts, emulator = sending
    wrong = at("docomo.ne.jp", local, 30, first=20_000_001)
    planned(parts, tmp_path, *wrong, *at("ezweb.ne.jp", "taro", 40, first=30_000_001))
    start(parts)
    with at_work(parts):
        until(lambda: {"docomo": reason} == held(parts))
        until(lambda: 40 == counts(parts).get("accepted"))
    assert "running" == mailings.every(parts.db)[0].state
    assert 1 == len(emulator.mail.inbox("taro30000040@ezweb.ne.jp"))


def test_nothing_goes_to_a_held_carrier_until_staff_let_it_go_on(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    planned(
        parts,
        tmp_path,
        *at("docomo.ne.jp", "hanako", 5, first=20_000_001),
        *at("example.jp", "taro", 5, first=30_000_001),
    )
    assert "Mail to docomo is held." in shown(parts, "pause", "april", "--mail", "docomo", "--by", "佐藤")
    start(parts)
    with at_work(parts):
        until(lambda: {"accepted": 5, "planned": 5} == counts(parts))
        assert [] == emulator.mail.inbox("hanako20000001@docomo.ne.jp")
        told = shown(parts, "show", "april")
        assert "Mail to docomo is held" in told
        assert "by 佐藤; 5 people wait." in told
        assert "Mail to docomo goes on." in shown(parts, "resume", "april", "--mail", "docomo", "--by", "佐藤")
        until(lambda: {"accepted": 10} == counts(parts))
    assert "docomo" not in shown(parts, "show", "april")
    assert [("mailing.held",), ("mailing.released",)] == rows(parts, "SELECT action FROM audit ORDER BY at")


def test_when_every_carrier_is_held_no_mail_goes_out(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, _ = sending
    planned(parts, tmp_path, *at("docomo.ne.jp", "hanako", 2, first=20_000_001))
    for group in GROUPS:
        running.hold(parts, "april", group, by="佐藤")
    start(parts)
    with at_work(parts):
        time.sleep(1.5)
        assert {"planned": 2} == counts(parts)
        running.release(parts, "april", "docomo", by="佐藤")
        until(lambda: {"accepted": 2} == counts(parts))


def test_what_was_found_before_a_carrier_was_let_go_on_holds_it_no_more(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, _ = sending
    wrong = at("docomo.ne.jp", "no-such-user", 30, first=20_000_001)
    planned(parts, tmp_path, *wrong, *at("docomo.ne.jp", "hanako", 10, first=30_000_001))
    start(parts)
    with at_work(parts):
        until(lambda: {"docomo": "unknown users"} == held(parts))
        until(lambda: 30 == counts(parts).get("undelivered"))
        running.release(parts, "april", "docomo", by="佐藤")
        until(lambda: 10 == counts(parts).get("accepted"))
        assert {} == held(parts)


def test_a_group_that_nobody_knows_is_refused_with_those_that_there_are(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, _ = sending
    planned(parts, tmp_path, *at("example.jp", "taro", 1, first=30_000_001))
    with pytest.raises(running.CannotRun, match="docomo, au, softbank"):
        running.hold(parts, "april", "vodafone", by="佐藤")


def test_a_carrier_that_fails_in_a_row_rests_alone_and_staff_see_it(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, _ = sending
    failing = at("docomo.ne.jp", "try-later", breakers.MOST_IN_A_ROW, first=20_000_001)
    planned(parts, tmp_path, *failing, *at("ezweb.ne.jp", "taro", 40, first=30_000_001))
    start(parts)
    with at_work(parts):
        until(lambda: 40 == counts(parts).get("accepted"))
        until(lambda: "smtp for docomo rests for " in shown(parts, "show", "april"))
    assert ["docomo"] == [rest.group for rest in breakers.told(parts.redis)]


def test_a_provider_that_fails_for_everybody_rests_as_a_whole() -> None:
    of_provider = breakers.Breakers()
    for _ in range(breakers.MOST_IN_A_ROW - 2):
        assert [] == of_provider.note("docomo", well=False)
    assert 0 == of_provider.rests("au")
    for _ in range(breakers.MOST_IN_A_ROW - 1):
        assert [] == of_provider.note("au", well=False)
    assert ["au", ""] == of_provider.note("au", well=False)
    assert 0 < of_provider.rests("docomo")
