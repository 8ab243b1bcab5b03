"""The commands as a person types them: exit codes, what is printed, and one sentence for what can be mended."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from uuid_utils.compat import uuid7

from bot.filing import PLACE
from bot.local.engines import Engines
from bot.settings import PROJECT
from bot.store import submissions
from bot.store.db import open_pool, transaction
from bot.store.submissions import NewSubmission, Outcome
from bot.store.vault import Vault
from dialogs.rules.claim import Claim, show_receipt_no
from integrations.claims.wire import claim_to_wire
from tests.bot.claims_house import claim

SAMPLE = "sample-data/coupons-tochigi.csv"
KEY = bytes(range(32))
SECRET = base64.b64encode(KEY).decode()
COMMANDS = (
    (),
    ("check",),
    ("claims", "list"),
    ("claims", "show"),
    ("coupons", "import"),
    ("decide",),
    ("emulator",),
    ("explore",),
    ("migrate",),
    ("serve",),
    ("talk",),
    ("try",),
    ("worker",),
)
OURS = re.compile(
    r"DATABASE_URL|REDIS_URL|SECRET_KEYS|CAMPAIGN|DATA_DIR|LINE_.*|TWILIO_.*|SMTP_URL|MAIL_FROM|CLAIMS_.*"
)

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def servers(database_url: str, redis_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "SECRET_KEYS": f"first:{SECRET}"}


@pytest.fixture
def empty_database(engines: Engines) -> Iterator[str]:
    """The address of a database without a table."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def bot(*arguments: str, settings: Mapping[str, str] | None = None, said: str = "") -> Ended:
    """Type a command where nothing is set but `settings`."""
    environment = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**environment, "ENV_FILE": "/dev/null", **(settings or {})},
        timeout=60,
    )


def keep_application(settings: Mapping[str, str], serial: int, *, acted_at: datetime) -> Claim:
    """An application of Hanako's for two coupons, as a turn would have kept it."""
    kept = claim(serial, f"TG1234567{serial}", f"TG7654321{serial}", acted_at=acted_at)
    row = NewSubmission(
        id=uuid7(),
        receipt_no=kept.receipt_no,
        conversation=uuid7(),
        channel="line",
        person=b"hanako",
        campaign=kept.campaign,
        campaign_version=1,
        acted_at=acted_at,
        claim=Vault({"first": KEY}).seal(claim_to_wire(kept), PLACE),
        erase_at=acted_at + timedelta(days=1000),
    )
    pool = open_pool(settings["DATABASE_URL"], size=1)
    with transaction(pool) as connection:
        submissions.insert(connection, row)
        submissions.settle(connection, row.id, Outcome("accepted", 3000, "", None, acted_at)) if serial == 1 else None
    pool.close()
    return kept


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_tells_what_a_command_does(command: tuple[str, ...]) -> None:
    ended = bot(*command, "--help")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert f"python -m bot {' '.join(command)}".strip() in ended.stdout


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


# --- check -----------------------------------------------------------------------------------------------------


def test_a_right_installation_has_nothing_to_mend(servers: dict[str, str]) -> None:
    ended = bot("check", settings=servers)
    assert 0 == ended.returncode, ended.stdout
    assert "✗" not in ended.stdout
    for name in ("Settings", "Campaign", "Database", "Tables", "Clocks", "Keys", "Redis", "LINE", "SMS", "Mail"):
        assert f"✓ {name}: " in ended.stdout


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"DATABASE_URL": "postgresql://nobody:hush@127.0.0.1:1/none"}, "✗ Database: does not answer"),
        ({"REDIS_URL": "redis://:hush@127.0.0.1:1/0"}, "✗ Redis: does not answer"),
        ({"CAMPAIGN": "nowhere-1900"}, "✗ Campaign: nowhere-1900 cannot be used"),
        ({"LINE_CHANNEL_ID": "hush"}, "✗ Settings: cannot be used"),
        (
            {
                "LINE_CHANNEL_ID": "1650000000",
                "LINE_CHANNEL_SECRETS": "hush",
                "LINE_API_BASE": "http://127.0.0.1:1",
            },
            "✗ LINE: does not take us",
        ),
        ({"SMTP_URL": "smtp://user:hush@127.0.0.1:1", "MAIL_FROM": "office@example.jp"}, "✗ Mail: the relay does not"),
        (
            {"TWILIO_ACCOUNT_SID": "hush", "TWILIO_AUTH_TOKEN": "hush", "TWILIO_FROM": "+15005550006"},
            "✗ SMS: TWILIO_ACCOUNT_SID has not its form",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_named_with_its_mending_and_no_secret(
    wrong: dict[str, str], line: str, servers: dict[str, str]
) -> None:
    ended = bot("check", settings={**servers, **wrong})
    assert (1, "") == (ended.returncode, ended.stderr)
    assert line in ended.stdout
    assert "\n    " in ended.stdout.partition(line)[2]
    for secret in ("hush", SECRET):
        assert secret not in ended.stdout


def test_a_database_of_another_version_is_to_be_migrated(empty_database: str, servers: dict[str, str]) -> None:
    bare = {**servers, "DATABASE_URL": empty_database}
    assert "Bring it up: python -m bot migrate" in bot("check", settings=bare).stdout
    assert "Bring it up: python -m bot migrate" in bot("claims", "list", settings=bare).stderr
    assert "The database is at version 0001.\n" == bot("migrate", settings=bare).stdout
    assert 0 == bot("check", settings=bare).returncode


def test_a_key_that_is_missing_is_found(servers: dict[str, str]) -> None:
    keep_application(servers, 1, acted_at=datetime.fromisoformat("2023-04-05T10:00:00+09:00"))
    ended = bot("check", settings={**servers, "SECRET_KEYS": f"second:{SECRET}"})
    assert 1 == ended.returncode
    assert "✗ Keys: do not open what is sealed in submissions.claim\n" in ended.stdout


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
