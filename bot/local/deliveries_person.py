"""`bot deliveries person`: what was sent to one person, in the words in which the console tells it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from rich.table import Table

from bot.deliveries import histories
from bot.local.importing import wide_screen
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.staff_words import staff_words
from bot.store import right_history
from bot.store.right_history import Standing
from dialogs.rules.campaign import JST
from dialogs.words import Yen

SPOKEN = staff_words("en")


def show_person(settings: Settings, typed: str) -> bool:
    """All that is planned and all that happened, by a number or an address; False if nothing was found."""
    screen = wide_screen()
    with open_parts(settings, threads=2) as parts:
        found = histories.search(parts, typed)
        for standing in found:
            screen.print(_right(parts, standing), soft_wrap=True)
            for table in _tables(parts, standing.id):
                screen.print(table)
    if not found:
        screen.print(SPOKEN.say("history.missing"))
    return bool(found)


def _right(parts: Parts, standing: Standing) -> str:
    where = histories.where(parts, standing)
    masked = where.masked if where else SPOKEN.say("history.erased")
    told = (histories.number_of(standing), masked, SPOKEN.write(Yen(standing.amount)))
    return ", ".join((*told, SPOKEN.say(f"history.right.{standing.state}"), standing.reason)).rstrip(", ")


def _tables(parts: Parts, right: UUID) -> Iterator[Table]:
    planned = _table("purpose", "way", "state")
    for message in right_history.messages(parts.db, right):
        ways = " → ".join(histories.way_said(SPOKEN, way) for way in message.ways.split(", "))
        state = f"{SPOKEN.say(f'deliveries.state.{message.state}')} {message.reason}"
        planned.add_row(_purpose(message.purpose, message.mailing), ways, state)
    happened = _table("time", "purpose", "kind", "provider", "code")
    for each in right_history.happened(parts.db, right):
        at = f"{parts.by_clock(each.at).astimezone(JST):%Y-%m-%d %H:%M:%S}"
        what = histories.what_said(SPOKEN, each)
        happened.add_row(at, _purpose(each.purpose, each.mailing), what, each.provider, each.code)
    yield from (table for table in (planned, happened) if table.row_count)


def _table(*columns: str) -> Table:
    return Table(*(SPOKEN.say(f"deliveries.column.{name}") for name in columns), box=None, header_style="bold")


def _purpose(purpose: str, mailing: str) -> str:
    return f"{histories.purpose_said(SPOKEN, purpose)} ({mailing or SPOKEN.say('history.singly')})"
