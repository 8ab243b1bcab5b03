"""`bot check`: what is wrong with settings, servers and keys, and how to mend it. Never prints a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import LiteralString

import click
import psycopg
import redis

from bot.local.alarms_check import alarms_found
from bot.local.at_hand import NotAtHand, settings_at_hand
from bot.local.cases_check import cases_found
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
from bot.store.migrate import head
from bot.store.vault import Unopenable, Vault
from dialogs.rules.campaign import CampaignError, load_campaign
from dialogs.rules.claim import CouponRef, Unavailable
from dialogs.words import languages, words
from integrations.channel import SendError
from integrations.line.channel import LineChannel
from integrations.mail.channel import MailChannel

CLOCKS_APART_AT_MOST = 2.0  # seconds
OLDEST_POSTGRESQL = 16
ANSWER_SECONDS = 5
NOBODYS_COUPON = CouponRef("09", "CHECK0", date(2023, 2, 24))

# Every sealed column with the place that its values are bound to; the newest and the oldest are tried.
SEALED: Mapping[str, LiteralString] = {
    "conversations.answers": "SELECT answers FROM conversations WHERE answers IS NOT NULL ORDER BY id",
    "inbound.payload": "SELECT payload FROM inbound WHERE payload IS NOT NULL ORDER BY id",
    "address": "SELECT address FROM outgoing ORDER BY id",
    "body": "SELECT body FROM outgoing WHERE body IS NOT NULL ORDER BY id",
    "submissions.claim": "SELECT claim FROM submissions WHERE claim IS NOT NULL ORDER BY id",
    "reward code": "SELECT code FROM entitlements WHERE code IS NOT NULL ORDER BY id",
    "entitlements.token": "SELECT token FROM entitlements ORDER BY id",
    "staff.password": "SELECT password FROM staff WHERE password IS NOT NULL ORDER BY id",
    "staff.totp": "SELECT totp FROM staff WHERE totp IS NOT NULL ORDER BY id",
    "received_files.preview": "SELECT preview FROM received_files WHERE preview IS NOT NULL ORDER BY id",
    "cases.details": "SELECT details FROM cases WHERE details IS NOT NULL ORDER BY id",
    "shop_records.details": "SELECT details FROM shop_records WHERE details IS NOT NULL ORDER BY id",
    "claims.body": "SELECT body FROM claims WHERE body IS NOT NULL ORDER BY id",
}


MOST_SHOWN = 10
# A code or a link of then is of no use to anybody any more.
HELD_BACK = """
SELECT o.purpose, coalesce(s.receipt_no, 'without an application'), count(*) OVER () FROM outgoing o
LEFT JOIN entitlements e ON starts_with(o.purpose, 'reward_url') AND e.id = split_part(o.once_key, ':', 2)::uuid
LEFT JOIN submissions s ON s.id = coalesce(
    e.submission, CASE WHEN o.purpose = 'decided' THEN split_part(o.once_key, ':', 2)::uuid END)
WHERE o.state = 'suppressed' AND o.purpose NOT IN ('code', 'resume') AND o.body IS NOT NULL
ORDER BY o.settled_at LIMIT %s
"""


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
    database = list(_database(settings))
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


def _database(settings: Settings) -> Iterator[Finding]:
    assert settings.database_url  # noqa: S101 - settings at hand name one
    try:
        url = settings.database_url.get_secret_value()
        with psycopg.connect(url, autocommit=True, connect_timeout=ANSWER_SECONDS) as connection:
            yield _server(connection)
            migrated = _migrated(connection)
            yield migrated
            yield _clocks(connection)
            if not migrated.mend:
                yield _keys(connection, settings)
                yield _held_back(connection)
    except psycopg.OperationalError as error:
        reason = type(error).__name__ if error.sqlstate is None else error.sqlstate
        yield Finding("Database", f"does not answer ({reason})", "Start it, or correct DATABASE_URL.")


def _server(connection: psycopg.Connection) -> Finding:
    version = connection.info.server_version // 10_000
    old = f"Move to PostgreSQL {OLDEST_POSTGRESQL} or newer." if version < OLDEST_POSTGRESQL else ""
    return Finding("Database", f"PostgreSQL {version} answers", old)


def _migrated(connection: psycopg.Connection) -> Finding:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    found, newest = row[0] if row else "nothing", head()
    mend = "" if found == newest else "Bring it up: python -m bot migrate"
    return Finding("Tables", f"at version {found}" + (f", this is {newest}" if mend else ""), mend)


def _clocks(connection: psycopg.Connection) -> Finding:
    asked = datetime.now(UTC)
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row  # noqa: S101 - a SELECT without FROM has one row
    middle = asked + (datetime.now(UTC) - asked) / 2
    apart = abs((row[0] - middle).total_seconds())
    mend = "" if apart < CLOCKS_APART_AT_MOST else "Set both machines' clocks by NTP: leases and deadlines follow them."
    return Finding("Clocks", f"this machine's and the database's are {apart:.2f} s apart", mend)


def _keys(connection: psycopg.Connection, settings: Settings) -> Finding:
    vault, tried = Vault(settings.keyring), 0
    try:
        for place, query in SEALED.items():
            for order in (" LIMIT 1", " DESC LIMIT 1"):
                for (sealed,) in connection.execute(query + order):
                    vault.open(sealed, place)
                    tried += 1
    except Unopenable as place:
        mend = "Put the key that sealed it back into SECRET_KEYS, behind the new one."
        return Finding("Keys", f"do not open what is sealed in {place}", mend)
    names = ", ".join(settings.keyring)
    return Finding("Keys", f"{names}: open what is sealed" if tried else f"{names}: nothing is sealed yet")


def _held_back(connection: psycopg.Connection) -> Finding:
    """What could be sent to nobody, because its person wants no SMS and named no mail address."""
    held = connection.execute(HELD_BACK, (MOST_SHOWN,)).fetchall()
    if not held:
        return Finding("Stopped", "no message waits for another way to its person")
    lines = [f"{number} ({purpose})" for purpose, number, _ in held]
    mend = "\n".join(("Tell them by telephone; python -m bot claims show NUMBER names what is known:", *lines))
    return Finding("Stopped", f"{held[0][-1]} messages can go to nobody: their people want no SMS", mend)


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
