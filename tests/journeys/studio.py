"""Where conversations are recorded: the counter in this process on real engines, the emulator as its far side.

Everything that a person does goes the way it goes in earnest: signed webhooks and forms in, rows, a worker's jobs,
and over the wire to the emulated LINE, Twilio and mail box, from which is read what the person saw.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis
from flask import Flask

from bot.app import create_app
from bot.deliveries.cells import COLUMNS
from bot.deliveries.planning import Source, Told, plan
from bot.parts import Parts, open_parts
from bot.settings import settings_from
from bot.store import coupons
from bot.store.clock import DemoClock
from bot.store.db import autocommit, transaction
from bot.worker import JOBS, Worker
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.bot.chaos import Postbox

MOST_ROUNDS = 12
KEPT_TABLES = ("alembic_version", "demo_clock")
AT_ONCE = tuple(job for name, job in JOBS.items() if name != "erasure")
# What minutes would do: whatever was put off is due.
TIME_GOES_BY = (
    "UPDATE outgoing SET lease_until = '-infinity', due_at = now() WHERE state IN ('planned', 'sending', 'unknown')",
    "UPDATE submissions SET lease_until = '-infinity', due_at = now() WHERE state IN ('filed', 'pending')",
)


@dataclass
class House:
    """The counter of one campaign (and of others beside it)."""

    parts: Parts
    app: Flask
    work: Worker

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with autocommit(self.parts.db) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def works(self) -> None:
        """All that is due, until nothing is."""
        for _ in range(MOST_ROUNDS):
            busy = [job.run(self.work) for job in AT_ONCE]
            if not any(busy):
                return
        raise AssertionError("there is no end to the work")

    def lets_time_go_by(self) -> None:
        with autocommit(self.parts.db) as connection:
            for statement in TIME_GOES_BY:
                connection.execute(statement.encode())

    def import_coupon(self, said: str) -> None:
        """«TG11111111 1000», «TG11111111 -» while the balance of the snapshot is not known, «… charged active»."""
        number, balance, *more = said.split()
        campaign = self.parts.campaign
        expiry = campaign.dates.original_expiry
        snapshot = None if balance == "-" else int(balance)
        account = next((word for word in more if word != "charged"), "none")
        facts = (campaign.prefectures[0].code, number, expiry - timedelta(days=1), expiry, 2000, snapshot)
        with transaction(self.parts.db) as connection:
            coupons.stage(connection, [(*facts, "charged" in more, account)])
            coupons.merge_staged(connection)

    def import_app_user(self, said: str) -> None:
        """«TG44444444 1000 090-1553-0005 hanako@example.jp»: the SMS with the URL failed, and the mail was taken."""
        number, balance, phone, mail = said.split()
        campaign = self.parts.campaign
        day = campaign.dates.original_expiry - timedelta(days=1)
        with TemporaryDirectory() as folder:
            row = f"{campaign.prefectures[0].code},{number},{day},{balance},{phone},{mail},active,,,\n"
            path = Path(folder, "balances.csv")
            path.write_text(f"{','.join(COLUMNS)}\n{row}")
            assert plan(self.parts, Source(path), f"URL of {number}", Told(), without_bad_rows=False).planned
        with autocommit(self.parts.db) as connection:
            connection.execute(MAIL_TAKEN, {"number": number})


MAIL_TAKEN = """
UPDATE deliveries d SET state = 'accepted', step = array_position(d.ways, 'mail') - 1, attempts = 2
FROM entitlements e WHERE e.id = d.entitlement AND e.coupon_number = %(number)s
"""


@dataclass
class Studio:
    """One emulator, one database, and a house for each campaign that a recording names."""

    emulator: Emulator
    postbox: Postbox
    values: Mapping[str, str]
    stack: ExitStack
    houses: dict[tuple[str, str], House] = field(default_factory=dict)

    def house(self, campaign: str, also: str) -> House:
        """With nothing on record, as on its first day."""
        if (campaign, also) not in self.houses:
            self.houses[campaign, also] = self._built(campaign, also)
        house = self.houses[campaign, also]
        self._emptied(house)
        return house

    def move(self, house: House, at: datetime) -> None:
        clock = house.parts.clock
        assert isinstance(clock, DemoClock)
        self.emulator.clock.set(clock.move(at))

    def deliver(self, house: House, count: int, path: str, *, times: int = 1) -> None:
        """The next letters from the emulator, each delivered so often."""
        for way, body, headers in self.postbox.take(count, path):
            for _ in range(times):
                answer = house.app.test_client().post(way, data=body, headers=list(headers.items()))
                assert answer.status_code < 300

    def _built(self, campaign: str, also: str) -> House:
        settings = settings_from({**self.values, "CAMPAIGN": campaign, "CAMPAIGNS": also})
        parts = self.stack.enter_context(open_parts(settings, threads=2))
        work = Worker(parts)
        work.senders.shutdown()
        work.senders = ThreadPoolExecutor(1)  # one after the other, so that a recording is the same every time
        self.stack.callback(work.run)  # ends at once, and closes what it holds
        self.stack.callback(work.stop)
        return House(parts, create_app(parts), work)

    def _emptied(self, house: House) -> None:
        tables = [name for (name,) in house.rows(TABLES) if name not in KEPT_TABLES]
        with transaction(house.parts.db) as connection:
            # Some rows are never to be erased, and their tables say so to whoever tries.
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE".encode())
        house.parts.redis.flushdb()
        for pace in house.parts.paces.values():
            pace.hold(0)  # an emptied queue of moments would stand still for two seconds
        self.postbox.letters.clear()


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


@contextmanager
def open_studio(database_url: str, redis_url: str) -> Iterator[Studio]:
    """On these engines; everything ends with the `with`."""
    with ExitStack() as stack:
        stack.enter_context(redis.Redis.from_url(redis_url)).flushdb()
        postbox = Postbox()
        stack.callback(postbox.close)
        config = EmulatorConfig(counter_url=postbox.url, webhook_deadline=60, sent_after=0, delivered_after=0)
        emulator = stack.enter_context(running(config))
        values = {
            "SECRET_KEYS": f"recorded:{b64encode(bytes(32)).decode()}",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "CLOCK": "demo",
            "PUBLIC_BASE_URL": postbox.url,
            "LINE_CHANNEL_ID": config.line_channel_id,
            "LINE_CHANNEL_SECRETS": config.line_channel_secrets[0],
            "LINE_CHANNEL_ACCESS_TOKEN": config.line_channel_access_token,
            "LINE_API_BASE": emulator.url,
            "TWILIO_ACCOUNT_SID": config.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": config.twilio_auth_token,
            "TWILIO_FROM": config.twilio_from,
            "TWILIO_API_BASE": emulator.url,
            "SMS_RATE": "10000",
            "MAIL_RATE": "10000",
            "SMTP_URL": emulator.smtp_url,
            "MAIL_FROM": "office@counter.example.jp",
        }
        yield Studio(emulator, postbox, values, stack)
