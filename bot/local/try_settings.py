"""The settings that `make run` makes up: everything points at the emulator, nothing can reach a real person."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from bot.settings import PROJECT
from integrations.emulator.config import DEFAULT_CHATWOOT_SECRET, DEFAULT_CHATWOOT_TOKEN

SAMPLE_COUPONS = PROJECT / "sample-data" / "coupons-tochigi.csv"
SAMPLE_SENDER = PROJECT / "sample-data" / "refund-sender.toml"
SAMPLE_CAMPAIGN = "tochigi-2023-02"
SAMPLES_TO_TYPE = {"4401-0012": "2/23", "4402-0011": "2/23"}  # inquiry number: the day of its trip
SMTP_PORT_ABOVE_EMULATOR = 25


def try_settings(data_dir: Path, *, port: int = 8000, emulator_port: int = 9000) -> dict[str, str]:
    """Settings by their names in capitals; the secrets among them are made once and kept in `data_dir`.

    Mail goes to the emulator's SMTP port, which stands 25 above its page's.
    """
    emulator = f"http://127.0.0.1:{emulator_port}"
    return {
        "PORT": str(port),
        "EMULATOR_PORT": str(emulator_port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "DATA_DIR": str(data_dir.absolute()),
        "CLOCK": "demo",
        "LINE_API_BASE": emulator,
        "LINE_ADD_FRIEND_URL": emulator,
        "TWILIO_FROM": "+15005550006",
        "TWILIO_API_BASE": emulator,
        "SMS_RATE": "100",
        "SMTP_URL": f"smtp://127.0.0.1:{emulator_port + SMTP_PORT_ABOVE_EMULATOR}",
        "MAIL_FROM": "madoguchi@office.example.jp",
        "CLAIMS_BACKEND": "builtin",
        "REWARDS_URL": f"{emulator}/vendor/v1",
        "REFUND_SENDER_FILE": str(SAMPLE_SENDER),
        "OIDC_ISSUER": f"{emulator}/oidc",
        "OIDC_CLIENT_ID": "madoguchi",
        "WEBHOOK_URL": f"{emulator}/office/events",
        "TEAM_MAIL": "all=team@office.example.jp",
        "HANDOFF_WAIT_MINUTES": "2",
        **_kept_secrets(data_dir / "secrets.json"),
    }


def desk_settings(*, emulator_port: int) -> dict[str, str]:
    """The settings that have the emulator play Chatwoot for a try, at /emulator/chatwoot."""
    return {
        "CHATWOOT_URL": f"http://127.0.0.1:{emulator_port}",
        "CHATWOOT_ACCOUNT": "1",
        "CHATWOOT_INBOX": "1",
        "CHATWOOT_API_TOKEN": DEFAULT_CHATWOOT_TOKEN,
        "CHATWOOT_WEBHOOK_SECRET": DEFAULT_CHATWOOT_SECRET,
    }


def _kept_secrets(path: Path) -> dict[str, str]:
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    # What a later version needs is made up beside what an earlier one has made.
    made = {**_made_up_secrets(), **kept}
    if made == kept:
        return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: a kill in the middle must not leave half a key, and then sealed data without one.
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    with unfinished.open("w") as file:
        json.dump(made, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return made


def _made_up_secrets() -> dict[str, str]:
    return {
        "SECRET_KEYS": f"try:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "LINE_CHANNEL_ID": "1650000000",
        "LINE_CHANNEL_SECRETS": secrets.token_hex(16),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "CLAIMS_SERVE_KEY": secrets.token_urlsafe(24),
        "REWARDS_KEY": secrets.token_urlsafe(24),
        "OIDC_CLIENT_SECRET": secrets.token_urlsafe(24),
        "WEBHOOK_SECRETS": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
    }
