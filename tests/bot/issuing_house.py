"""What the tests of issuing share: an emulated vendor, a counter and a worker before it, a right with a choice made."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from bot import rewards
from bot.parts import Parts
from bot.store import entitlements
from bot.store.db import autocommit
from bot.store.entitlements import Right
from bot.worker import Worker, issue_codes, send_outgoing
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.rewards.circuit import Circuit
from integrations.rewards.client import HttpRewards, HttpRewardsConfig
from tests.bot.refunds_house import APRIL, application, counter, due, rows, settle

# What time would do: every lease is over and everything put off is due.
TIME_GOES_BY = "UPDATE entitlements SET lease_until = '-infinity', due_at = now() WHERE state IN ('chosen', 'issuing')"


@contextmanager
def vendor_emulated() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as found:
        found.clock.set(APRIL)
        yield found


@contextmanager
def opened(database_url: str, redis_url: str, emulator: Emulator) -> Iterator[Parts]:
    """A counter whose codes come from the emulated vendor, which has all the time that a slow machine may take."""
    config = HttpRewardsConfig(emulator.rewards_url, emulator.config.rewards_key, read_seconds=60)
    account = {"TWILIO_ACCOUNT_SID": emulator.config.twilio_account_sid, "TWILIO_API_BASE": emulator.url}
    token = {"TWILIO_AUTH_TOKEN": emulator.config.twilio_auth_token, "TWILIO_FROM": emulator.config.twilio_from}
    # Its clock leaps, so that it never rests: of that tests/integrations/rewards tells.
    circuit = Circuit(clock=itertools.count(0, 60).__next__)
    with (
        closing(HttpRewards(config, circuit=circuit)) as vendor,
        counter(database_url, redis_url, SMS_RATE="1000", **account, **token) as parts,
    ):
        yield replace(parts, rewards=vendor)


@contextmanager
def hired(parts: Parts) -> Iterator[Worker]:
    """A worker whose jobs are run by hand."""
    worker = Worker(parts)
    try:
        yield worker
    finally:
        worker.stop()
        worker.run()  # ends at once, and closes what it holds


def chosen(parts: Parts, serial: int = 1, brand: str = "amazon") -> Right:
    """A right for 1,200 yen whose person has just chosen a reward."""
    settle(parts, due(parts, application(parts, serial)))
    [(token,)] = rows(parts, "SELECT token_hash FROM entitlements ORDER BY id DESC LIMIT 1")
    right = entitlements.find(parts.db, token)
    assert right
    with autocommit(parts.db) as connection:
        for state in ("opened", "choosing"):
            entitlements.move(connection, right.id, state, at=APRIL)
    assert "chosen" == rewards.choose(parts, right, brand, at=parts.clock.now())
    return right


def now(parts: Parts, right: Right) -> tuple[str, str | None]:
    """The state of a right, and its code."""
    found = entitlements.by_id(parts.db, right.id)
    assert found
    code = rewards.code_of(parts, found)
    return found.state, code.code if code else None


def later(work: Worker) -> None:
    with autocommit(work.parts.db) as connection:
        connection.execute(TIME_GOES_BY)
    issue_codes(work)


def send_all(work: Worker) -> None:
    """Send what is planned; a pace that nobody has kept yet lets the first ones wait a little."""
    for _ in range(1200):
        with autocommit(work.parts.db) as connection:
            connection.execute("UPDATE outgoing SET due_at = now() WHERE state = 'planned'")
        send_outgoing(work)
        if not rows(work.parts, "SELECT FROM outgoing WHERE state = 'planned'"):
            return
        time.sleep(0.05)
    raise AssertionError("messages still wait")


def calls(emulator: Emulator) -> list[str]:
    """What the vendor was asked for, in order."""
    asked = [row for row in emulator.wire if row["party"] == "vendor"]
    return [row["method"] if row["method"] != "POST" else row["url"].rpartition("/")[2] for row in asked]
