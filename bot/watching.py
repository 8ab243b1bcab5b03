"""What the worker looks after, one process at a time: who waits for staff too long, and what is to raise an alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot import alarms, team_mail, webhooks_out
from bot.parts import Parts
from bot.store import waits, watch
from bot.store.db import Connection, transaction
from bot.store.waits import LongWait
from dialogs.message import Outbound
from dialogs.rules.calendar import open_since
from dialogs.words import Words

LOOK_EVERY = 10.0  # seconds
MAIL_EVERY = 60.0  # of a long queue somebody new waits too long all the time: a team gets one mail a minute at most
MOST_NAMED = 20  # in one mail; the others stand in the queue


def look(parts: Parts) -> bool:
    """Look once, whoever of all processes comes first; what is to be told is in rows when it is over."""
    with transaction(parts.db) as connection:
        told = watch.take(connection, "waits", every=MAIL_EVERY) and _tell_of_waits(parts, connection)
    if alarms.look(parts) or told:
        parts.bell.ring("webhook")
        parts.bell.ring("outgoing")
    return False


def _tell_of_waits(parts: Parts, connection: Connection) -> bool:
    if parts.webhook is None and not parts.settings.team_addresses:
        return False
    minutes = parts.settings.handoff_wait_minutes
    late = _late(parts, connection, minutes)
    for wait in late:
        webhooks_out.plan(parts, connection, "handoff.waiting", _data(parts, wait, minutes))
    for team in dict.fromkeys(wait.prefecture for wait in late):
        _write_to(parts, connection, [wait for wait in late if wait.prefecture == team], minutes)
    return bool(late)


def _late(parts: Parts, connection: Connection, minutes: int) -> Sequence[LongWait]:
    """Who has waited so long within the hours that they were told."""
    now, span = parts.clock.now(), timedelta(minutes=minutes)
    begun = [since for each in parts.campaigns.values() if (since := open_since(each, now, span))]
    return waits.long_ones(connection, minutes=(now - max(begun)) / timedelta(minutes=1)) if begun else ()


def _data(parts: Parts, wait: LongWait, minutes: int) -> dict[str, object]:
    return {
        "handoff": str(wait.id),
        "conversation": str(wait.conversation),
        "channel": wait.channel,
        "prefecture": wait.prefecture,
        "reason": wait.reason,
        "waiting_since": wait.since.isoformat(timespec="seconds"),
        "minutes": minutes,
        "url": _url(parts, wait),
    }


def _write_to(parts: Parts, connection: Connection, late: Sequence[LongWait], minutes: int) -> None:
    """One mail names all of a team's that have come to wait too long since the last look."""

    def letter(spoken: Words) -> Outbound:
        lines = [f"{spoken.say(f'channel.{wait.channel}')}  {_url(parts, wait)}" for wait in late[:MOST_NAMED]]
        head = spoken.say("team_mail.waiting", count=len(late), minutes=minutes)
        foot = spoken.say("team_mail.queue", url=parts.public_url("/console/queue"))
        subject = spoken.say("team_mail.waiting_subject", count=len(late), minutes=minutes)
        return Outbound("\n".join((head, *lines, foot)), subject=subject)

    # A handoff waits once since a moment, and that moment is in one mail.
    first = late[0]
    once = f"{first.id}:{first.since.timestamp():.6f}"
    team_mail.plan(parts, connection, first.prefecture, once=once, letter=letter)


def _url(parts: Parts, wait: LongWait) -> str:
    return parts.public_url(f"/console/conversations/{wait.conversation}")
