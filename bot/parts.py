"""Parts: all that a process works with, built once by open_parts() and handed down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
import structlog

from bot.bell import Bell
from bot.claims import BuiltinClaims
from bot.pacing import turn_at
from bot.settings import Settings
from bot.store.clock import Clock, DemoClock, RealClock
from bot.store.db import Pool, open_pool
from bot.store.pace import Pace
from bot.store.vault import Vault
from dialogs.rules.campaign import Campaign
from dialogs.rules.campaign_versions import Campaigns, load_campaigns
from dialogs.rules.claim import ClaimsBackend
from integrations.channel import Channel
from integrations.claims.client import HttpClaims, HttpClaimsConfig
from integrations.desks.chatwoot.client import Chatwoot, ChatwootConfig
from integrations.desks.desk import Desk
from integrations.line.channel import LineChannel, LineConfig
from integrations.mail.channel import MailChannel, MailConfig
from integrations.oidc import OidcConfig, Provider
from integrations.rewards.client import HttpRewards, HttpRewardsConfig
from integrations.rewards.vendor import Vendor
from integrations.sms.channel import SmsChannel, SmsConfig
from integrations.sms.vonage import VonageConfig
from integrations.webhook.sender import Webhook, WebhookConfig

SPARE_CONNECTIONS = 6  # the bell, the clock, health, and the settling of outcomes

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """Shared by every thread of a process."""

    settings: Settings
    db: Pool
    redis: redis.Redis
    clock: Clock
    vault: Vault
    bell: Bell
    channels: Mapping[str, Channel]
    claims: ClaimsBackend
    campaigns: Campaigns
    paces: Mapping[str, Pace]
    rewards: Vendor | None
    desk: Desk | None
    sso: Provider | None
    webhook: Webhook | None

    @property
    def campaign(self) -> Campaign:
        """The campaign that new conversations begin with."""
        return self.campaigns[self.settings.campaign]

    @property
    def ahead(self) -> timedelta:
        """By how much the campaign's clock is ahead of the real one: by nothing, unless the counter is tried out.

        In whole seconds, so that two looks at one clock make no difference of an instant at midnight.
        """
        return timedelta(seconds=round((self.clock.now() - datetime.now(UTC)).total_seconds()))

    def by_clock(self, at: datetime) -> datetime:
        """A time by PostgreSQL's own clock as the campaign's clock shows it: staff are told no other."""
        return at + self.ahead

    def public_url(self, path: str) -> str:
        return f"{self.settings.public_base_url}{path}"


@contextmanager
def open_parts(settings: Settings, *, threads: int) -> Iterator[Parts]:
    """Open what a process of that many threads needs, and close it again. Raises CampaignError, psycopg.Error.

    settings names a database and a Redis; `bot try` fills them in with the embedded ones.
    """
    assert settings.database_url is not None and settings.redis_url is not None  # noqa: S101, PT018 - see above
    with ExitStack() as stack:
        db = open_pool(settings.database_url.get_secret_value(), size=threads + SPARE_CONNECTIONS)
        stack.callback(db.close)
        meter = redis.Redis.from_url(
            settings.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2, decode_responses=True
        )
        stack.callback(meter.close)
        vault = Vault(settings.keyring)
        campaigns = load_campaigns(dict.fromkeys((settings.campaign, *settings.campaigns)))
        paces = _paces(settings, meter)
        bell = stack.enter_context(Bell(settings.database_url.get_secret_value()))
        yield Parts(
            settings=settings,
            db=db,
            redis=meter,
            clock=DemoClock(db, start=settings.demo_clock_start) if settings.clock == "demo" else RealClock(),
            vault=vault,
            bell=bell,
            channels=_channels(settings, campaigns[settings.campaign], paces),
            claims=_claims(settings, db, vault, campaigns),
            campaigns=campaigns,
            rewards=_rewards(settings),
            desk=_desk(settings, stack),
            sso=_sso(settings, stack),
            webhook=_webhook(settings, stack),
            paces=paces,
        )


def _paces(settings: Settings, store: redis.Redis) -> dict[str, Pace]:
    """By channel (and by its name for a second provider of one), how fast our sender there may send."""
    senders = {
        "line": (settings.line_channel_id, settings.line_rate),
        "sms": (settings.twilio_from, settings.sms_rate),
        "mail": (settings.mail_from, settings.mail_rate),
        "vonage": (settings.vonage_from, settings.vonage_rate),
    }
    return {channel: Pace(store, f"{channel}:{sender}", per_second=rate) for channel, (sender, rate) in senders.items()}


def _channels(settings: Settings, campaign: Campaign, paces: Mapping[str, Pace]) -> dict[str, Channel]:
    """The channels that are configured; a counter without LINE still answers on the web."""
    channels: dict[str, Channel] = {}
    if settings.line_channel_id:
        channels["line"] = LineChannel(line_config(settings))
    if settings.twilio_account_sid:
        channels["sms"] = SmsChannel(sms_config(settings, paces["sms"]))
    if settings.smtp_url:
        channels["mail"] = MailChannel(mail_config(settings, campaign, paces["mail"]))
    return channels


def mail_config(settings: Settings, campaign: Campaign, pace: Pace) -> MailConfig:
    """Who we are at the mail relay; SMTP_URL is set."""
    assert settings.smtp_url  # noqa: S101 - see above
    return MailConfig(
        settings.smtp_url.get_secret_value(),
        mail_from=settings.mail_from,
        sender_name=campaign.sender("mail"),
        wait_turn=turn_at(pace),
    )


def line_config(settings: Settings) -> LineConfig:
    """Who we are at LINE."""
    token = settings.line_channel_access_token
    return LineConfig(
        channel_id=settings.line_channel_id,
        channel_secrets=tuple(secret.get_secret_value() for secret in settings.line_channel_secrets),
        channel_access_token=token.get_secret_value() if token else "",
        api_base=settings.line_api_base,
    )


def sms_config(settings: Settings, pace: Pace) -> SmsConfig:
    """Who we are at Twilio."""
    token = settings.twilio_auth_token
    return SmsConfig(
        account_sid=settings.twilio_account_sid,
        auth_token=token.get_secret_value() if token else "",
        sender=settings.twilio_from,
        api_base=settings.twilio_api_base,
        status_callback_url=f"{settings.public_base_url}/webhooks/twilio/status",
        wait_turn=turn_at(pace),
    )


def vonage_config(settings: Settings) -> VonageConfig:
    """Who we are at Vonage; its settings are set. Raises OSError."""
    assert settings.vonage_private_key_file and settings.vonage_api_secret  # noqa: S101, PT018 - see above
    return VonageConfig(
        application_id=settings.vonage_application_id,
        private_key=settings.vonage_private_key_file.read_text(),
        api_key=settings.vonage_api_key,
        api_secret=settings.vonage_api_secret.get_secret_value(),
        sender=settings.vonage_from,
        status_url=f"{settings.public_base_url}/webhooks/vonage/status",
        api_base=settings.vonage_api_base,
    )


def _claims(settings: Settings, db: Pool, vault: Vault, campaigns: Mapping[str, Campaign]) -> ClaimsBackend:
    if settings.claims_backend == "builtin":
        return BuiltinClaims(db, vault, campaigns)
    key, secret = settings.claims_shared_key, settings.claims_client_secret
    return HttpClaims(
        HttpClaimsConfig(
            settings.claims_url,
            shared_key=key.get_secret_value() if key else "",
            token_url=settings.claims_token_url,
            client_id=settings.claims_client_id,
            client_secret=secret.get_secret_value() if secret else "",
            lookup_seconds=settings.lookup_timeout,
        )
    )


def _sso(settings: Settings, stack: ExitStack) -> Provider | None:
    """By whom staff may sign in beside, or instead of, a password."""
    if not settings.oidc_issuer or settings.oidc_client_secret is None:
        return None
    config = OidcConfig(
        settings.oidc_issuer,
        settings.oidc_client_id,
        redirect_url=f"{settings.public_base_url}/console/sso/back",
        client_secret=settings.oidc_client_secret.get_secret_value(),
    )
    return stack.enter_context(closing(Provider(config)))


def _rewards(settings: Settings) -> Vendor | None:
    """The gift vendor; a counter without one issues codes from its stock alone."""
    if not settings.rewards_url or settings.rewards_key is None:
        return None
    return HttpRewards(HttpRewardsConfig(settings.rewards_url, settings.rewards_key.get_secret_value()))


def _desk(settings: Settings, stack: ExitStack) -> Desk | None:
    """The outside desk where a team answers, if there is one; our own console stands beside it."""
    token, secret, path = settings.chatwoot_api_token, settings.chatwoot_webhook_secret, settings.chatwoot_webhook_token
    if not settings.chatwoot_url or token is None:
        return None
    config = ChatwootConfig(
        settings.chatwoot_url,
        settings.chatwoot_account,
        settings.chatwoot_inbox,
        token.get_secret_value(),
        webhook_secret=secret.get_secret_value() if secret else "",
        webhook_token=path.get_secret_value() if path else "",
    )
    return stack.enter_context(closing(Chatwoot(config)))


def _webhook(settings: Settings, stack: ExitStack) -> Webhook | None:
    """The outside system that is told, if one is set."""
    if not settings.webhook_url:
        return None
    webhook = Webhook(WebhookConfig(settings.webhook_url, settings.webhook_keys))
    stack.callback(webhook.close)
    return webhook
