"""A person who answers what waits, whatever dies meanwhile, and the counter in this process that they talk with."""

from __future__ import annotations

import itertools
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import redis
from flask.testing import FlaskClient

from bot.app import create_app
from bot.parts import Parts, open_parts
from bot.settings import settings_from
from bot.store import conversations
from bot.store.conversations import Conversation
from bot.store.db import autocommit
from bot.worker import Worker
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.bot.chaos import JOBS, Died, Gremlin, Postbox, haunted, recover
from tests.journeys.player import hidden_fields

SERIALS = itertools.count(30_000_001)
MOST_ROUNDS = 40

ON_THE_PAGE = ("consent", "name", "contact", "target")
IN_CHAT = {
    "kind": "1",
    "prefecture": "栃木県",
    "expiry": "2/24",
    "event": "1",
    "balance": "2000円",
    "charged": "1",
    "wish": "1",
    "coupon[1].trip_date": "2/23",
    "coupon[1].more": "2",
    "check": "この内容で申請する",
}


@dataclass
class Round:
    """What goes wrong while one answer is given: copies and order of its events, and where the gremlin waits."""

    aside: str
    order: tuple[int, ...]
    deaths: tuple[str, ...]


@dataclass
class Counter:
    """The counter in this process, with the far side around it."""

    parts: Parts
    work: Worker
    web: FlaskClient
    emulator: Emulator
    postbox: Postbox
    gremlin: Gremlin

    def until_it_dies(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Died:
            return

    def deliver(self, letter: tuple[str, bytes, dict[str, str]]) -> int:
        path, body, headers = letter
        return self.web.post(path, data=body, headers=headers, content_type="application/json").status_code

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with autocommit(self.parts.db) as connection:
            return connection.execute(query.encode(), values).fetchall()


@contextmanager
def open_counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    """The counter on these engines, haunted, against an emulator whose webhooks go to a postbox."""
    with redis.Redis.from_url(redis_url) as meters:
        meters.flushdb()
    with ExitStack() as stack:
        postbox = Postbox()
        stack.callback(postbox.close)
        config = EmulatorConfig(counter_url=postbox.url, webhook_deadline=60)
        emulator = stack.enter_context(running(config))
        values = {
            "SECRET_KEYS": f"test:{b64encode(bytes(32)).decode()}",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "CLOCK": "demo",
            "PUBLIC_BASE_URL": postbox.url,
            "LINE_CHANNEL_ID": config.line_channel_id,
            "LINE_CHANNEL_SECRETS": config.line_channel_secrets[0],
            "LINE_API_BASE": emulator.url,
            "TWILIO_ACCOUNT_SID": config.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": config.twilio_auth_token,
            "TWILIO_FROM": config.twilio_from,
            "TWILIO_API_BASE": emulator.url,
            "UNKNOWN_LOOKUP_AFTER": "1",
        }
        parts = stack.enter_context(open_parts(settings_from(values), threads=4))
        emulator.clock.set(parts.clock.now())
        gremlin = stack.enter_context(haunted(parts))
        work = Worker(parts)
        stack.callback(work.run)  # ends at once, and closes what it holds
        stack.callback(work.stop)
        yield Counter(parts, work, create_app(parts).test_client(), emulator, postbox, gremlin)


class Person:
    """Somebody who answers what waits, until their application is in."""

    def __init__(self, counter: Counter) -> None:
        serial = next(SERIALS)
        self.counter = counter
        self.line = counter.emulator.line.person()
        self.national, self.number = f"090{serial:08d}", f"+8190{serial:08d}"
        self.coupon = f"TG{serial}"
        self.entered = False
        self.person = counter.parts.vault.fingerprint("line", self.line.id)
        with autocommit(counter.parts.db) as connection:
            connection.execute(COUPON, {"number": self.coupon})

    @property
    def conversation(self) -> Conversation | None:
        return conversations.by_person(self.counter.parts.db, self.person)

    def goes_on_until_submitted(self, next_round: Callable[[], Round]) -> Conversation:
        for _ in range(MOST_ROUNDS):
            self.acts(next_round())
            conversation = self.conversation
            assert conversation
            if "submitted" == conversation.pending["outcome"]:
                return conversation
        raise AssertionError(f"still asked {conversation.pending}")

    def acts(self, now: Round, *, until_quiet: bool = True) -> None:
        """One answer to what waits, with everything that goes wrong meanwhile; then all of it recovers."""
        conversation = self.conversation
        if conversation is None:
            self.line.follow()
            self.in_chat(now, 1)
        elif conversation.pending["aside"]:
            self.line.says("2")
            self.in_chat(now, 1)
        elif conversation.pending["key"] in ON_THE_PAGE or conversation.pending["key"].startswith("code["):
            self._on_the_page(now, conversation.pending["key"])
        else:
            for said in filter(None, (now.aside, self._answer(conversation.pending["key"]))):
                self.line.says(said)
            self.in_chat(now, 2 if now.aside else 1)
        self.counter.gremlin.waits_at = ""
        if until_quiet:
            recover(self.counter.work)

    def _answer(self, key: str) -> str:
        return self.coupon if key == "coupon[1].number" else IN_CHAT[key]

    def in_chat(self, now: Round, events: int) -> None:
        """What was said on LINE arrives, in that order and with these deaths."""
        letters = self.counter.postbox.take(events)
        deaths = iter(now.deaths)
        for index in now.order:
            self.counter.gremlin.waits_at = next(deaths, "")
            self.counter.until_it_dies(lambda letter=letters[index % events]: self.counter.deliver(letter))
            for job in JOBS:
                self.counter.until_it_dies(lambda job=job: job(self.counter.work))
        self.counter.gremlin.waits_at = ""
        for letter in letters:  # LINE delivers again what was not answered with 200
            assert 200 == self.counter.deliver(letter)

    def _on_the_page(self, now: Round, key: str) -> None:
        web = self.counter.web
        if not self.entered:
            door = self.line.taps("専用ページを開く").removeprefix(self.counter.parts.settings.public_base_url)
            web.post(door, data=hidden_fields(web.get(door).text))
            self.entered = True
        form = {**hidden_fields(web.get("/form").text), **self._typed(key)}
        for death in now.deaths:
            self.counter.gremlin.waits_at = death
            self.counter.until_it_dies(lambda: web.post("/form", data=form))
        self.counter.gremlin.waits_at = ""
        assert 200 == web.post("/form", data=form, follow_redirects=True).status_code
        for death in now.deaths:
            self.counter.gremlin.waits_at = death
            for job in JOBS:
                self.counter.until_it_dies(lambda job=job: job(self.counter.work))

    def _typed(self, key: str) -> dict[str, str]:
        if key == "consent":
            return {"choice": "agree"}
        if key.startswith("code["):
            body = self.counter.emulator.sms.inbox(self.number)[-1]["body"]
            return {"answer": re.search(r"\d{6}", body)[0]}  # type: ignore[index]  # a code has six digits
        return {"answer": "栃木　花子" if key == "name" else self.national}


COUPON = """
INSERT INTO coupons (prefecture, number, trip_date, expiry, balance_after_extension, balance_at_snapshot)
VALUES ('09', %(number)s, '2023-02-23', '2023-02-24', 2000, 1000)
"""
