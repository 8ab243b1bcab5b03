"""Alarms: what is measured, from when on it is one, and who is told; raised once, and over by themselves.

raised ──> seen ──> ended      (bot.store.alarms.MOVES is the whole table)
   └──────────────────^
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from bot import team_mail, webhooks_out
from bot.parts import Parts
from bot.store import alarm_figures, alarms, overview, reward_codes, watch
from bot.store.alarms import Alarm, Rule
from bot.store.db import Connection, transaction
from dialogs.message import Outbound
from dialogs.rules.calendar import open_time
from dialogs.words import Words

log = structlog.get_logger()

LOOK_EVERY = 30.0
SLOW = ("undelivered", "code_stock")  # they read every right that is open, and whole piles of codes
SLOW_EVERY = 600.0
# A share of nothing tells nothing: its alarm stands so many seconds, until it is let go without a word.
STANDS_UNMEASURED = 86_400.0
# Over only once it is clearly over: what stands at its threshold would be raised and ended all day.
OVER_BELOW, OVER_ABOVE = 0.8, 1.25
TOO_LITTLE = ("code_stock",)  # an alarm below its threshold; all others are from it on
SHARES = ("unmatched", "provider_errors")  # of the last minutes, where there were enough

# By subject; None where there is too little to tell, which neither raises an alarm nor ends one. What is not in it is
# not looked at any more: its alarm is let go, and nobody is told that all is well. Only the outside system hears of it,
# for what it has opened with alarm.raised would else stay open for good.
Measured = Mapping[str, int | None]


@dataclass(frozen=True)
class News:
    """What is told of an alarm: raised, ended or let_go, and how it stood then."""

    state: str
    alarm: UUID
    subject: str
    value: int


def rules(parts: Parts, connection: Connection) -> dict[str, Rule]:
    """Every rule, as it was set or else as it usually is."""
    wait = parts.settings.handoff_wait_minutes
    usual = (
        Rule("queue_age", True, 2 * wait, 60, 1, team_mail.EVERYBODY, True),
        Rule("unmatched", True, 50, 60, 20, team_mail.EVERYBODY, True),
        Rule("undelivered", True, 1, 60, 1, team_mail.EVERYBODY, True),
        Rule("code_stock", True, 50, 60, 1, team_mail.EVERYBODY, True),
        Rule("provider_errors", True, 20, 15, 20, team_mail.EVERYBODY, True),
    )
    return {**{rule.kind: rule for rule in usual}, **alarms.rules(connection)}


def look(parts: Parts) -> bool:
    """Measure all that is on; whoever of all processes comes first. True when anything is to be told."""
    with transaction(parts.db) as connection:
        if not watch.take(connection, "alarms", every=LOOK_EVERY):
            return False
        told = _apart(connection, "sample", lambda: _sample(parts, connection))
        slow = watch.take(connection, "undelivered", every=SLOW_EVERY)
        for rule in rules(parts, connection).values():
            if rule.kind not in SLOW or slow or not rule.is_on:
                told = _apart(connection, rule.kind, partial(_judge, parts, connection, rule)) or told
        return told


def _apart(connection: Connection, kind: str, step: Callable[[], bool]) -> bool:
    """What one step has told; whatever fails in it takes nothing else with it."""
    try:
        with connection.transaction():
            return step()
    except Exception:
        # One figure that cannot be had, say for its time, would else silence every alarm.
        log.exception("alarms.not_judged", kind=kind)
        return False


def _sample(parts: Parts, connection: Connection) -> bool:
    alarm_figures.sample_queue(connection, parts.clock.now().replace(minute=0, second=0, microsecond=0))
    return False


def _judge(parts: Parts, connection: Connection, rule: Rule) -> bool:
    measured = MEASURES[rule.kind](parts, connection, rule) if rule.is_on else {}
    live = {alarm.subject: alarm for alarm in alarms.live_in(connection) if alarm.kind == rule.kind}
    told = False
    for subject, value in measured.items():
        if subject not in live and value is not None and _is_one(rule, value):
            told = _raise(parts, connection, rule, subject, value) or told
    for subject, alarm in live.items():
        if subject in measured:
            told = _follow(parts, connection, rule, alarm, measured[subject]) or told
        elif not (rule.is_on and rule.kind in SHARES) or _is_stale(alarm):
            told = _let_go(parts, connection, rule, alarm) or told
    return told


def _follow(parts: Parts, connection: Connection, rule: Rule, alarm: Alarm, value: int | None) -> bool:
    """One that lasts: how it stands now, or that it is over."""
    if value is None:
        return False
    if not _is_over(rule, value):
        alarms.stands(connection, alarm.id, value=value)
        return False
    if not alarms.end(connection, alarm.id):
        return False
    _tell(parts, connection, rule, News("ended", alarm.id, alarm.subject, value))
    return True


def _let_go(parts: Parts, connection: Connection, rule: Rule, alarm: Alarm) -> bool:
    """One that is not looked at any more."""
    if not alarms.end(connection, alarm.id):
        return False
    _call(parts, connection, rule, News("let_go", alarm.id, alarm.subject, alarm.value))
    return True


def _is_stale(alarm: Alarm) -> bool:
    return time.time() - alarm.raised_at.timestamp() > STANDS_UNMEASURED


def _is_one(rule: Rule, value: int) -> bool:
    return value < rule.threshold if rule.kind in TOO_LITTLE else value >= rule.threshold


def _is_over(rule: Rule, value: int) -> bool:
    if rule.kind in TOO_LITTLE:
        return value >= rule.threshold * OVER_ABOVE
    return value < max(rule.threshold * OVER_BELOW, 1)


def _raise(parts: Parts, connection: Connection, rule: Rule, subject: str, value: int) -> bool:
    raised = alarms.raise_one(connection, rule.kind, subject, value=value, threshold=rule.threshold)
    if raised:
        _tell(parts, connection, rule, News("raised", raised, subject, value))
    return raised is not None


def _tell(parts: Parts, connection: Connection, rule: Rule, news: News) -> None:
    """By the ways that the rule names; on the pages it stands in any case."""
    _call(parts, connection, rule, news)
    if rule.mail_to:

        def letter(spoken: Words) -> Outbound:
            said = _sentence(spoken, rule.kind, news.subject, value=news.value, threshold=rule.threshold)
            head = spoken.say(f"team_mail.alarm_{news.state}", what=spoken.say(f"alarms.kind.{rule.kind}"))
            foot = spoken.say("team_mail.alarms", url=_url(parts))
            return Outbound("\n".join((head, said, foot)), subject=head)

        team_mail.plan(parts, connection, rule.mail_to, once=f"{news.alarm}:{news.state}", letter=letter)


def _call(parts: Parts, connection: Connection, rule: Rule, news: News) -> None:
    if rule.by_webhook:
        webhooks_out.plan(parts, connection, f"alarm.{news.state}", _data(parts, rule, news))


def _data(parts: Parts, rule: Rule, news: News) -> dict[str, object]:
    return {
        "alarm": str(news.alarm),
        "kind": rule.kind,
        "subject": news.subject,
        "value": news.value,
        "threshold": rule.threshold,
        "url": _url(parts),
    }


def _url(parts: Parts) -> str:
    return parts.public_url("/console/alarms")


def sentence(spoken: Words, alarm: Alarm) -> str:
    """How an alarm stands, in a sentence."""
    return _sentence(spoken, alarm.kind, alarm.subject, value=alarm.value, threshold=alarm.threshold)


def _sentence(spoken: Words, kind: str, subject: str, *, value: int, threshold: int) -> str:
    numbers = {"value": f"{value:,}", "threshold": f"{threshold:,}"}
    return spoken.say(f"alarms.stands.{kind}", subject=subject_name(spoken, subject), **numbers)


def subject_name(spoken: Words, subject: str) -> str:
    """What it is about, as staff call it; a name that nobody has given a word for stays as it is."""
    return spoken.say(f"channel.{subject}") if spoken.has(f"channel.{subject}") else subject


def _queue_age(parts: Parts, connection: Connection, _rule: Rule) -> Measured:
    """Within the hours that who waits is told: nobody is rung at night for what was asked in the evening."""
    now = parts.clock.now()
    since = now - timedelta(minutes=alarm_figures.longest_wait(connection))
    answered = max(open_time(campaign, since, now) for campaign in parts.campaigns.values())
    return {"": answered // timedelta(minutes=1)}


def _unmatched(_parts: Parts, connection: Connection, rule: Rule) -> Measured:
    share = alarm_figures.unmatched(connection, minutes=rule.minutes)
    if not share.all:
        return {}
    return {"": share.percent if share.bad >= rule.least or not share.bad else None}


def _undelivered(parts: Parts, connection: Connection, _rule: Rule) -> Measured:
    """By campaign in its last days: applicants, and people of its lists."""
    now = parts.clock.now()
    return {
        campaign.id: overview.not_arrived(parts.db, campaign.id, most=1)[1]
        + alarm_figures.listed_not_arrived(connection, campaign.id)
        for campaign in parts.campaigns.values()
        if timedelta() < campaign.dates.receive_end - now <= timedelta(days=campaign.reminders.undelivered_alarm_days)
    }


def _code_stock(parts: Parts, _connection: Connection, _rule: Rule) -> Measured:
    """By campaign that still gives rewards, brand and sum; a pile that was never brought in is not missing."""
    now = parts.clock.now()
    return {
        f"{campaign.id} {pile.brand} {pile.amount}": pile.free
        for campaign in parts.campaigns.values()
        if now < campaign.dates.receive_end
        for pile in reward_codes.piles(parts.db, campaign.id)
    }


def _provider_errors(_parts: Parts, connection: Connection, rule: Rule) -> Measured:
    shares = alarm_figures.providers(connection, minutes=rule.minutes)
    return {name: share.percent if share.all >= rule.least else None for name, share in shares.items()}


MEASURES: Mapping[str, Callable[[Parts, Connection, Rule], Measured]] = {
    "queue_age": _queue_age,
    "unmatched": _unmatched,
    "undelivered": _undelivered,
    "code_stock": _code_stock,
    "provider_errors": _provider_errors,
}
