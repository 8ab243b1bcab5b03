"""What an operator may set: read once from the environment and `.env`, refused at the start if it makes no sense.

BadSettings            names every wrong setting, why, and an example
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.secret_keys import parse_secret_keys, webhook_key
from bot.settings_checks import by_team, check_server_address, checked_web_address, cross_checks

PROJECT = Path(__file__).resolve().parents[1]
TEAM_ADDRESS = r"^(all|0[1-9]|[1-3][0-9]|4[0-7])=[^@\s=]+@[^@\s]+\.[^@\s]+$"


class BadSettings(Exception):
    """One line for each wrong setting: its name, what is wrong, an example; never the value itself."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("\n".join(_line(name, reason) for name, reason in self.problems.items()))


class Settings(BaseSettings):
    """Every setting, checked. `.env.example` explains them one by one; an empty one counts as not set."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    port: int = Field(default=8000, ge=1, le=65535, examples=["8000"])
    bind_address: str = Field(default="127.0.0.1", min_length=1, examples=["0.0.0.0"])  # noqa: S104 - an example, for behind a proxy
    proxies: int = Field(default=0, ge=0, le=9, examples=["1"])
    emulator_port: int = Field(default=9000, ge=1, le=65000, examples=["9000"])
    public_base_url: str = Field(default="http://127.0.0.1:8000", examples=["https://counter.example.jp"])
    data_dir: Path = Field(default=Path(".local"), examples=[".local"])
    database_url: SecretStr | None = Field(default=None, examples=["postgresql://user:password@host:5432/madoguchi"])
    redis_url: SecretStr | None = Field(default=None, examples=["redis://:password@host:6379/0"])
    secret_keys: SecretStr = Field(examples=["2026-04:<what `openssl rand -base64 32` prints>"])
    campaign: str = Field(default="tochigi-2023-02", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["tochigi-2023-02"])
    campaigns: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["tochigi-2023-02,iwate-2023-02"])
    clock: Literal["real", "demo"] = Field(default="real", examples=["real"])
    demo_clock_start: AwareDatetime = Field(
        default="2023-04-05T10:00:00+09:00", validate_default=True, examples=["2023-04-05T10:00:00+09:00"]
    )

    line_channel_id: str = Field(default="", examples=["1234567890"])
    line_channel_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), examples=["<channel secret>,<the old one, while it is changed>"]
    )
    line_channel_access_token: SecretStr | None = Field(default=None, examples=["<long-lived channel access token>"])
    line_api_base: str = Field(default="", examples=["http://127.0.0.1:9000"])
    line_add_friend_url: str = Field(default="", examples=["https://line.me/R/ti/p/@example"])
    line_rate: float = Field(default=200, gt=0, le=2000, examples=["200"])
    line_notice_yen: float = Field(default=10, ge=0, le=1000, examples=["10"])

    twilio_account_sid: str = Field(default="", examples=["AC0123456789abcdef0123456789abcdef"])
    twilio_auth_token: SecretStr | None = Field(default=None, examples=["<auth token>"])
    twilio_from: str = Field(
        default="", pattern=r"^(\+[1-9][0-9]{6,14}|[A-Za-z0-9 ]{1,11})?$", examples=["+15005550006"]
    )
    twilio_api_base: str = Field(default="", examples=["http://127.0.0.1:9000"])

    twilio_weight: float = Field(default=1, ge=0, le=1000, examples=["1"])

    vonage_application_id: str = Field(default="", examples=["78d335fa-323d-0114-9c3d-d6f0d48968cf"])
    vonage_private_key_file: Path | None = Field(default=None, examples=["/etc/madoguchi/vonage.pem"])
    vonage_api_key: str = Field(default="", pattern=r"^([0-9a-zA-Z]{8})?$", examples=["abcd1234"])
    vonage_api_secret: SecretStr | None = Field(default=None, examples=["<api secret>"])
    vonage_signature_secret: SecretStr | None = Field(default=None, min_length=16, examples=["<signature secret>"])
    vonage_from: str = Field(
        default="", pattern=r"^(\+[1-9][0-9]{6,14}|[A-Za-z0-9 ]{1,11})?$", examples=["+815012345678"]
    )
    vonage_api_base: str = Field(default="", examples=["http://127.0.0.1:9000"])
    vonage_rate: float = Field(default=10, gt=0, le=10_000, examples=["10"])
    vonage_weight: float = Field(default=1, ge=0, le=1000, examples=["1"])

    sms_segment_yen: float = Field(default=10, ge=0, le=1000, examples=["10"])
    sms_rate: float = Field(default=10, gt=0, le=10_000, examples=["10"])
    smtp_url: SecretStr | None = Field(default=None, examples=["smtp://user:password@host:587?starttls=1"])
    mail_from: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$", examples=["office@counter.example.jp"])
    bounce_address: str = Field(
        default="", pattern=r"^([^@\s]{1,12}@[^@\s]+\.[^@\s]+)?$", examples=["bounces@counter.example.jp"]
    )
    bounce_mailbox_url: SecretStr | None = Field(
        default=None, examples=["imaps://user:password@mail.example.jp/INBOX?done=Done"]
    )
    mail_rate: float = Field(default=20, gt=0, le=10_000, examples=["20"])

    delivery_ways: Annotated[tuple[Literal["pnp", "line", "sms", "mail", "sms_plain"], ...], NoDecode] = Field(
        default=("line", "sms", "mail", "sms_plain"), min_length=1, examples=["line,sms,mail,sms_plain"]
    )

    claims_backend: Literal["builtin", "http"] = Field(default="builtin", examples=["builtin"])
    claims_url: str = Field(default="", examples=["https://claims.example.jp/v1"])
    claims_token_url: str = Field(default="", examples=["https://claims.example.jp/oauth2/token"])
    claims_client_id: str = Field(default="", examples=["madoguchi"])
    claims_client_secret: SecretStr | None = Field(default=None, examples=["<client secret>"])
    claims_shared_key: SecretStr | None = Field(default=None, min_length=16, examples=["<at least 16 characters>"])
    claims_serve_key: SecretStr | None = Field(default=None, min_length=16, examples=["<at least 16 characters>"])

    rewards_url: str = Field(default="", examples=["https://gifts.example.jp/v1"])
    rewards_key: SecretStr | None = Field(default=None, min_length=16, examples=["<at least 16 characters>"])

    refund_sender_file: Path | None = Field(default=None, examples=["/etc/madoguchi/refund-sender.toml"])
    webhook_url: str = Field(default="", examples=["https://desk.example.jp/hooks/madoguchi"])
    webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), examples=["whsec_<what `openssl rand -base64 32` prints>"]
    )
    team_mail: Annotated[tuple[Annotated[str, Field(pattern=TEAM_ADDRESS)], ...], NoDecode] = Field(
        default=(), examples=["all=lead@counter.example.jp,09=tochigi@counter.example.jp"]
    )
    handoff_wait_minutes: int = Field(default=15, ge=1, le=1440, examples=["15"])

    chatwoot_url: str = Field(default="", examples=["https://chatwoot.example.jp"])
    chatwoot_api_token: SecretStr | None = Field(default=None, min_length=16, examples=["<access token of our user>"])
    chatwoot_account: int = Field(default=0, ge=0, examples=["1"])
    chatwoot_inbox: int = Field(default=0, ge=0, examples=["2"])
    chatwoot_webhook_secret: SecretStr | None = Field(default=None, min_length=16, examples=["<webhook secret>"])
    chatwoot_webhook_token: SecretStr | None = Field(
        default=None, min_length=32, examples=["<what `openssl rand -hex 24` prints>"]
    )
    desk_prefectures: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["09,03"])
    desk_language: Literal["ja", "en"] = Field(default="ja", examples=["ja"])

    oidc_issuer: str = Field(default="", examples=["https://login.example.jp/realms/office"])
    oidc_client_id: str = Field(default="", examples=["madoguchi"])
    oidc_client_secret: SecretStr | None = Field(default=None, examples=["<client secret>"])
    oidc_trusted_factors: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["mfa,otp"])
    staff_passwords: bool = Field(default=True, examples=["true"])

    web_workers: int = Field(default=2, ge=1, le=64, examples=["2"])
    web_threads: int = Field(default=8, ge=1, le=256, examples=["8"])
    worker_threads: int = Field(default=8, ge=1, le=256, examples=["8"])
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", examples=["info"])
    unknown_lookup_after: int = Field(default=900, ge=1, examples=["900"])
    lookup_timeout: float = Field(default=3, gt=0, le=10, examples=["3"])

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("data_dir", "refund_sender_file")
    @classmethod
    def _beside_the_project(cls, value: Path | None) -> Path | None:
        return PROJECT / value.expanduser() if value else None

    @field_validator(
        "public_base_url",
        "line_api_base",
        "line_add_friend_url",
        "twilio_api_base",
        "vonage_api_base",
        "claims_url",
        "claims_token_url",
        "rewards_url",
        "chatwoot_url",
        "oidc_issuer",
        "webhook_url",
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        return checked_web_address(value) if value else ""

    @field_validator("database_url", "redis_url", "smtp_url", "bounce_mailbox_url")
    @classmethod
    def _server_address(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value:
            check_server_address(str(info.field_name), value.get_secret_value())
        return value

    @field_validator("secret_keys")
    @classmethod
    def _usable_keys(cls, value: SecretStr) -> SecretStr:
        parse_secret_keys(value.get_secret_value())
        return value

    @field_validator(
        "line_channel_secrets",
        "campaigns",
        "delivery_ways",
        "desk_prefectures",
        "oidc_trusted_factors",
        "webhook_secrets",
        "team_mail",
        mode="before",
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        problems = cross_checks(self)
        if problems:
            raise BadSettings(problems)
        return self

    @property
    def keyring(self) -> dict[str, bytes]:
        """SECRET_KEYS as id -> 32 bytes, in their order: the first encrypts, all decrypt."""
        return parse_secret_keys(self.secret_keys.get_secret_value())

    @property
    def webhook_keys(self) -> tuple[bytes, ...]:
        """WEBHOOK_SECRETS as bytes, all of which sign; raises ValueError."""
        return tuple(webhook_key(secret.get_secret_value()) for secret in self.webhook_secrets)

    @property
    def team_addresses(self) -> dict[str, tuple[str, ...]]:
        """TEAM_MAIL by team: a prefecture's code, or "all"."""
        return by_team(self.team_mail)


class _Given(Settings):
    """The same settings, read from what is handed over and from nowhere else."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def load_settings() -> Settings:
    """The settings of this process: the environment first, then `.env` (or the file ENV_FILE); raises BadSettings."""
    env_file = os.environ.get("ENV_FILE")
    if env_file and not Path(env_file).exists():
        raise BadSettings({"ENV_FILE": "names a file that is not there"})
    try:
        return Settings(_env_file=env_file or PROJECT / ".env")  # type: ignore[call-arg]  # pydantic-settings' own
    except ValidationError as error:
        raise BadSettings(_problems(error)) from None


def process_environment() -> dict[str, str]:
    """A copy of this process's environment, to choose from and to hand on to children."""
    return dict(os.environ)


def settings_from(values: Mapping[str, str]) -> Settings:
    """The settings that `values` (by their names in capitals) make, whatever the environment; raises BadSettings."""
    try:
        return _Given(**{name.lower(): value for name, value in values.items() if value != ""})  # type: ignore[arg-type]  # text, which pydantic reads
    except ValidationError as error:
        raise BadSettings(_problems(error)) from None


def _problems(error: ValidationError) -> dict[str, str]:
    return {str(detail["loc"][0]).upper(): _reason(detail) for detail in error.errors()}


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(str(detail["loc"][0]), Settings.model_fields, n=1)
        return "is no setting of the counter" + (f"; did you mean {near[0].upper()}?" if near else "")
    message = detail["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _line(name: str, reason: str) -> str:
    field = Settings.model_fields.get(name.lower())
    example = f" For example: {name}={field.examples[0]}" if field and field.examples else ""
    return f"{name}: {reason}{'' if reason.endswith('?') else '.'}{example}"
