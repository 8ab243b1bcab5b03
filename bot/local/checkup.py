"""`bot check`: what is wrong with settings, servers and keys, and how to mend it. Never prints a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import click
import redis

from bot.local.alarms_check import alarms_found
from bot.local.at_hand import NotAtHand, settings_at_hand
from bot.local.cases_check import cases_found
from bot.local.database_check import ANSWER_SECONDS, database_found
from bot.local.desk_check import desk_found
from bot.local.queue_check import queue_found
from bot.local.reminders_view import overdue
from bot.local.returned_check import returned_mail_found
from bot.local.rewards_check import rewards_found
from bot.local.sms_check import sms_found
from bot.local.sso_check import sso_found
from bot.local.urls_check import urls_found
from bot.logs import set_up_logs
from bot.parts import Parts, open_parts
from bot.settings import BadSettings, Settings
from bot.settings_checks import is_loopback
from dialogs.rules.campaign import CampaignError, load_campaign
from dialogs.rules.claim import CouponRef, Unavailable
from dialogs.words import languages, words
from integrations.channel import SendError
from integrations.line.channel import LineChannel
from integrations.mail.channel import MailChannel

NOBODYS_COUPON = CouponRef("09", "CHECK0", date(2023, 2, 24))


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; mend says what to do where something is wrong, note what could be set besides."""

    name: str
    says: str
    mend: str = ""
    note: str = ""


def check_up(environment: Mapping[str, str]) -> bool:
    """Look at everything and print a line for each; False if anything is wrong. `environment` is this process's own."""
    set_up_logs("error")
    right = True
    for finding in _findings(environment):
        click.echo(f"{_mark(finding)} {finding.name}: {finding.says}")
        for line in (finding.mend or finding.note).splitlines():
            click.echo(f"    {line}")
        right = right and not finding.mend
    return right


def _mark(finding: Finding) -> str:
    if finding.mend:
        return click.style("✗", fg="red")
    return click.style("–", fg="yellow") if finding.note else click.style("✓", fg="green")


def _findings(environment: Mapping[str, str]) -> Iterator[Finding]:
    yield from _languages()
    try:
        settings = settings_at_hand(environment)
    except BadSettings as bad:
        yield Finding("Settings", "cannot be used", f"{bad}\nEvery setting is explained in .env.example.")
        return
    except NotAtHand as why:
        yield Finding("Settings", "name no database", str(why))
        return
    yield Finding("Settings", f"make sense; the clock is {settings.clock}, claims are decided by {_backend(settings)}")
    campaign = _campaign(settings)
    yield campaign
    database = [Finding(*told) for told in database_found(settings)]
    yield from database
    yield _redis(settings)
    if any(finding.mend for finding in (campaign, *database)):
        return
    with open_parts(settings, threads=1) as parts:
        for look in (_reminders, _line, _mail, _claims):
            yield look(parts)
        yield from (Finding(*told) for told in sms_found(parts))
        yield from (Finding(*told) for told in sso_found(parts))
        yield Finding(*returned_mail_found(settings))
        yield Finding(*queue_found(parts))
        yield from (Finding(*told) for told in cases_found(parts))
        yield Finding(*desk_found(parts))
        yield from (Finding(*told) for told in alarms_found(parts))
        yield from (Finding(*told) for told in rewards_found(parts))
        yield from (Finding(*told) for told in urls_found(parts))


def _languages() -> Iterator[Finding]:
    for language in languages():
        missing = words(language).missing()
        if missing:
            mend = f"Write them in dialogs/texts/{language}.toml; until then people read Japanese there:"
            yield Finding(
                f"Language {language}", f"lacks {len(missing)} sentences", "\n".join((mend, *_by_table(missing)))
            )
        else:
            yield Finding(f"Language {language}", "complete")


def _by_table(keys: Sequence[str]) -> Iterator[str]:
    """Keys as they stand in a file: a line for each table."""
    tables: dict[str, list[str]] = {}
    for key in keys:
        table, _, name = key.rpartition(".")
        tables.setdefault(table, []).append(name)
    for table, names in tables.items():
        yield f"[{table}] {', '.join(names)}" if table else ", ".join(names)


def _backend(settings: Settings) -> str:
    return "the built-in backend" if settings.claims_backend == "builtin" else settings.claims_url


def _campaign(settings: Settings) -> Finding:
    try:
        campaign = load_campaign(settings.campaign)
    except (CampaignError, OSError) as wrong:
        return Finding(
            "Campaign", f"{settings.campaign} cannot be used: {wrong}", "Mend its file in dialogs/campaigns."
        )
    until = f"applications until {campaign.dates.apply_end:%Y-%m-%d %H:%M}"
    return Finding("Campaign", f"{campaign.id}, version {campaign.version}, {until}")


# --- servers -----------------------------------------------------------------------------------------------------


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("Redis", "is not named", "Set REDIS_URL, for example redis://:password@host:6379/0")
    url = settings.redis_url.get_secret_value()
    try:
        with redis.Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS) as store:
            store.ping()
    except redis.RedisError as error:
        return Finding("Redis", f"does not answer ({type(error).__name__})", "Start it, or correct REDIS_URL.")
    return Finding("Redis", "answers")


def _reminders(parts: Parts) -> Finding:
    late = overdue(parts)
    return Finding("Reminders", "are late" if late else "none is late", "\n".join(late))


# --- the outside -------------------------------------------------------------------------------------------------


def _line(parts: Parts) -> Finding:
    channel, settings = parts.channels.get("line"), parts.settings
    if not isinstance(channel, LineChannel):
        return Finding("LINE", "is not set: the counter is not on LINE")
    try:
        says = f"answers, we are {channel.account()} there"
    except SendError as wrong:
        mend = "Compare LINE_CHANNEL_ID, LINE_CHANNEL_SECRETS and LINE_CHANNEL_ACCESS_TOKEN with LINE's console."
        return Finding("LINE", f"does not take us ({wrong.code})", mend)
    if not settings.line_api_base and is_loopback(settings.public_base_url):
        mend = "Set PUBLIC_BASE_URL to the https address that LINE's webhook goes to."
        return Finding("LINE", f"{says}, but cannot reach {settings.public_base_url}", mend)
    return Finding("LINE", says)


def _mail(parts: Parts) -> Finding:
    channel = parts.channels.get("mail")
    if not isinstance(channel, MailChannel):
        return Finding("Mail", "is not set: no code and no URL goes by mail")
    try:
        channel.greet()
    except SendError as wrong:
        mend = "Start the relay, or correct SMTP_URL (host, port, user, password)."
        return Finding("Mail", f"the relay does not take us ({wrong.code})", mend)
    finally:
        channel.close()
    return Finding("Mail", f"the relay takes us; sent as {parts.settings.mail_from}")


def _claims(parts: Parts) -> Finding:
    answer = parts.claims.find_coupon(NOBODYS_COUPON)
    if isinstance(answer, Unavailable):
        mend = "Start it, or correct CLAIMS_URL and its keys."
        return Finding("Claims backend", f"does not answer ({answer.reason})", mend)
    return Finding("Claims backend", f"{_backend(parts.settings)} answers")
