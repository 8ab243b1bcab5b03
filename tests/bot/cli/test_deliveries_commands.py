"""`bot deliveries` leads from a list to its last receipt, and says at each step what comes next."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.deliveries import running
from bot.deliveries.sender import Sender
from bot.local import deliveries_commands, deliveries_watch
from bot.parts import Parts
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import a_list, people
from tests.bot.test_mailing_applicants import accepted
from tests.bot.test_mailing_send import UNKNOWN_NUMBER, at_work, counts, until

Run = Callable[..., Result]


@pytest.fixture
def run(sending: tuple[Parts, Emulator]) -> Run:
    parts, _ = sending
    group = {command.name: command for command in deliveries_commands.COMMANDS}

    def command(name: str, *arguments: str) -> Result:
        return CliRunner().invoke(group[name], list(arguments), obj=lambda: parts.settings)

    return command


def test_a_list_goes_from_its_plan_to_its_last_receipt(
    sending: tuple[Parts, Emulator], run: Run, tmp_path: Path
) -> None:
    parts, _ = sending
    dead = f"09,TG20000001,2023-02-23,1000,{UNKNOWN_NUMBER},,active,,"
    listed = str(a_list(tmp_path, *people(40), dead))
    assert "There is no mailing yet" in run("list").output
    for looked in (run("plan", "april", listed).output, run("plan", "april", listed, "--dry-run").output):
        assert "41 people would get a URL" in looked
        assert "お問合せ番号末尾0001の方へ" in looked
        assert "41 people, ¥820" in looked
    assert "There is no mailing yet" in run("list").output
    assert "Planned: 41 people" in run("plan", "april", listed, "--yes").output
    preview = run("preview", "april").output
    assert "お問合せ番号末尾0001の方へ" in preview
    assert "41 people, ¥820" in preview
    assert "go out first" in run("pilot", "april", "--share", "0.2", "--by", "佐藤").output
    sender = Sender(parts)
    thread = threading.Thread(target=sender.run)
    thread.start()
    try:
        until(lambda: 0 < counts(parts).get("delivered", 0) < 41)
        assert "It is paused." in run("pause", "april", "--by", "佐藤").output
        assert "It goes on." in run("resume", "april", "--by", "佐藤").output
        assert "It goes out." in run("start", "april", "--by", "佐藤").output
        until(lambda: {"delivered": 40, "undelivered": 1} == counts(parts))
    finally:
        sender.stop()
        thread.join()
    assert "1 person is left to staff." in run("staff", "april").output
    history = run("person", UNKNOWN_NUMBER).output
    assert history.count(" 2023-04-05 10:") >= 3  # by the office's clock, which is tried out here
    assert ("30005" in history, "090-****-0005" in history, "+81" in history) == (True, True, False)
    for told in ("URL for the points (april)", "Sent by SMS", "undelivered"):
        assert told in history
    assert "Nothing was found" in run("person", "090-9999-9999").output
    assert "40" in run("show", "april").output


def test_the_command_that_is_offered_for_a_list_with_bad_rows_plans_the_others(run: Run, tmp_path: Path) -> None:
    listed = str(a_list(tmp_path, *people(2), "09,TG30000001,2023-02-23,1000,03-1234-5678,,,,"))
    looked = run("plan", "april", listed).output
    assert "1 row is bad: mend the list, or leave them out." in looked
    offered = shlex.split(looked.strip().splitlines()[-1])
    assert "Planned: 2 people" in run("plan", *offered[offered.index("plan") + 1 :]).output


def test_every_bad_row_is_written_to_a_file_where_there_are_too_many_to_show(run: Run, tmp_path: Path) -> None:
    bad = (f"13,TG{number:08},2023-02-23,1000,090-1234-0001,,,," for number in range(1200))
    listed, told_in = str(a_list(tmp_path, *bad)), tmp_path / "bad.csv"
    assert "add: --bad-rows bad-rows.csv" in run("plan", "april", listed).output
    assert f"All of it is in {told_in}." in run("plan", "april", listed, "--bad-rows", str(told_in)).output
    lines = told_in.read_text("utf-8-sig").splitlines()
    assert 1201 == len(lines)
    assert ["line,column,reason", '1201,prefecture,"a prefecture of this campaign, as a code or a name expected"'] == [
        lines[0],
        lines[-1],
    ]


def test_the_bar_of_a_pilot_ends_with_its_last_receipt_and_says_how_the_rest_goes_out(
    sending: tuple[Parts, Emulator], run: Run, tmp_path: Path
) -> None:
    parts, _ = sending
    run("plan", "april", str(a_list(tmp_path, *people(30))), "--yes")
    assert "3 go out first." in run("pilot", "april", "--share", "0.1", "--by", "佐藤").output
    with at_work(parts):
        watched = run("show", "april", "--watch").output
    assert {"planned": 27, "delivered": 3} == counts(parts)
    for told in ("april is piloting.", "The pilot is out.", "deliveries start april --by NAME"):
        assert told in watched


def test_ctrl_c_leaves_the_bar_alone_and_shows_how_the_mailing_stands(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ctrl_c(_: float) -> None:
        raise KeyboardInterrupt

    run("plan", "april", str(a_list(tmp_path, *people(2))), "--yes")
    run("start", "april", "--by", "佐藤")
    monkeypatch.setattr(deliveries_watch.time, "sleep", ctrl_c)
    watched = run("show", "april", "--watch")
    assert (0, True) == (watched.exit_code, "april is running." in watched.output)


def test_what_waits_for_the_hours_of_sending_says_so_with_when_it_goes_on(
    sending: tuple[Parts, Emulator], run: Run, tmp_path: Path
) -> None:
    _, emulator = sending
    run("plan", "april", str(a_list(tmp_path, *people(1))), "--yes")
    emulator.clock.set("2023-04-05T21:00:00+09:00")
    waits = "It is outside the hours of sending: it goes on at 2023-04-06 10:00."
    assert waits not in run("show", "april").output
    run("start", "april", "--by", "佐藤")
    assert waits in run("show", "april").output


def test_accepted_claims_are_planned_without_a_list(sending: tuple[Parts, Emulator], run: Run) -> None:
    parts, _ = sending
    assert "Name a FILE, or --accepted-claims" in run("plan", "april").output
    assert "There is nobody here" in run("plan", "april", "--accepted-claims").output
    accepted(parts)
    looked = run("plan", "april", "--accepted-claims").output
    assert "1 person would get a URL" in looked
    assert "plan april --accepted-claims --yes" in looked
    planned = run("plan", "april", "--accepted-claims", "--yes")
    assert (0, True) == (planned.exit_code, "Planned: 1 person." in planned.output)
    assert {"planned": 1} == counts(parts)


def test_a_test_goes_to_oneself_with_the_words_of_the_mailing(run: Run, tmp_path: Path) -> None:
    run("plan", "april", str(a_list(tmp_path, *people(1))), "--yes")
    assert "2 messages are on the way" in run("test", "april", "--to", "090-1234-5678", "--to", "me@example.jp").output


def test_nothing_begins_before_its_day(sending: tuple[Parts, Emulator], run: Run, tmp_path: Path) -> None:
    _, emulator = sending
    run("plan", "april", str(a_list(tmp_path, *people(1))), "--yes")
    emulator.clock.set("2023-04-02T12:00:00+09:00")
    refused = run("start", "april", "--by", "佐藤")
    assert isinstance(refused.exception, running.CannotRun)
    assert "2023-04-03 10:00" in str(refused.exception)


def test_what_was_cancelled_never_goes_out(sending: tuple[Parts, Emulator], run: Run, tmp_path: Path) -> None:
    parts, _ = sending
    run("plan", "april", str(a_list(tmp_path, *people(3))), "--yes")
    assert "3 will not go out" in run("cancel", "april", "--by", "佐藤", "--yes").output
    assert {"cancelled": 3} == counts(parts)
