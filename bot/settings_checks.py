"""Settings that only make sense together, each way of being wrong with its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.settings import Settings

SERVER_SCHEMES: Mapping[str, tuple[str, ...]] = {
    "database_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "smtp_url": ("smtp", "smtps"),
    "bounce_mailbox_url": ("imap", "imaps"),
}
MAIL_SERVERS = ("smtp_url", "bounce_mailbox_url")


def is_loopback(url: str) -> bool:
    """Whether the address of a page or a server stays on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def cross_checks(settings: Settings) -> dict[str, str]:
    """By the name of a setting what is wrong with it beside the others."""
    problems = {**_incomplete_groups(settings), **_claims_problems(settings)}
    if settings.clock == "demo" and not is_loopback(settings.public_base_url):
        problems["CLOCK"] = "demo moves the campaign's dates, so it needs a PUBLIC_BASE_URL on this machine"
    if settings.bounce_mailbox_url and not settings.bounce_address:
        problems["BOUNCE_ADDRESS"] = "is missing, though BOUNCE_MAILBOX_URL is set"
    if settings.vonage_application_id and not settings.twilio_account_sid:
        problems["TWILIO_ACCOUNT_SID"] = "is missing: Vonage sends mailings alone, codes and answers go by Twilio"
    if settings.vonage_private_key_file and not settings.vonage_private_key_file.is_file():
        problems["VONAGE_PRIVATE_KEY_FILE"] = "names a file that is not there"
    if settings.refund_sender_file and not settings.refund_sender_file.is_file():
        problems["REFUND_SENDER_FILE"] = "names a file that is not there"
    problems.update(_webhook_problems(settings))
    if settings.team_mail and not settings.smtp_url:
        problems["SMTP_URL"] = "is missing, though TEAM_MAIL is set"
    if settings.line_channel_access_token and not settings.line_channel_id:
        problems["LINE_CHANNEL_ID"] = "is missing, though LINE_CHANNEL_ACCESS_TOKEN is set"
    if not settings.oidc_issuer and settings.oidc_trusted_factors:
        problems["OIDC_TRUSTED_FACTORS"] = "is set, but there is no OIDC_ISSUER whose word it could take"
    if not settings.oidc_issuer and not settings.staff_passwords:
        problems["STAFF_PASSWORDS"] = "is false, and without OIDC_ISSUER nobody of staff could sign in"
    return problems


GROUPS: tuple[tuple[str, ...], ...] = (
    ("line_channel_id", "line_channel_secrets"),
    ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
    (
        *("vonage_application_id", "vonage_private_key_file", "vonage_api_key", "vonage_api_secret"),
        *("vonage_signature_secret", "vonage_from"),
    ),
    ("smtp_url", "mail_from"),
    ("claims_token_url", "claims_client_id", "claims_client_secret"),
    ("rewards_url", "rewards_key"),
    ("chatwoot_url", "chatwoot_api_token", "chatwoot_account", "chatwoot_inbox"),
    ("oidc_issuer", "oidc_client_id", "oidc_client_secret"),
    ("webhook_url", "webhook_secrets"),
)


def _incomplete_groups(settings: Settings) -> dict[str, str]:
    problems: dict[str, str] = {}
    for group in GROUPS:
        present = [name.upper() for name in group if getattr(settings, name)]
        missing = [name.upper() for name in group if not getattr(settings, name)]
        if present:
            problems.update({name: f"is missing, though {', '.join(present)} is set" for name in missing})
    return problems


def _webhook_problems(settings: Settings) -> dict[str, str]:
    try:
        keys = settings.webhook_keys
    except ValueError as error:
        return {"WEBHOOK_SECRETS": str(error)}
    return {"WEBHOOK_URL": "is missing, though WEBHOOK_SECRETS is set"} if keys and not settings.webhook_url else {}


def _claims_problems(settings: Settings) -> dict[str, str]:
    if settings.claims_backend == "builtin":
        return {"CLAIMS_URL": "is set, but CLAIMS_BACKEND is builtin"} if settings.claims_url else {}
    problems: dict[str, str] = {}
    if not settings.claims_url:
        problems["CLAIMS_URL"] = "is missing, though CLAIMS_BACKEND is http"
    if not settings.claims_shared_key and not settings.claims_client_secret:
        problems["CLAIMS_SHARED_KEY"] = (
            "is missing: CLAIMS_BACKEND=http needs it, or CLAIMS_TOKEN_URL, CLAIMS_CLIENT_ID and CLAIMS_CLIENT_SECRET"
        )
    if settings.claims_serve_key:
        problems["CLAIMS_SERVE_KEY"] = "serves the built-in backend, but CLAIMS_BACKEND is http"
    return problems


def checked_web_address(value: str) -> str:
    """The address without its last slash; raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with https:// (http:// on this machine)")
    if parts.username or parts.password:
        raise ValueError("must have no user or password in it")
    if parts.query or parts.fragment:
        raise ValueError("must end before any ? or #")
    if parts.scheme == "http" and not is_loopback(value):
        # Names, numbers and secrets travel to all of these.
        raise ValueError("must be https:// unless it is on this machine")
    return value.rstrip("/")


def check_server_address(setting: str, url: str) -> None:
    """Raises ValueError for an address that no server of that setting has."""
    schemes, parts = SERVER_SCHEMES[setting], urlsplit(url)
    if parts.scheme not in schemes:
        raise ValueError("must begin with " + " or ".join(f"{scheme}://" for scheme in schemes))
    if setting in MAIL_SERVERS and not parts.hostname:
        raise ValueError("names no host")
    if setting == "bounce_mailbox_url" and not parts.username:
        raise ValueError("names no user")


def by_team(entries: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """team=address, each checked, by their teams."""
    teams: dict[str, tuple[str, ...]] = {}
    for team, _, address in (entry.partition("=") for entry in entries):
        teams[team] = (*teams.get(team, ()), address)
    return teams
