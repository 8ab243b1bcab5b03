"""`bot staff …` as an administrator types it."""

from __future__ import annotations

import re

import psycopg
import pytest

from tests.bot.cli.typed import Ended, bot

COMMANDS = ("add", "list", "capacity", "reset-password", "reset-totp", "end-sessions", "deactivate", "activate")


def typed(servers: dict[str, str], *words: str) -> Ended:
    return bot("staff", *words, settings=servers)


def hanako(servers: dict[str, str]) -> Ended:
    return typed(servers, "add", "佐藤 花子", "--login", "Hanako", "--role", "agent", "--prefecture", "栃木")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_what_a_command_of_staff_does(command: str) -> None:
    ended = bot("staff", command, "--help")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert f"python -m bot staff {command}" in ended.stdout


def test_a_new_member_gets_a_link_of_the_counters_own_address(servers: dict[str, str]) -> None:
    assert "Nobody works here yet." in typed(servers, "list").stdout
    ended = hanako({**servers, "PUBLIC_BASE_URL": "https://counter.example.jp"})
    assert 0 == ended.returncode, ended.stderr
    assert re.search(r"^https://counter\.example\.jp/console/set-up/[\w-]{32}$", ended.stdout, re.MULTILINE)
    line = re.split(r"\s{2,}", typed(servers, "list").stdout.splitlines()[-1].strip())
    assert ["hanako", "佐藤 花子", "agent", "栃木県", "no password yet", "0", "never"] == line


def test_login_and_name_are_each_one_persons(servers: dict[str, str]) -> None:
    hanako(servers)
    same_login = typed(servers, "add", "別の人", "--login", "hanako", "--role", "agent")
    same_name = typed(servers, "add", "佐藤　花子", "--login", "other", "--role", "agent")
    assert (1, 1) == (same_login.returncode, same_name.returncode)
    assert ("that login", "that name") == tuple(re.findall("that (?:login|name)", same_login.stderr + same_name.stderr))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "佐藤", "--login", "花子", "--role", "agent"), "A login has"),
        (("add", " ", "--login", "hanako", "--role", "agent"), "A name has"),
        (("add", "佐藤", "--login", "hanako", "--role", "agent", "--prefecture", "Atlantis"), "no prefecture of Japan"),
        (("deactivate", "nobody"), "Nobody has that login"),
    ],
)
def test_what_cannot_be_taken_is_told_in_a_sentence(servers: dict[str, str], words: tuple[str, ...], says: str) -> None:
    ended = typed(servers, *words)
    assert (1, True, False) == (ended.returncode, says in ended.stderr, "Traceback" in ended.stderr)


def test_every_act_is_in_the_audit_with_the_name_of_who_did_it(servers: dict[str, str]) -> None:
    hanako(servers)
    assert 0 == typed(servers, "capacity", "hanako", "8", "--by", " 管理　 葵 ").returncode
    for command in COMMANDS[3:]:
        assert 0 == typed(servers, command, "hanako", "--by", "管理 葵").returncode
    with psycopg.connect(servers["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT actor, action FROM audit ORDER BY id").fetchall()
    done = ("capacity", "password_reset", "totp_reset", "sessions_ended", "deactivated", "activated")
    assert [("command line", "staff.added"), *(("管理 葵", f"staff.{action}") for action in done)] == rows


@pytest.mark.parametrize("words", [("staff", "capacity", "hanako", "8"), ("deliveries", "start", "april")])
def test_nothing_is_done_by_a_name_of_spaces(words: tuple[str, ...]) -> None:
    ended = bot(*words, "--by", " \u3000")
    assert (1, "Say who does this: a name is needed.") == (
        ended.returncode,
        ended.stderr.removeprefix("Error: ").strip(),
    )
