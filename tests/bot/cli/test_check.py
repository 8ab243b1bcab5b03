"""`bot check`: what is wrong is named with its mending, and no secret is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

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


def test_both_providers_of_sms_are_really_asked_and_say_what_is_left(servers: dict[str, str], tmp_path: Path) -> None:
    private, public = key_pair(tmp_path)
    with providers(public) as settings:
        ended = bot("check", settings={**servers, **settings, "VONAGE_PRIVATE_KEY_FILE": str(private)})
    assert 0 == ended.returncode, ended.stdout
    assert "✓ SMS: Twilio takes us, sent as +15005550006; 1,000.00 JPY are left" in ended.stdout
    assert "✓ SMS by Vonage: takes us, sent as +815012345678; 1,000.00 EUR are left" in ended.stdout


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"TWILIO_AUTH_TOKEN": "f" * 32}, "✗ SMS: Twilio does not take us (20003)"),
        ({"VONAGE_API_SECRET": "hush"}, "✗ SMS by Vonage: does not take us (401)"),
        ({"VONAGE_APPLICATION_ID": "nobodys"}, "✗ SMS by Vonage: does not take us (404)"),
        ({"VONAGE_PRIVATE_KEY_FILE": ""}, "✗ SMS by Vonage: the private key is not that of the application"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_provider_of_sms_that_does_not_take_us_is_named(
    wrong: dict[str, str], line: str, servers: dict[str, str], tmp_path: Path
) -> None:
    private, public = key_pair(tmp_path)
    (tmp_path / "other").mkdir()
    other, _ = key_pair(tmp_path / "other")
    key = {"VONAGE_PRIVATE_KEY_FILE": str(private)}
    with providers(public) as settings:
        ended = bot("check", settings={**servers, **settings, **key, **{k: v or str(other) for k, v in wrong.items()}})
    assert (1, "") == (ended.returncode, ended.stderr)
    assert line in ended.stdout
    assert "hush" not in ended.stdout


def test_an_account_without_money_is_to_be_paid_into(servers: dict[str, str], tmp_path: Path) -> None:
    private, public = key_pair(tmp_path)
    with providers(public, balance="0.00") as settings:
        ended = bot("check", settings={**servers, **settings, "VONAGE_PRIVATE_KEY_FILE": str(private)})
    assert 1 == ended.returncode
    assert 2 == ended.stdout.count("Pay in there")


def key_pair(folder: Path) -> tuple[Path, str]:
    """A file with a private key, and its public one."""
    key, pem = rsa.generate_private_key(public_exponent=65537, key_size=2048), serialization.Encoding.PEM
    file = folder / "vonage.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return file, key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@contextmanager
def providers(public_key: str, balance: str = "1000.00") -> Iterator[dict[str, str]]:
    """The settings of Twilio and of Vonage, which an emulator plays."""
    config = EmulatorConfig(counter_url="http://127.0.0.1:1", vonage_public_key=public_key, balance=balance)
    token = "0123456789abcdef" * 2
    with running(replace(config, twilio_auth_token=token)) as emulator:
        yield {
            "TWILIO_API_BASE": emulator.url,
            "TWILIO_ACCOUNT_SID": config.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": token,
            "TWILIO_FROM": config.twilio_from,
            "VONAGE_API_BASE": emulator.url,
            "VONAGE_APPLICATION_ID": config.vonage_application_id,
            "VONAGE_API_KEY": config.vonage_api_key,
            "VONAGE_API_SECRET": config.vonage_api_secret,
            "VONAGE_SIGNATURE_SECRET": config.vonage_signature_secret,
            "VONAGE_FROM": "+815012345678",
        }
