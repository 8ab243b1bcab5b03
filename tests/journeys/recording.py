"""Plays a tape at the counter and writes down what came of it; and takes a stored middle of one up again."""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from bot.recalling import state_of
from bot.store.conversations import COLUMNS, Conversation
from bot.store.db import autocommit
from dialogs import conversation as talking
from dialogs.engine import Desk, Script, Walk
from dialogs.reaction import State
from dialogs.scripts import FIRST, SIDES
from tests.journeys.people import Somebody
from tests.journeys.studio import House, Studio
from tests.journeys.tape import Act, Played, Tape

USUAL = "tochigi-2023-02"
PHASES = ("site_opens", "usable_end", "apply_end", "receive_end")
ANSWERS = "conversations.answers"
URL = re.compile(r"http://127\.0\.0\.1:\d+(/[\w/?=&-]*)?")


@dataclass(frozen=True)
class Middle:
    """A conversation as it is stored while one of its questions waits, in plain JSON, and what it asks."""

    row: dict[str, Any]
    asks: str
    at: str

    def write(self, path: Path) -> None:
        plain = {"asks": self.asks, "at": self.at, **self.row}
        path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Middle:
        row = json.loads(path.read_text("utf-8"))
        return cls(asks=row.pop("asks"), at=row.pop("at"), row=row)


class Stuck(AssertionError):
    """An act that could not be played; the text says which, why, and what was seen last."""


def record(studio: Studio, tape: Tape) -> tuple[Played, Middle | None]:
    """The whole conversation; and how it was stored in its middle, if a question waited there."""
    house = studio.house(tape.head.get("campaign", USUAL), tape.head.get("also", ""))
    for coupon in tape.listed("coupons"):
        house.import_coupon(coupon)
    for user in tape.listed("app"):
        house.import_app_user(user)
    played, middles, masked = Played(tape), [], _Masks()
    person = Somebody(studio, house, profile=tape.head.get("profile", "ja"))
    with _noted() as ran:
        for act in tape.acts:
            ran.clear()
            try:
                heard = person.does(act)
            except Exception as error:
                before = [line for heard in played.heard[-3:] for line in heard]
                raise Stuck("\n".join([*before, act.line, str(error)])) from error
            masked.codes += person.codes
            played.heard.append([masked(line) for line in heard])
            found = _latest(house)
            if found:
                played.covers |= _shown(house, found, act, ran)
                middles.append(_stored(house, found, act))
    found = _latest(house)
    played.end = [masked(line) for line in (*_ending(house, found), *_rows(house))]
    waiting = [middle for middle in middles[: (len(middles) + 1) // 2] if middle]
    return played, waiting[-1] if waiting else None


# --- what a recording shows


@contextmanager
def _noted() -> Iterator[list[str]]:
    """Notes by their names the side scripts that run and the topics that are told meanwhile; loads the dice."""
    ran: list[str] = []

    def noting(name: str, script: Script) -> Script:
        def walk(desk: Desk) -> Walk:
            ran.append(name)
            return (yield from script(desk))

        return walk

    def told(reaction: Any, name: str, *rest: Any) -> Any:
        ran.append(f"topic {name}")
        return TELL(reaction, name, *rest)

    with pytest.MonkeyPatch.context() as patch:
        for name, script in SIDES.items():
            patch.setitem(SIDES, name, noting(name, script))
        patch.setattr(talking, "tell", told)
        drawn = itertools.count(48_151_623)
        patch.setattr(secrets, "randbelow", lambda _most: next(drawn))  # receipt numbers are the same each time
        yield ran


TELL: Callable[..., Any] = talking.tell


def _shown(house: House, found: Conversation, act: Act, ran: list[str]) -> dict[str, None]:
    """Which script at which door, in which phase and language; topics; and how each turn was taken."""
    where = f"{act.door} {phase_of(house, act.at)} {found.language}"
    sides = [name for name in ran if name in SIDES]
    shown = [f"script {name} {where}" for name in dict.fromkeys((*sides, found.script or FIRST))]
    manners = house.rows("SELECT DISTINCT manner FROM turns WHERE conversation = %s ORDER BY 1", found.id)
    topics = [name for name in ran if name.startswith("topic ")]
    return dict.fromkeys([*(shown if act.door in DOORS else []), *topics, *(f"manner {name}" for (name,) in manners)])


DOORS = ("line", "sms", "web", "phone")


def phase_of(house: House, at: datetime) -> str:
    """1 before the site opens, to 5 when all is over."""
    dates = house.parts.campaign.dates
    return str(1 + sum(at >= getattr(dates, name) for name in PHASES))


# --- what is stored


LATEST = f"""
SELECT {", ".join(COLUMNS)} FROM conversations ORDER BY last_event_at DESC, id DESC LIMIT 1
"""  # noqa: S608 - names of the store's own


def _latest(house: House) -> Conversation | None:
    rows = house.rows(LATEST)
    return Conversation(*rows[0]) if rows else None


def _stored(house: House, found: Conversation, act: Act) -> Middle | None:
    state = state_of(house.parts, found)
    if not state.pending.key or state.owner != "bot" or found.answers is None or state.pending.aside:
        return None
    kept = house.parts.vault.open_json(found.answers, ANSWERS)
    names = ("channel", "campaign", "campaign_version", "script", "script_version", "language", "pending", "turn")
    row = {"id": str(found.id), **{name: getattr(found, name) for name in names}, "kept": kept}
    return Middle(row, asks=state.pending.key, at=act.at.isoformat())


def put_back(house: House, middle: Middle, *, person: bytes, address: list[str]) -> Conversation:
    """The conversation as it was stored, now of this person."""
    vault, row = house.parts.vault, dict(middle.row)
    kept = row.pop("kept")
    conversation = Conversation(
        **{**row, "id": UUID(row["id"])},
        person=person,
        address=vault.seal_json(address, "address"),
        answers=vault.seal_json(kept, ANSWERS),
        owner="bot",
        blocked=False,
    )
    values = {name: getattr(conversation, name) for name in COLUMNS} | {"at": middle.at}
    with autocommit(house.parts.db) as connection:
        connection.execute(PUT_BACK.encode(), values | {"pending": Jsonb(conversation.pending)})
    return conversation


PUT_BACK = f"""
INSERT INTO conversations ({", ".join(COLUMNS)}, last_event_at, created_at, erase_at)
VALUES ({", ".join(f"%({name})s" for name in COLUMNS)}, %(at)s, %(at)s, %(at)s::timestamptz + interval '7 days')
"""  # noqa: S608 - names of our own


def answers_of(state: State) -> dict[str, Any]:
    """What was answered, by question; what was taken back is marked."""
    entries = {key: entry for key, entry in state.record.items() if key[0] not in "!?@"}
    return {key: entry["v"] if not entry.get("old") else [entry["v"], "old"] for key, entry in entries.items()}


# --- how it ends


def _ending(house: House, found: Conversation | None) -> Iterator[str]:
    if found is None:
        yield "no conversation"
        return
    state = state_of(house.parts, found)
    yield f"script {found.script} {found.script_version}, {found.campaign} {found.campaign_version}, {found.language}"
    yield f"owner {state.owner}, outcome {state.outcome or '-'}, waits {state.pending.key or '-'}"
    yield from (f"  {key} = {json.dumps(value, ensure_ascii=False)}" for key, value in answers_of(state).items())


COLUMNS_OF = """
SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
AND column_name IN ('purpose', 'kind', 'channel', 'state', 'amount') ORDER BY column_name DESC
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
NOT_OF_A_CONVERSATION = {
    *("alembic_version", "demo_clock", "coupons", "inbound", "turns", "conversations", "receipts"),
    # Sums, and what runs for everybody: their rows depend on when, and on which connection, they were made.
    *("funnel_days", "funnel_rolled", "mailings", "mailing_counts", "mailing_minutes"),
    *("counter_hours", "coupon_looks", "queue_hours", "watch", "alarms", "alarm_rules", "webhook_calls"),
}


def _rows(house: House) -> Iterator[str]:
    """How many rows came of it in each table, by what tells them apart."""
    for (table,) in house.rows(TABLES):
        if table in NOT_OF_A_CONVERSATION:
            continue
        by = [name for (name,) in house.rows(COLUMNS_OF, table)]
        chosen = ", ".join(f"{name}::text" for name in by) or "''"
        query = f"SELECT count(*), {chosen} FROM {table} GROUP BY {chosen} ORDER BY {chosen}"  # noqa: S608 - catalogue
        for count, *values in house.rows(query) if by else house.rows(f"SELECT count(*) FROM {table}"):  # noqa: S608
            if count:
                yield " ".join(["row", table, *(value for value in values if value), f"× {count}"])


class _Masks:
    """What is drawn anew at each play gets a name: codes and tokens."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def __call__(self, line: str) -> str:
        for code in dict.fromkeys(self.codes):
            line = line.replace(code, "⟨code⟩")
        return URL.sub(lambda url: f"https://counter.example.jp{_without_token(url[1] or '')}", line)


def _without_token(path: str) -> str:
    return re.sub(r"^/(continue|c|r)/[\w-]+", r"/\1/⟨token⟩", path)
