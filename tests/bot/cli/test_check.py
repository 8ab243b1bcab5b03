"""`bot check`: what is wrong is named with its mending, and no secret is shown."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.store.migrate import head
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import running
from tests.bot.cli.typed import SECRET, bot, keep_application


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
    assert f"The database is at version {head()}.\n" == bot("migrate", settings=bare).stdout
    assert 0 == bot("check", settings=bare).returncode


def test_a_key_that_is_missing_is_found(servers: dict[str, str]) -> None:
    keep_application(servers, 1, acted_at=datetime.fromisoformat("2023-04-05T10:00:00+09:00"))
    ended = bot("check", settings={**servers, "SECRET_KEYS": f"second:{SECRET}"})
    assert 1 == ended.returncode
    assert "✗ Keys: do not open what is sealed in submissions.claim\n" in ended.stdout


def test_line_and_the_relay_are_really_asked(servers: dict[str, str]) -> None:
    with running(EmulatorConfig(counter_url="http://127.0.0.1:1")) as emulator:
        config = emulator.config
        reached = {
            "LINE_API_BASE": emulator.url,
            "LINE_CHANNEL_ID": config.line_channel_id,
            "LINE_CHANNEL_SECRETS": ",".join(config.line_channel_secrets),
            "SMTP_URL": emulator.smtp_url,
            "MAIL_FROM": "office@example.jp",
        }
        ended = bot("check", settings={**servers, **reached})
    assert 0 == ended.returncode, ended.stdout
    assert "✓ LINE: answers, we are @" in ended.stdout
    assert "✓ Mail: the relay takes us; sent as office@example.jp" in ended.stdout
