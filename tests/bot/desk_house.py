"""What the tests of outside desks share: a counter whose staff sit at the emulated Chatwoot, and a worker's steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.desks.hearing import look_next
from bot.desks.telling import tell_next
from bot.local.try_settings import desk_settings
from bot.store import desk_threads
from integrations.emulator.chatwoot_desk import ChatwootDesk, Message, Talk
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.bot.handoff_house import run
from tests.bot.web.counter import Counter, opened_counter, rows

AGENT = "木村"
AWAY = {"chatwoot": [{"do": "status", "status": 503}]}
CUT = {"chatwoot": [{"do": "drop_before"}]}


@dataclass
class Office:
    """A counter in this process, and the desk where its staff sit."""

    counter: Counter
    emulator: Emulator

    @property
    def desk(self) -> ChatwootDesk:
        return self.emulator.chatwoot

    @property
    def talk(self) -> Talk:
        """The newest one there."""
        return self.desk.talks[max(self.desk.talks)]

    def work(self) -> None:
        """All that is due, as workers do it; a look at each talk that lives."""
        run(self.counter, "UPDATE desk_threads SET due_at = now() WHERE state = 'live'")
        pool, parts = self.counter.parts.db, self.counter.parts
        while tell_next(parts, pool) or look_next(parts, pool):
            pass

    def time_passes(self) -> None:
        """Every lease runs out, and every pause is over."""
        run(self.counter, "UPDATE desk_outbox SET due_at = now(), lease_until = '-infinity'")
        run(self.counter, "UPDATE desk_threads SET due_at = now(), lease_until = '-infinity'")

    def goes_on(self) -> None:
        self.time_passes()
        self.work()

    def knocks(self, talk: Talk) -> None:
        """A webhook of theirs was taken."""
        desk_threads.knocked(self.counter.parts.db, self.desk_name, str(talk.id))
        self.work()

    def replies(self, text: str, **more: Any) -> Message:
        """An agent writes, and the counter hears it."""
        written = self.desk.reply(self.talk, text, agent=AGENT, **more)
        self.knocks(self.talk)
        return written

    desk_name = "chatwoot"

    def told(self, kind: str = "incoming") -> list[str]:
        """What stands in the talk: the person's words; or, as "note", our notes."""
        return [
            each.content
            for each in self.talk.messages
            if (each.kind == "incoming" if kind == "incoming" else each.private) and each.source_id
        ]

    def brought(self) -> list[str]:
        """What staff have said to the person, in its order."""
        return [said[0]["text"] for said in self.counter.sent("staff")]

    def stands(self) -> list[tuple[Any, ...]]:
        return rows(self.counter, "SELECT state, desk FROM handoffs ORDER BY began_at, id")


@contextmanager
def opened_office(database_url: str, redis_url: str, **settings: str) -> Iterator[Office]:
    with running(EmulatorConfig(counter_url="http://127.0.0.1:9")) as emulator:
        chatwoot = desk_settings(emulator_port=emulator.port)
        with opened_counter(database_url, redis_url, **{**chatwoot, **settings}) as counter:
            yield Office(counter, emulator)
