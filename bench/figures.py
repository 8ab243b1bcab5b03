"""The figures of a supervisor over 200,000 handoffs, a million turns and a million messages: how fast the page answers.

`python -m bench.figures` prints medians: for several periods, and for the look of the worker that raises alarms.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot import alarms
from bot.local.engines import embedded_engines
from bot.store import funnel
from bot.store.db import transaction
from bot.store.migrate import upgrade
from dialogs.words import JST
from tests.bot.console.desk import at_work, hire
from tests.bot.web.counter import Counter, opened_counter

PERIODS = {"a day": 1, "30 days": 30, "90 days": 90, "400 days": 400}
TURNS_EACH = 8
# Over 120 days before the day of the clock, by day more than by night; every fifth conversation comes to staff.
TALKS = """
INSERT INTO conversations (id, channel, person, address, campaign, campaign_version, script, script_version, language,
    turn, last_event_at, created_at, erase_at)
SELECT gen_random_uuid(), (ARRAY['line', 'sms', 'web'])[1 + n %% 3], decode(lpad(to_hex(n), 8, '0'), 'hex'), '',
    'tochigi-2023-02', 1, 'apply', 1, 'ja', %(turns)s, at, at, at
FROM (SELECT n, %(now)s - n * interval '120 days' / %(talks)s AS at FROM generate_series(1, %(talks)s) n) talk
"""
TURNS = """
INSERT INTO turns (conversation, turn, inbound, at, answered, manner, asked, outcome)
SELECT c.id, t, gen_random_uuid(), c.created_at + t * interval '40 seconds', 'kind',
    CASE WHEN t = 7 AND get_byte(c.person, 3) %% 9 = 0 THEN 'survey:good' ELSE 'answered' END, 'prefecture',
    CASE WHEN t = 8 AND get_byte(c.person, 3) %% 2 = 0 THEN 'told: A_APP' END
FROM conversations c, generate_series(1, %(turns)s) t ORDER BY c.created_at
"""
MESSAGES = """
INSERT INTO outgoing (id, conversation, purpose, channel, person, address, state, attempts, created_at)
SELECT overlay(uuidv7((t.at - %(now)s))::text PLACING substr(md5(t.conversation::text || t.turn), 1, 12) FROM 25)::uuid,
    t.conversation, 'turn', c.channel, c.person, '', CASE WHEN t.turn = 5 THEN 'refused' ELSE 'delivered' END, 1,
    now() + (t.at - %(now)s)
FROM turns t JOIN conversations c ON c.id = t.conversation
"""
HANDOFFS = """
INSERT INTO handoffs (id, conversation, campaign, channel, prefecture, reason, state, began_at, queued_at, came_at,
    answered_at, ended_at, ended_by)
SELECT gen_random_uuid(), id, campaign, channel, '09', 'asked', 'closed', created_at, created_at, created_at,
    created_at + random() * interval '1 hour', created_at + random() * interval '1 day', 'bench'
FROM conversations, generate_series(1, 2) WHERE %(handoffs)s >= 0 ORDER BY created_at LIMIT %(handoffs)s
"""


@click.command()
@click.option("--talks", type=click.IntRange(100, 1_000_000), default=125_000, show_default=True)
@click.option("--rounds", type=click.IntRange(1, 100), default=9, show_default=True)
def main(talks: int, rounds: int) -> None:
    """Measure and print."""
    table = Table("Figures", "median", "slowest")
    with filled(talks) as counter:
        browser = at_work(counter, hire(counter.parts, "lead", "supervisor"))
        today = counter.parts.clock.now().astimezone(JST).date()
        table.add_row("30 days, counted from the turns", *timed(lambda: look(browser.client.get), 1))
        began = time.monotonic()
        days = funnel.roll(counter.parts.db, today=today, ahead=counter.parts.ahead)
        table.add_row(f"counting {days} past days, once", f"{time.monotonic() - began:.1f} s", "")
        for name, number in PERIODS.items():
            first = today.toordinal() - number + 1
            query = f"?from={type(today).fromordinal(first)}&to={today}"
            table.add_row(name, *timed(lambda query=query: look(browser.client.get, query), rounds))
        table.add_row("the look that raises alarms", *timed(lambda: alarm_look(counter), rounds))
    Console().print(table)


@contextmanager
def filled(talks: int) -> Iterator[Counter]:
    """A counter over engines of its own, with so many conversations behind it."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-figures-"))
    folder.chmod(0o711)
    try:
        with embedded_engines(folder) as engines:
            upgrade(engines.database_url)
            with opened_counter(engines.database_url, engines.redis_url) as counter:
                fill(counter, talks)
                yield counter
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(counter: Counter, talks: int) -> None:
    values = {"talks": talks, "turns": TURNS_EACH, "handoffs": talks * 8 // 5, "now": counter.parts.clock.now()}
    with transaction(counter.parts.db) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        for statement in (TALKS, TURNS, MESSAGES, HANDOFFS):
            connection.execute(statement, values)
    with counter.parts.db.connection() as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("VACUUM ANALYZE")


def look(get: Callable[..., object], query: str = "") -> None:
    answer = get(f"/console/figures{query}")
    assert getattr(answer, "status_code", 0) == 200, answer


def alarm_look(counter: Counter) -> None:
    with transaction(counter.parts.db) as connection:
        connection.execute("UPDATE watch SET looked_at = '-infinity'")
    alarms.look(counter.parts)


def timed(act: Callable[[], None], rounds: int) -> tuple[str, str]:
    taken = []
    for _ in range(rounds):
        began = time.monotonic()
        act()
        taken.append((time.monotonic() - began) * 1000)
    return f"{statistics.median(taken):.0f} ms", f"{max(taken):.0f} ms"


if __name__ == "__main__":
    main()
