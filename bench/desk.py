"""Fifty agents over two thousand open conversations: how fast the queue's page answers, and how soon news is there.

`python -m bench.desk` prints medians. Each agent's page asks for news as its script does, and loads the queue anew
every few seconds; meanwhile a traveller on LINE writes, and each page's first word of it is waited for.
"""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table

from bot.console.live import RETRY_MS
from bot.letterbox import token_hash
from bot.local.engines import embedded_engines
from bot.store import staff_sessions
from bot.store.db import transaction
from bot.store.migrate import upgrade
from tests.bot.console.desk import hire
from tests.journeys.house import NOON, House, house_on
from tests.journeys.player import Traveller

AGENTS, CONVERSATIONS = 50, 2_000
QUEUE_EVERY = (3.0, 7.0)  # seconds between two loads of the queue by one page
WORDS_EVERY = 2.0
AIM_PAGE_MS, AIM_NEWS_S = 150, 1.0
MANY = """
WITH another AS (
    INSERT INTO conversations SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
        'person', decode(lpad(to_hex(n), 8, '0'), 'hex')))).* FROM conversations c, generate_series(1, %s) n
    RETURNING id
)
INSERT INTO handoffs (id, conversation, campaign, channel, prefecture, reason, began_at, queued_at)
SELECT gen_random_uuid(), id, 'bench', 'line', '', 'asked', now(), now() - random() * interval '5 hours' FROM another
"""


@dataclass
class Seen:
    """What the pages have measured: seconds of each load of the queue, and when each page had its n-th news."""

    pages: list[float] = field(default_factory=list)
    news: list[float] = field(default_factory=list)


class Agent(threading.Thread):
    """One open page, as its browser and its script behave."""

    def __init__(self, house: House, token: str, seen: Seen, over: threading.Event) -> None:
        super().__init__(daemon=True)
        cookies = {"staff": token}
        self._browser = httpx.Client(base_url=house.url, cookies=cookies, timeout=30, trust_env=False)
        self._seen, self._over, self._last = seen, over, ""

    def run(self) -> None:
        next_look = time.monotonic() + random.uniform(*QUEUE_EVERY)
        while not self._over.wait(RETRY_MS / 1000):
            self._hear()
            if time.monotonic() >= next_look:
                began = time.monotonic()
                self._browser.get("/console/queue").raise_for_status()
                self._seen.pages.append(time.monotonic() - began)
                next_look = time.monotonic() + random.uniform(*QUEUE_EVERY)
        self._browser.close()

    def _hear(self) -> None:
        told = self._browser.get("/console/live", headers={"Last-Event-ID": self._last}).text
        self._last = told.partition("id: ")[2].partition("\n")[0]
        if "event: changed" in told:
            self._seen.news.append(time.monotonic())


@click.command()
@click.option("--seconds", type=click.IntRange(4, 600), default=40, show_default=True)
def main(seconds: int) -> None:
    """Measure and print."""
    with standing() as house:
        traveller = Traveller(house, 10_000_001)
        traveller.begins()
        traveller.says("担当者", "ask.aside.person")
        traveller.says("はい", "to_person")
        house.change(MANY, CONVERSATIONS)
        house.change("ANALYZE")
        pages, delays = measured(house, traveller, seconds)
    Console().print(drawn(pages, delays))


@contextmanager
def standing() -> Iterator[House]:
    """A house with two web processes on engines of its own."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-desk-"))
    folder.chmod(0o711)
    try:
        with embedded_engines(folder) as engines:
            upgrade(engines.database_url)
            with house_on(engines.database_url, engines.redis_url, folder, WEB_WORKERS="2") as house:
                house.start()
                house.emulator.clock.set(NOON)
                yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measured(house: House, traveller: Traveller, seconds: int) -> tuple[list[float], list[float]]:
    """Seconds of each page, and from each of the traveller's words until each agent's page had heard of it."""
    over, everybody = threading.Event(), [Seen() for _ in range(AGENTS)]
    agents = [Agent(house, token, seen, over) for token, seen in zip(tokens(house), everybody, strict=True)]
    for agent in agents:
        agent.start()
    time.sleep(2 * RETRY_MS / 1000)
    said: list[float] = []
    for number in range(int(seconds / WORDS_EVERY)):
        said.append(time.monotonic())
        traveller.line.says(f"もしもし {number}")
        time.sleep(WORDS_EVERY)
    over.set()
    for agent in agents:
        agent.join()
    delays = [
        min((at - word for at in seen.news if at > word), default=WORDS_EVERY) for seen in everybody for word in said
    ]
    return [page for seen in everybody for page in seen.pages], delays


def tokens(house: House) -> list[str]:
    """A session for each agent; that they are one member changes nothing of what a page costs."""
    made = [f"bench-{number}" for number in range(AGENTS)]
    with house.parts() as parts:
        who = hire(parts, "bench", "agent", name="担当 計測")
        with transaction(parts.db) as connection:
            for token in made:
                staff_sessions.begin(connection, who.id, token_hash(token), half=False)
    return made


def drawn(pages: list[float], delays: list[float]) -> Table:
    table = Table("", "median", "95 %", "aim", box=None)
    for name, values, scale, unit, aim in (
        (f"the queue's page, {len(pages)} loads", pages, 1000, "ms", f"median under {AIM_PAGE_MS} ms"),
        (f"a word seen, {len(delays)} times", delays, 1, "s", f"within {AIM_NEWS_S:g} s"),
    ):
        ordered = sorted(values)
        median, high = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
        table.add_row(name, f"{median * scale:.2f} {unit}", f"{high * scale:.2f} {unit}", aim)
    return table


if __name__ == "__main__":
    main()
