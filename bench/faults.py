"""`make faults`: web and workers are killed with -9 at random moments while many conversations run.

Every conversation must end in exactly one claim and one URL, nobody may be told anything twice, nothing may be lost.
Prints the counts; ends with code 1 if one of these was broken.
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table

from bot.local.engines import Engines, embedded_engines
from bot.store.migrate import upgrade
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.line_drawn import words
from tests.journeys.house import NOON, House, Process, house_on
from tests.journeys.player import CODE, REWARD, PrivatePage, Traveller

PATIENT = 300.0  # a lease of a dead process, its restart, and the queue behind it
PAGE_PAUSE = 0.5
LAST_WORDS = 120.0
LONGEST = 300.0  # seconds of killing; a slow machine then finishes in peace
# A far side that takes its time, so that many a kill strikes between a message's way out and the word of its outcome.
SLOW = {"line": [{"do": "delay", "seconds": 0.3, "share": 0.5}], "twilio": [{"do": "delay", "seconds": 0.5}]}
FIRST_SERIAL = 20_000_001
DIGITS = re.compile(r"\d+|[0-9a-f]{8}\.\d+\.|/continue/[\w-]+")


@dataclass(frozen=True)
class Plan:
    """How much of everything; seconds_between is the mean time between two kills."""

    conversations: int = 500
    at_once: int = 40
    web: int = 2
    workers: int = 3
    seconds_between: float = 1.5
    down_seconds: float = 1.0
    seed: int = 1
    most_kills: int = 100_000


@dataclass
class Report:
    """What was counted; broken names what must be zero."""

    counts: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)


class Patient(Traveller):
    """A person who waits for answers, and presses a button of a page again when the page did not come."""

    def hears(self, key: str, timeout: float = PATIENT) -> dict[str, object]:
        return super().hears(key, timeout)

    def letter(self, part: str) -> str:
        deadline = time.monotonic() + PATIENT
        while not (found := self.letters(part)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no letter with {part}")
            time.sleep(0.1)
        return found[-1]

    def opened(self, link: str) -> PrivatePage:
        return PatientPage(link)


class PatientPage(PrivatePage):
    """Its requests are sent again until they are answered, exactly as a browser's «try again» does."""

    def request(self, method: str, url: str, data: dict[str, str] | None = None) -> httpx.Response:
        deadline = time.monotonic() + PATIENT
        while True:
            try:
                answer = super().request(method, url, data)
                if answer.status_code < 500:
                    return answer
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(PAGE_PAUSE)


class Killer(threading.Thread):
    """Kills one process after the other with -9, at random moments, and starts it again."""

    def __init__(self, house: House, plan: Plan) -> None:
        super().__init__(daemon=True)
        self.kills: Counter[str] = Counter()
        self._house = house
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._enough = threading.Event()

    def run(self) -> None:
        until = time.monotonic() + LONGEST
        while not self._enough.wait(self._random.expovariate(1 / self._plan.seconds_between)):
            if time.monotonic() > until or self.kills.total() == self._plan.most_kills:
                return
            process: Process = self._random.choice([*self._house.web, *self._house.workers])
            process.kill()
            self.kills[process.command] += 1
            self._enough.wait(self._random.uniform(0, self._plan.down_seconds))
            process.start()

    def stop(self) -> None:
        self._enough.set()
        self.join()


def run(plan: Plan, engines: Engines, folder: Path, say: Callable[[str], None]) -> Report:
    """Run the plan on these engines, whose database must be migrated and empty."""
    # A slow web process must not look like a lost event: LINE itself redelivers, and so does the emulator.
    emulated = EmulatorConfig(senders=plan.at_once, redelivery_waits=(0.3, 0.6, *[1.0] * 120))
    with house_on(
        engines.database_url, engines.redis_url, folder, emulated, UNKNOWN_LOOKUP_AFTER="3", LOG_LEVEL="warning"
    ) as house:
        house.start(web=plan.web, workers=plan.workers)
        house.emulator.clock.set(NOON)
        model = Patient(house, FIRST_SERIAL)
        model.whole_case([house.coupon()])
        model.letter(REWARD)
        report = Report()
        house.emulator.faults.set(SLOW)
        killer, begun = Killer(house, plan), time.monotonic()
        killer.start()
        people = [Patient(house, FIRST_SERIAL + number) for number in range(1, plan.conversations + 1)]
        _all_at_it(house, people, plan, report, say)
        killer.stop()
        report.seconds = time.monotonic() - begun
        report.counts["kills of web"] = killer.kills["serve"]
        report.counts["kills of workers"] = killer.kills["worker"]
        _count(house, [model, *people], report)
        return report


def _all_at_it(house: House, people: Sequence[Patient], plan: Plan, report: Report, say: Callable[[str], None]) -> None:
    numbers = [house.coupon() for _ in people]
    done = Counter[str]()

    def one(traveller: Patient, number: str) -> None:
        try:
            traveller.whole_case([number])
            traveller.letter(REWARD)
            done["ended"] += 1
        except Exception as trouble:
            report.troubles.append(f"{traveller.number}: {type(trouble).__name__}: {trouble}"[:600])
        if (done["ended"] + len(report.troubles)) % 50 == 0:
            say(f"{done['ended']} of {len(people)} conversations have ended")

    with ThreadPoolExecutor(plan.at_once) as pool:
        for traveller, number in zip(people, numbers, strict=True):
            pool.submit(one, traveller, number)
    report.counts["conversations"] = len(people)
    report.broken["conversations that did not end"] = len(people) - done["ended"]


def _count(house: House, people: Sequence[Patient], report: Report) -> None:
    try:
        house.settle(LAST_WORDS)
    except (AssertionError, TimeoutError) as left:
        report.troubles.append(str(left)[:600])
    report.counts["turns"] = house.rows("SELECT count(*) FROM turns")[0][0]
    report.counts["turns taken by a second process"] = house.rows("SELECT count(*) FROM inbound WHERE tries > 1")[0][0]
    report.counts["messages whose sender died, settled by another"] = house.rows(AGAIN)[0][0]
    report.counts["replies whose outcome nobody can tell any more"] = house.rows(UNTOLD)[0][0]
    report.counts["claims"] = house.rows("SELECT count(*) FROM claims")[0][0]
    report.counts["reward URLs sent"] = sum(len(person.letters(REWARD)) for person in people)
    model = _transcript(people[0])
    transcripts = [_transcript(person) for person in people]
    report.broken |= {
        "events left over": house.rows("SELECT count(*) FROM inbound WHERE state NOT IN ('done', 'kept')")[0][0],
        "messages left over": house.rows(LEFT_OVER)[0][0],
        "applications not accepted": house.rows("SELECT count(*) FROM submissions WHERE state <> 'accepted'")[0][0],
        "conversations without exactly one claim": len(people) - house.rows(ONE_CLAIM)[0][0],
        "people without exactly one URL": sum(len(person.letters(REWARD)) != 1 for person in people),
        "people without exactly one code": sum(len(person.letters(CODE)) != 1 for person in people),
        "people told something twice": sum(bool(Counter(told) - Counter(model)) for told in transcripts),
        "people not told something": sum(bool(Counter(model) - Counter(told)) for told in transcripts),
        "people told in another order": sum(Counter(model) == Counter(told) and model != told for told in transcripts),
    }
    report.troubles += [
        f"{person.number}: {sorted((Counter(told) - Counter(model)) | (Counter(model) - Counter(told)))}"[:600]
        for person, told in zip(people, transcripts, strict=True)
        if told != model
    ][:5]


# Such a reply is sent once more and finds its token used; such an SMS is looked up at the provider.
AGAIN = "SELECT count(*) FROM outgoing WHERE settled_at - first_attempt_at > interval '10 seconds'"

# Several senders in a row died over these, until the token was too old to ask with. Whether they were heard is what the
# people's own screens say, below.
UNTOLD = "SELECT count(*) FROM outgoing WHERE channel = 'line' AND state = 'unknown'"
LEFT_OVER = """
SELECT count(*) FROM outgoing
WHERE state NOT IN ('sent', 'delivered') AND NOT (channel = 'line' AND state = 'unknown')
"""

ONE_CLAIM = """
SELECT count(*) FROM (
    SELECT FROM submissions JOIN claims USING (receipt_no) WHERE claims.state = 'accepted'
    GROUP BY submissions.conversation HAVING count(*) = 1
) AS once
"""


def _transcript(person: Traveller) -> list[str]:
    """All that they were told on LINE, without what differs from one person to the next."""
    return [
        DIGITS.sub("#", "|".join(words(entry["message"])))
        for entry in person.line.messages
        if entry["from"] == "counter"
    ]


@contextmanager
def _own_engines() -> Iterator[tuple[Engines, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-faults-"))
    folder.chmod(0o711)
    try:
        with embedded_engines(folder) as engines:
            upgrade(engines.database_url)
            yield engines, folder
    finally:
        shutil.rmtree(folder)


def table(report: Report) -> Table:
    """The counts, and what must be zero."""
    drawn = Table(title=f"Killed with -9 at random moments, {report.seconds:.0f} seconds")
    drawn.add_column("what")
    drawn.add_column("count", justify="right")
    for name, count in report.counts.items():
        drawn.add_row(name, str(count))
    drawn.add_section()
    for name, count in report.broken.items():
        drawn.add_row(name, str(count), style="red" if count else "green")
    return drawn


@click.command()
@click.option("--conversations", default=500, show_default=True)
@click.option("--at-once", default=40, show_default=True, help="People who talk at the same time.")
@click.option("--seconds-between", default=1.5, show_default=True, help="Mean time between two kills.")
@click.option("--seed", default=1, show_default=True)
def main(conversations: int, at_once: int, seconds_between: float, seed: int) -> None:
    """Kill web and workers at random while people talk, and count what was lost or doubled."""
    console = Console()
    with _own_engines() as (engines, folder):
        plan = Plan(conversations, at_once, seconds_between=seconds_between, seed=seed)
        report = run(plan, engines, folder, console.print)
    console.print(table(report))
    for trouble in report.troubles:
        console.print(trouble, style="red")
    sys.exit(1 if any(report.broken.values()) else 0)


if __name__ == "__main__":
    main()
