"""Settings: read once, and refused with the name, the reason and an example where they make no sense."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.settings import PROJECT, BadSettings, Settings, load_settings, settings_from

KEY = base64.b64encode(b"k" * 32).decode()
NEEDED = {"SECRET_KEYS": f"new:{KEY}"}
LINE = {"LINE_CHANNEL_ID": "1650000000", "LINE_CHANNEL_SECRETS": "hidden-secret"}
WEBHOOK = {"WEBHOOK_SECRETS": f"whsec_{KEY}"}
MAIL = {"SMTP_URL": "smtp://relay.example.jp:587", "MAIL_FROM": "a@example.jp"}
HTTP_CLAIMS = {"CLAIMS_BACKEND": "http", "CLAIMS_URL": "https://claims.example.jp/v1"}


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*Settings.model_fields, "env_file"):
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_one_setting_is_enough_and_the_rest_has_defaults() -> None:
    settings = settings_from(NEEDED)
    assert (8000, "real", "builtin") == (settings.port, settings.clock, settings.claims_backend)
    assert datetime(2023, 4, 5, 10, tzinfo=ZoneInfo("Asia/Tokyo")) == settings.demo_clock_start
    assert PROJECT / ".local" == settings.data_dir


def test_an_empty_setting_counts_as_not_set() -> None:
    assert settings_from(NEEDED) == settings_from({**NEEDED, **dict.fromkeys(_names() - {"SECRET_KEYS"}, "")})


def test_keys_come_in_their_order() -> None:
    old = base64.b64encode(b"o" * 32).decode()
    keyring = settings_from({"SECRET_KEYS": f"new:{KEY}, old:{old}"}).keyring
    assert [("new", b"k" * 32), ("old", b"o" * 32)] == list(keyring.items())


def test_two_line_secrets_stand_side_by_side_while_one_replaces_the_other() -> None:
    settings = settings_from({**NEEDED, **LINE, "LINE_CHANNEL_SECRETS": "new, old"})
    assert ["new", "old"] == [secret.get_secret_value() for secret in settings.line_channel_secrets]


@pytest.mark.parametrize(
    ("given", "name", "reason"),
    [
        ({"SECRET_KEYS": ""}, "SECRET_KEYS", "is missing"),
        ({"SECRET_KEYS": KEY}, "SECRET_KEYS", "no id before a colon"),
        ({"SECRET_KEYS": "new:abc!"}, "SECRET_KEYS", "'new' is not base64"),
        ({"SECRET_KEYS": "new:c2hvcnQ="}, "SECRET_KEYS", "'new' has 5 bytes, not 32"),
        ({"SECRET_KEYS": f"new:{KEY},new:{KEY}"}, "SECRET_KEYS", "'new' stands twice"),
        ({"PORT": "eighty"}, "PORT", "valid integer"),
        ({"PORT": "70000"}, "PORT", "less than or equal to 65535"),
        ({"CLOCK": "fast"}, "CLOCK", "'real' or 'demo'"),
        ({"CLOCK": "demo", "PUBLIC_BASE_URL": "https://counter.example.jp"}, "CLOCK", "on this machine"),
        ({"DEMO_CLOCK_START": "2023-04-05T10:00:00"}, "DEMO_CLOCK_START", "timezone"),
        ({"PUBLIC_BASE_URL": "http://counter.example.jp"}, "PUBLIC_BASE_URL", "must be https://"),
        ({"PUBLIC_BASE_URL": "counter.example.jp"}, "PUBLIC_BASE_URL", "begins with https://"),
        ({"PUBLIC_BASE_URL": "https://counter.example.jp/?a=1"}, "PUBLIC_BASE_URL", "before any ?"),
        ({"DATABASE_URL": "mysql://user:hidden-secret@host/db"}, "DATABASE_URL", "postgresql://"),
        ({"REDIS_URL": "http://host"}, "REDIS_URL", "redis://"),
        ({"SMTP_URL": "relay.example.jp:587", "MAIL_FROM": "a@example.jp"}, "SMTP_URL", "smtp://"),
        ({"SMTP_URL": "smtp://:25", "MAIL_FROM": "a@example.jp"}, "SMTP_URL", "names no host"),
        ({"SMTP_URL": "smtp://relay.example.jp:587"}, "MAIL_FROM", "SMTP_URL is set"),
        ({"LINE_CHANNEL_ID": "1650000000"}, "LINE_CHANNEL_SECRETS", "LINE_CHANNEL_ID is set"),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "hidden-secret"}, "LINE_CHANNEL_ID", "LINE_CHANNEL_ACCESS_TOKEN is set"),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_FROM": "+15005550006"}, "TWILIO_AUTH_TOKEN", "is missing"),
        ({"TWILIO_FROM": "0312345678901234"}, "TWILIO_FROM", "pattern"),
        ({"CLAIMS_BACKEND": "http", "CLAIMS_SHARED_KEY": "s" * 16}, "CLAIMS_URL", "is missing"),
        (HTTP_CLAIMS, "CLAIMS_SHARED_KEY", "CLAIMS_BACKEND=http needs it"),
        ({**HTTP_CLAIMS, "CLAIMS_CLIENT_ID": "m"}, "CLAIMS_CLIENT_SECRET", "is missing"),
        ({"CLAIMS_URL": "https://claims.example.jp"}, "CLAIMS_URL", "CLAIMS_BACKEND is builtin"),
        ({"OIDC_ISSUER": "https://sso.example.jp"}, "OIDC_CLIENT_SECRET", "OIDC_ISSUER is set"),
        ({"OIDC_CLIENT_ID": "madoguchi"}, "OIDC_ISSUER", "is missing"),
        ({"OIDC_ISSUER": "http://sso.example.jp"}, "OIDC_ISSUER", "must be https://"),
        ({"OIDC_TRUSTED_FACTORS": "mfa"}, "OIDC_TRUSTED_FACTORS", "no OIDC_ISSUER"),
        ({"STAFF_PASSWORDS": "false"}, "STAFF_PASSWORDS", "nobody of staff could sign in"),
        ({"STAFF_PASSWORDS": "perhaps"}, "STAFF_PASSWORDS", "valid boolean"),
        ({"WEBHOOK_URL": "https://desk.example.jp/hook"}, "WEBHOOK_SECRETS", "WEBHOOK_URL is set"),
        ({"WEBHOOK_URL": "http://desk.example.jp/hook", **WEBHOOK}, "WEBHOOK_URL", "must be https://"),
        ({"WEBHOOK_URL": "https://a:hidden-secret@desk.example.jp", **WEBHOOK}, "WEBHOOK_URL", "no user or password"),
        ({"WEBHOOK_SECRETS": "whsec_hidden-secret"}, "WEBHOOK_SECRETS", "24 to 64 bytes"),
        ({"WEBHOOK_SECRETS": KEY}, "WEBHOOK_SECRETS", "must be whsec_"),
        ({"TEAM_MAIL": "all=a@example.jp"}, "SMTP_URL", "TEAM_MAIL is set"),
        ({"TEAM_MAIL": "tochigi=a@example.jp", **MAIL}, "TEAM_MAIL", "pattern"),
        ({"TEAM_MAIL": "48=a@example.jp", **MAIL}, "TEAM_MAIL", "pattern"),
        ({"HANDOFF_WAIT_MINUTES": "0"}, "HANDOFF_WAIT_MINUTES", "greater than or equal to 1"),
        ({"CLAIMS_SERVE_KEY": "short"}, "CLAIMS_SERVE_KEY", "at least 16"),
        ({"LINE_CHANEL_ID": "1650000000"}, "LINE_CHANEL_ID", "did you mean LINE_CHANNEL_ID?"),
    ],
)
def test_a_senseless_setting_is_named_with_its_reason(given: dict[str, str], name: str, reason: str) -> None:
    with pytest.raises(BadSettings) as refused:
        settings_from({**NEEDED, **given})
    assert reason in refused.value.problems[name]
    assert "hidden-secret" not in str(refused.value)


def test_every_wrong_setting_is_named_at_once_with_an_example() -> None:
    with pytest.raises(BadSettings) as refused:
        settings_from({"PORT": "0", "LOG_LEVEL": "loud"})
    assert {"PORT", "LOG_LEVEL", "SECRET_KEYS"} == set(refused.value.problems)
    assert "LOG_LEVEL=info" in str(refused.value)


def test_an_outside_claims_backend_takes_either_kind_of_credentials() -> None:
    oauth = {
        "CLAIMS_TOKEN_URL": "https://claims.example.jp/token",
        "CLAIMS_CLIENT_ID": "m",
        "CLAIMS_CLIENT_SECRET": "s",
    }
    for credentials in (oauth, {"CLAIMS_SHARED_KEY": "s" * 16}):
        assert "http" == settings_from({**NEEDED, **HTTP_CLAIMS, **credentials}).claims_backend


def test_no_secret_is_seen_when_settings_are_printed() -> None:
    secrets = ("SECRET_KEYS", "LINE_CHANNEL_SECRETS", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "CLAIMS_SERVE_KEY")
    given = {
        **LINE,
        "SECRET_KEYS": f"new:{KEY}",
        "DATABASE_URL": "postgresql://user:hidden-secret@host/db",
        "REDIS_URL": "redis://:hidden-secret@host",
        "SMTP_URL": "smtp://user:hidden-secret@host",
        "MAIL_FROM": "office@example.jp",
        "CLAIMS_SERVE_KEY": "hidden-secret-of-the-backend",
    }
    assert set(secrets) <= set(given)
    printed = repr(settings_from(given))
    assert "hidden-secret" not in printed
    assert KEY not in printed


def test_the_environment_goes_before_the_file(bare_environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"SECRET_KEYS=new:{KEY}\nPORT=8001\nWEB_THREADS=4\n")
    bare_environment.setenv("ENV_FILE", str(tmp_path / "env"))
    bare_environment.setenv("PORT", "8002")
    settings = load_settings()
    assert (8002, 4) == (settings.port, settings.web_threads)


def test_a_misspelt_name_in_the_file_is_refused(bare_environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"SECRET_KEYS=new:{KEY}\nWEB_THREAD=4\n")
    bare_environment.setenv("ENV_FILE", str(tmp_path / "env"))
    with pytest.raises(BadSettings, match=r"WEB_THREAD: .* did you mean WEB_THREADS\?"):
        load_settings()


def test_a_way_by_which_no_mailing_can_be_sent_is_refused() -> None:
    with pytest.raises(BadSettings, match=r"DELIVERY_WAYS: .* For example: DELIVERY_WAYS=line,sms,mail"):
        settings_from({**NEEDED, "DELIVERY_WAYS": "sms,pigeon"})


def test_a_file_that_is_not_there_is_refused(bare_environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare_environment.setenv("ENV_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(BadSettings, match="ENV_FILE"):
        load_settings()


def test_the_example_names_exactly_the_settings() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(_names()) == sorted(named)


def test_the_example_holds_no_senseless_value() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert "https://counter.example.jp" == settings_from({**values, **NEEDED}).public_base_url


def test_nobody_else_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(PROJECT))
        for room in ("bot", "dialogs", "integrations")
        for path in (PROJECT / room).rglob("*.py")
        if "os.environ" in path.read_text() or "getenv(" in path.read_text()
    ]
    # The emulator is the other side, and reads its own few.
    assert ["bot/settings.py", "integrations/emulator/config.py"] == sorted(readers)


def _names() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_a_team_may_have_several_addresses_and_webhooks_several_secrets() -> None:
    given = {**NEEDED, **MAIL, "TEAM_MAIL": "all=a@example.jp, 09=b@example.jp, 09=c@example.jp"}
    assert {"all": ("a@example.jp",), "09": ("b@example.jp", "c@example.jp")} == settings_from(given).team_addresses
    hook = {"WEBHOOK_URL": "https://desk.example.jp/hook", "WEBHOOK_SECRETS": f"whsec_{KEY},whsec_{KEY}"}
    assert (b"k" * 32, b"k" * 32) == settings_from({**NEEDED, **hook}).webhook_keys
