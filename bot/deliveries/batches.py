"""What is sent at one go: letters with their rows, as many as the rate affords, and what becomes of those not begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.deliveries.providers import Provider
from bot.store.deliveries import Claimed, Word
from bot.store.pace import BULK_AHEAD
from integrations.bulk import Letter

MOST_BEGUN = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed delivery with its letter."""

    row: Claimed
    letter: Letter
    units: int


def affordable(ready: Sequence[Ready], provider: Provider) -> list[Ready]:
    """The first ones, as many as a quarter of a second is worth; one at least."""
    few, cost = [ready[0]], ready[0].units * provider.pace.per_unit
    for each in ready[1:MOST_BEGUN]:
        cost += each.units * provider.pace.per_unit
        if cost > BULK_AHEAD:
            break
        few.append(each)
    return few


def group_of(row: Claimed) -> str:
    """The carrier whose mail it is; "" for what is no mail."""
    return row.mail_group if row.way == "mail" else ""


def way_of(row: Claimed) -> str:
    return row.way


def not_begun(row: Claimed, verdict: str) -> Word:
    match verdict:
        case "suppressed":
            return Word(row.id, 0, "suppressed", "next", last="suppressed")
        case "blocked":
            return Word(row.id, 0, "blocked", "next")
        case "chosen":
            return Word(row.id, 0, "chosen", "chosen")
        case "void":
            return Word(row.id, 0, "void", "cancelled")
        case _:  # halted: nothing happened to it
            return Word(row.id, 0, "", "planned")
