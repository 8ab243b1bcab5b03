"""The few settings of the emulator, read from the environment once.

Errors:
    EmulatorError
    +-- SenselessSetting    a variable has a value that cannot be used
    +-- NotLoopback         the host is reachable from other machines, and nobody asked for that
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

# Made up, so that the emulator starts with nothing set; no real channel or account has them.
DEFAULT_CHANNEL_ID = "1650000001"
DEFAULT_CHANNEL_SECRET = "00112233445566778899aabbccddeeff"  # noqa: S105 - invented, opens nothing
DEFAULT_CHANNEL_TOKEN = "emulated-channel-access-token"  # noqa: S105 - invented, opens nothing
DEFAULT_TWILIO_SID = "AC00000000000000000000000000000001"
DEFAULT_TWILIO_TOKEN = "emulated-twilio-auth-token"  # noqa: S105 - invented, opens nothing
DEFAULT_TWILIO_FROM = "+15005550006"
DEFAULT_VONAGE_APPLICATION = "78d335fa-0000-4000-8000-000000000001"
DEFAULT_VONAGE_KEY = "emulated"
DEFAULT_VONAGE_SECRET = "emulated-vonage-secret"  # noqa: S105 - invented, opens nothing
DEFAULT_VONAGE_SIGNATURE = "emulated-vonage-signature-secret"
DEFAULT_REWARDS_KEY = "emulated-rewards-key"
DEFAULT_CHATWOOT_TOKEN = "emulated-chatwoot-access-token"  # noqa: S105 - invented, opens nothing
DEFAULT_CHATWOOT_SECRET = "emulated-chatwoot-webhook-secret"  # noqa: S105 - invented, opens nothing
DEFAULT_OIDC_CLIENT = "madoguchi"
DEFAULT_OIDC_SECRET = "emulated-oidc-secret"  # noqa: S105 - invented, opens nothing
DEFAULT_WEBHOOK_SECRET = "whsec_ZW11bGF0ZWQgd2ViaG9vayBzZWNyZXQhIQ=="  # noqa: S105 - invented, opens nothing


class EmulatorError(Exception):
    """Any reason why the emulator does not start."""


class SenselessSetting(EmulatorError):
    """A variable has a value that cannot be used; the text names it and gives an example."""


class NotLoopback(EmulatorError):
    """The host is reachable from other machines, and nobody asked for that."""


@dataclass(frozen=True)
class EmulatorConfig:
    """All that the emulator must know; times are seconds. Without an imap_port nobody can read returned mail.

    balance is what both providers of SMS say is left; vonage_public_key is the application's, as PEM.
    """

    host: str = "127.0.0.1"
    port: int = 9000
    smtp_port: int = 9025
    imap_port: int | None = None
    store: str = ":memory:"
    counter_url: str = "http://127.0.0.1:8000"
    line_channel_id: str = DEFAULT_CHANNEL_ID
    line_channel_secrets: tuple[str, ...] = (DEFAULT_CHANNEL_SECRET,)
    line_channel_access_token: str = DEFAULT_CHANNEL_TOKEN
    twilio_account_sid: str = DEFAULT_TWILIO_SID
    twilio_auth_token: str = DEFAULT_TWILIO_TOKEN
    twilio_from: str = DEFAULT_TWILIO_FROM
    rewards_key: str = DEFAULT_REWARDS_KEY
    oidc_client_id: str = DEFAULT_OIDC_CLIENT
    oidc_client_secret: str = DEFAULT_OIDC_SECRET
    webhook_secrets: tuple[str, ...] = (DEFAULT_WEBHOOK_SECRET,)
    vonage_application_id: str = DEFAULT_VONAGE_APPLICATION
    vonage_api_key: str = DEFAULT_VONAGE_KEY
    vonage_api_secret: str = DEFAULT_VONAGE_SECRET
    vonage_signature_secret: str = DEFAULT_VONAGE_SIGNATURE
    vonage_public_key: str = ""
    balance: str = "1000.00"
    chatwoot_api_token: str = DEFAULT_CHATWOOT_TOKEN
    chatwoot_webhook_secret: str = DEFAULT_CHATWOOT_SECRET
    strict: bool = True
    allow_non_loopback: bool = False
    senders: int = 24
    webhook_deadline: float = 2.0
    redelivery_waits: tuple[float, ...] = (0.3, 0.6, 1, 2, 3, 5, 5, 10, 20, 30, 60, 60, 60, 60)
    sent_after: float = 0.05
    delivered_after: float = 0.2

    def __post_init__(self) -> None:
        if not (self.allow_non_loopback or is_loopback(self.host)):
            raise NotLoopback(
                f"EMULATOR_HOST={self.host} would let other machines in, and the emulator asks nobody who they are. "
                "Use 127.0.0.1, or set EMULATOR_ALLOW_NON_LOOPBACK=1 if that is meant."
            )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> EmulatorConfig:
        """The config that the environment describes; raises SenselessSetting or NotLoopback."""
        env = os.environ if environ is None else environ
        return cls(
            host=env.get("EMULATOR_HOST") or cls.host,
            port=_port(env, "EMULATOR_PORT", cls.port),
            smtp_port=_port(env, "EMULATOR_SMTP_PORT", cls.smtp_port),
            imap_port=_port(env, "EMULATOR_IMAP_PORT", 0) if env.get("EMULATOR_IMAP_PORT") else None,
            store=env.get("EMULATOR_STORE") or cls.store,
            counter_url=(env.get("COUNTER_URL") or cls.counter_url).rstrip("/"),
            line_channel_id=env.get("LINE_CHANNEL_ID") or cls.line_channel_id,
            line_channel_secrets=_listed(env.get("LINE_CHANNEL_SECRETS", "")) or cls.line_channel_secrets,
            line_channel_access_token=env.get("LINE_CHANNEL_ACCESS_TOKEN") or cls.line_channel_access_token,
            twilio_account_sid=env.get("TWILIO_ACCOUNT_SID") or cls.twilio_account_sid,
            twilio_auth_token=env.get("TWILIO_AUTH_TOKEN") or cls.twilio_auth_token,
            twilio_from=env.get("TWILIO_FROM") or cls.twilio_from,
            oidc_client_id=env.get("OIDC_CLIENT_ID") or cls.oidc_client_id,
            oidc_client_secret=env.get("OIDC_CLIENT_SECRET") or cls.oidc_client_secret,
            rewards_key=env.get("REWARDS_KEY") or cls.rewards_key,
            webhook_secrets=_listed(env.get("WEBHOOK_SECRETS", "")) or cls.webhook_secrets,
            vonage_application_id=env.get("VONAGE_APPLICATION_ID") or cls.vonage_application_id,
            vonage_api_key=env.get("VONAGE_API_KEY") or cls.vonage_api_key,
            vonage_api_secret=env.get("VONAGE_API_SECRET") or cls.vonage_api_secret,
            vonage_signature_secret=env.get("VONAGE_SIGNATURE_SECRET") or cls.vonage_signature_secret,
            chatwoot_api_token=env.get("CHATWOOT_API_TOKEN") or cls.chatwoot_api_token,
            chatwoot_webhook_secret=env.get("CHATWOOT_WEBHOOK_SECRET") or cls.chatwoot_webhook_secret,
            strict=_switch(env, "EMULATOR_STRICT", cls.strict),
            allow_non_loopback=_switch(env, "EMULATOR_ALLOW_NON_LOOPBACK", cls.allow_non_loopback),
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit() or not 0 <= int(text) < 65536:
        raise SenselessSetting(f"{name}={text} is not a port; give a number such as {default}.")
    return int(text)


def _switch(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if text in {"", "0", "1", "true", "false"}:
        return default if text == "" else text in {"1", "true"}
    raise SenselessSetting(f"{name}={text} is neither 1 nor 0.")
