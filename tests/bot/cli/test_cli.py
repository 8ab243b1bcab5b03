"""The commands as a person types them: exit codes, what is printed, and one sentence for what can be mended."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.settings import PROJECT
from dialogs.rules.claim import show_receipt_no
from tests.bot.cli.typed import SECRET, bot, keep_application

SAMPLE = "sample-data/coupons-tochigi.csv"
COMMANDS = (
    (),
    ("check",),
    ("claims", "list"),
    ("claims", "show"),
    ("coupons", "import"),
    ("decide",),
    ("emulator",),
    ("explore",),
    ("line", "menu"),
    ("migrate",),
    ("serve",),
    ("talk",),
    ("try",),
    ("worker",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_tells_what_a_command_does(command: tuple[str, ...]) -> None:
    ended = bot(*command, "--help")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert f"python -m bot {' '.join(command)}".strip() in ended.stdout


def test_who_looks_for_a_mailing_under_campaign_is_led_to_it() -> None:
    assert "`bot deliveries`" in " ".join(bot("campaign", "--help").stdout.split())


def test_help_loads_nothing_that_a_command_needs() -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    ).stderr
    assert [] == re.findall(r"\b(?:flask|psycopg|redis|linebot|twilio|pydantic|rich|httpx)$", loaded, re.MULTILINE)


# --- settings at hand ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("claims", "list"), ("coupons", "import", SAMPLE), ("migrate",)], ids=" ".join)
def test_without_a_database_a_sentence_says_where_to_get_one(command: tuple[str, ...], tmp_path: Path) -> None:
    ended = bot(*command, settings={"DATA_DIR": str(tmp_path / "none")})
    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith("There is no database to work on. Start `make run` in another terminal, or set ")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_server_without_its_servers_does_not_start(command: str) -> None:
    ended = bot(command, settings={"SECRET_KEYS": f"first:{SECRET}"})
    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith("DATABASE_URL and REDIS_URL have to be set.")


def test_a_database_that_is_away_is_said_in_a_sentence(servers: dict[str, str]) -> None:
    ended = bot("claims", "list", settings={**servers, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert "The database does not answer. See what is wrong: python -m bot check\n" == ended.stderr
    assert 1 == ended.returncode


def test_a_wrong_setting_is_named_and_its_value_is_not(servers: dict[str, str]) -> None:
    ended = bot("claims", "list", settings={**servers, "LINE_CHANNEL_SECRETS": "hush"})
    assert 1 == ended.returncode
    assert "LINE_CHANNEL_ID: is missing" in ended.stderr
    assert "hush" not in ended.stderr


# --- coupons ---------------------------------------------------------------------------------------------------


def test_coupons_are_imported_only_when_told_to(servers: dict[str, str]) -> None:
    checked = bot("coupons", "import", SAMPLE, settings=servers)
    assert (0, "") == (checked.returncode, checked.stderr)
    last_line = checked.stdout.splitlines()[-1]
    assert last_line.endswith(f"-m bot coupons import {SAMPLE} --yes")
    typed = subprocess.run(  # noqa: S602 - exactly what the command told us to type
        last_line, shell=True, capture_output=True, text=True, check=True, cwd=PROJECT, env={**os.environ, **servers}
    )
    assert "30 coupons imported: 30 new, 0 changed, 0 as before.\n" == typed.stdout
    again = bot("coupons", "import", SAMPLE, "--yes", settings=servers)
    assert "30 coupons imported: 0 new, 0 changed, 30 as before.\n" == again.stdout


def test_every_bad_row_is_named_and_nothing_is_imported(servers: dict[str, str], tmp_path: Path) -> None:
    rows = ["09,4401-0012,2023-02-23,2023-02-24", "09,[b]?,2023-02-23,soon", *["x"] * 60]
    file = tmp_path / "list.csv"
    file.write_text("\n".join(["prefecture,number,trip_date,expiry", *rows]))
    ended = bot("coupons", "import", str(file), "--yes", settings=servers)
    assert 1 == ended.returncode
    lines = [line.split(maxsplit=2) for line in ended.stdout.splitlines()]
    assert ["3", "number", "is no inquiry number of this campaign"] == [word.strip() for word in lines[1]]
    assert ["3", "expiry", "a date expected, for example 2023-02-24"] == [word.strip() for word in lines[2]]
    assert ended.stdout.endswith(
        "… and 12 more\n61 rows are bad, 1 good. Nothing was imported: mend the list, and try again.\n"
    )
    assert "1 new" in bot("coupons", "import", _one_row(tmp_path), "--yes", settings=servers).stdout


def _one_row(folder: Path) -> str:
    file = folder / "one.csv"
    file.write_text("prefecture,number,trip_date,expiry\n09,4401-0012,2023-02-23,2023-02-24\n")
    return str(file)


# --- claims ----------------------------------------------------------------------------------------------------


def test_no_applications_yet_is_said(servers: dict[str, str]) -> None:
    assert "There are no applications yet.\n" == bot("claims", "list", settings=servers).stdout
    assert "No application is disputed.\n" == bot("claims", "list", "--state", "disputed", settings=servers).stdout


def test_applications_are_listed_newest_first(servers: dict[str, str]) -> None:
    ten = datetime.fromisoformat("2023-04-05T10:00:00+09:00")
    first, second = (keep_application(servers, serial, acted_at=ten + timedelta(minutes=serial)) for serial in (1, 2))
    ended = bot("claims", "list", settings=servers)
    found = [re.split(r"\s{2,}", line.strip()) for line in ended.stdout.splitlines()[1:]]
    assert [
        [show_receipt_no(second.receipt_no), "filed", "2", "2023-04-05 10:02", "line"],
        [show_receipt_no(first.receipt_no), "accepted", "2", "3,000 yen", "2023-04-05 10:01", "line"],
    ] == found
    only = bot("claims", "list", "--state", "accepted", settings=servers).stdout
    assert show_receipt_no(first.receipt_no) in only
    assert show_receipt_no(second.receipt_no) not in only


def test_an_application_is_shown_with_its_person_masked(servers: dict[str, str]) -> None:
    kept = keep_application(servers, 1, acted_at=datetime.fromisoformat("2023-04-05T10:00:00+09:00"))
    ended = bot("claims", "show", show_receipt_no(kept.receipt_no), settings=servers)
    assert (0, "") == (ended.returncode, ended.stderr)
    for shown in (show_receipt_no(kept.receipt_no), "栃***", "090-****-2222", "TG12345671", "3,000 yen"):
        assert shown in ended.stdout
    for hidden in (kept.name, kept.contact, "1111"):
        assert hidden not in ended.stdout


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("1234-5678-97", "There is no application 1234-5678-97.\n"), ("12", "That is no receipt number: ")],
)
def test_an_application_that_is_not_there_is_told_from_a_wrong_number(
    typed: str, answer: str, servers: dict[str, str]
) -> None:
    ended = bot("claims", "show", typed, settings=servers)
    assert 1 == ended.returncode
    assert ended.stdout.startswith(answer)


def test_applications_of_another_key_are_not_shown(servers: dict[str, str]) -> None:
    keep_application(servers, 1, acted_at=datetime.fromisoformat("2023-04-05T10:00:00+09:00"))
    other = {**servers, "SECRET_KEYS": f"first:{base64.b64encode(bytes(32)).decode()}"}
    ended = bot("claims", "list", settings=other)
    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith("SECRET_KEYS does not open what is sealed in submissions.claim.")


# --- decide ----------------------------------------------------------------------------------------------------


def test_decide_answers_each_line_with_a_verdict() -> None:
    coupon = {"expiry": "2023-02-24", "balance_after_extension": 1000, "charged_to_app": False, "account": "none"}
    case = {"at": "2023-04-05T10:00:00+09:00", "prefecture": "栃木県", "in_scope": True, "coupon": coupon}
    ended = bot("decide", said=f"{json.dumps(case)}\n{json.dumps({**case, 'in_scope': False})}\n")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert ["A_APPLY", "OUT_OF_SCOPE"] == [json.loads(line)["path"] for line in ended.stdout.splitlines()]


# --- explore ---------------------------------------------------------------------------------------------------


def test_explore_counts_what_it_walked_and_fails_on_any_problem(tmp_path: Path) -> None:
    ended = bot("explore", "--to", str(tmp_path / "flows"))
    assert "" == ended.stderr
    assert re.search(r"^[\d,]+ paths, [\d,]+ turns, [\d,]+ messages looked at: ", ended.stdout, re.MULTILINE)
    assert (1 if "✗" in ended.stdout else 0) == ended.returncode
    assert "flowchart TD" in (tmp_path / "flows" / "apply.md").read_text("utf-8")


@pytest.mark.parametrize("command", ["explore", "decide"])
def test_a_campaign_that_is_not_there_is_said_in_a_sentence(command: str) -> None:
    ended = bot(command, settings={"CAMPAIGN": "nowhere-1900"})
    assert (1, "") == (ended.returncode, ended.stdout)
    assert "nowhere-1900" in ended.stderr
    assert "Traceback" not in ended.stderr
