"""What of a mailing does not go out just now though it runs: by the hour, held carriers, providers that rest."""

from __future__ import annotations

from collections.abc import Iterator

import redis

from bot.deliveries import breakers
from bot.deliveries.running import goes_on_at
from bot.local.importing import command_line, counted
from bot.parts import Parts
from bot.store import mail_groups
from bot.store.mailings import Mailing
from dialogs.rules.campaign import JST


def stopped(parts: Parts, mailing: Mailing, *, planned: int) -> Iterator[str]:
    """A line for each. Raises psycopg.Error."""
    if at := goes_on_at(parts, mailing, planned=planned):
        yield f"It is outside the hours of sending: it goes on at {at.astimezone(JST):%Y-%m-%d %H:%M}."
    for held in mail_groups.held(parts.db, mailing.id):
        since = f"{parts.by_clock(held.held_at).astimezone(JST):%H:%M}"
        wait = counted(held.waiting, "person waits", "people wait")
        yield f"Mail to {held.mail_group} is held since {since}: {held.reason}; {wait}."
        yield f"  To let it go on: {command_line('deliveries', 'resume', mailing.name, '--mail', held.mail_group)}"
    try:
        for rest in breakers.told(parts.redis):
            whose = f"{rest.provider} for {rest.group}" if rest.group else rest.provider
            yield f"{whose} rests for {rest.seconds:.0f} s: it failed in a row, lastly with {rest.code}."
    except redis.RedisError:
        yield "Whether a provider rests is not known: Redis does not answer."
