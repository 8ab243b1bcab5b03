"""What becomes of attempts: words gathered and written by the hundred, and asked after where none comes.

A word stays here until it is written, however long PostgreSQL is away. If the process dies first, the row is still
'sending' when its time is over, and whoever finds it then asks the provider.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from bot.deliveries import outcomes
from bot.deliveries.guarding import guard
from bot.deliveries.letters import Writer
from bot.deliveries.outcomes import PATIENCE
from bot.deliveries.providers import Provider, Providers
from bot.deliveries.ways import CHANNEL_OF
from bot.parts import Parts
from bot.store import deliveries
from bot.store.db import autocommit
from bot.store.deliveries import Followed, Word
from integrations.channel import OutcomeUnknown, SendError

GATHERED_FOR = 0.05  # seconds
MOST_AT_ONCE = 500
FOLLOWED_EVERY = 1.0
MOST_FOLLOWED = 50
FOLLOW_LEASE = 60.0
AWAY_SECONDS = 1.0
MOST_PATIENCE = 4.0  # times that of the first look; the pause grows with the age of what has no receipt
CLOCKS_MAY_DIFFER = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class Listening:
    """One process's ears."""

    def __init__(self, parts: Parts, providers: Providers, writer: Writer) -> None:
        self._parts = parts
        self._pool = parts.db
        self._providers = providers
        self._writer = writer
        self._heard: list[Word] = []
        self._done = False

    def hear(self, word: Word) -> None:
        """Something was heard; it is written soon."""
        self._heard.append(word)

    def finish(self) -> None:
        """Nothing more will be heard: run() ends when all is written."""
        self._done = True

    async def run(self, stop: threading.Event) -> None:
        """Write and ask until finish()."""
        asking = asyncio.create_task(self._ask_all(stop))
        while self._heard or not self._done:
            await asyncio.sleep(GATHERED_FOR)
            await self._write()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await self._write()

    async def _write(self) -> None:
        while self._heard:
            words = self._heard[:MOST_AT_ONCE]
            try:
                await asyncio.to_thread(deliveries.hear, self._pool, words, at=self._parts.clock.now())
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("deliveries.not_written", error=type(error).__name__, words=len(self._heard))
                await asyncio.sleep(AWAY_SECONDS)
                continue
            del self._heard[: len(words)]

    async def _ask_all(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.to_thread(guard, self._pool)
                rows = await asyncio.to_thread(self._overdue)
                await asyncio.gather(*map(self._ask, rows))
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("deliveries.database_away", error=type(error).__name__)
                rows = []
            if len(rows) < MOST_FOLLOWED:
                await asyncio.sleep(FOLLOWED_EVERY)

    def _overdue(self) -> Sequence[Followed]:
        with autocommit(self._pool) as connection:
            return deliveries.follow(connection, most=MOST_FOLLOWED, lease=FOLLOW_LEASE)

    async def _ask(self, row: Followed) -> None:
        provider = self._providers.named(row.way, row.provider)
        if provider is None:
            self.hear(self._of_nobody(row))
            return
        try:
            word = await (
                self._overdue_receipt(row, provider) if row.state == "accepted" else self._unknown(row, provider)
            )
        except SendError as error:
            log.warning("deliveries.cannot_ask", provider=provider.name, code=error.code)
            word = Word(row.id, row.attempts, "", row.state, wait=self._patience)
        except Exception:
            log.exception("deliveries.asking_broke", delivery=str(row.id))
            word = Word(row.id, row.attempts, "", row.state, wait=self._patience)
        self.hear(word)

    def _of_nobody(self, row: Followed) -> Word:
        """Its provider is not configured any more, and may have taken it: no other way before its hours are over."""
        log.warning("deliveries.no_provider", provider=row.provider)
        if deliveries.age(row.attempted_at) < PATIENCE.get(row.way, 0.0):
            as_before = "waiting" if row.state == "accepted" else "unknown"
            return Word(row.id, row.attempts, "", as_before, wait=MOST_PATIENCE * self._patience)
        return Word(row.id, row.attempts, "no_provider", "next", provider=row.provider)

    @property
    def _patience(self) -> float:
        return float(self._parts.settings.unknown_lookup_after)

    async def _unknown(self, row: Followed, provider: Provider) -> Word:
        """The provider's own list decides, once it can be trusted to show what it has."""
        if word := outcomes.unasked(row):
            return word
        age = deliveries.age(row.attempted_at)
        if age < self._patience:
            return Word(row.id, row.attempts, "", "unknown", wait=self._patience - age)
        assert row.contacts is not None  # noqa: S101 - erased long after the last day to send
        assert row.attempted_at is not None  # noqa: S101 - it was begun
        contacts = self._parts.vault.open_json(row.contacts, "deliveries.contacts")
        letter = self._writer.letter(row, contacts[CHANNEL_OF[row.way]], attempt=row.attempts, lasts=0)
        try:
            found = await provider.client.find_sent(letter, since=row.attempted_at - CLOCKS_MAY_DIFFER)
        except OutcomeUnknown as error:
            if row.way == "mail":
                return Word(row.id, row.attempts, "not_known", "again", code=error.code, provider=provider.name)
            raise
        if found is None:
            return Word(row.id, row.attempts, "not_sent", "planned", provider=provider.name)
        return Word(
            row.id,
            row.attempts,
            "found",
            "accepted",
            wait=self._patience,
            provider=provider.name,
            provider_id=found.provider_id,
        )

    async def _overdue_receipt(self, row: Followed, provider: Provider) -> Word:
        """No receipt for a while: the provider is asked; after hours without a word the next way is tried."""
        age, patience = deliveries.age(row.attempted_at), PATIENCE[row.way]
        standing = await provider.client.standing(row.provider_id) if row.provider_id else None
        if standing is None and row.way == "mail" and age >= patience:
            return Word(row.id, row.attempts, "no_bounce", "presumed", provider=provider.name)
        if standing:
            told = Word(row.id, row.attempts, "", provider=provider.name, provider_id=row.provider_id)
            word = outcomes.receipt_word(told, standing.status, standing.code, poll_after=self._patience)
            if word.to not in ("", "accepted"):
                return word
        if age >= patience:
            return Word(row.id, row.attempts, "no_receipt", "next", provider=provider.name)
        pause = min(max(age, self._patience), MOST_PATIENCE * self._patience, patience - age + 1)
        return Word(row.id, row.attempts, "", "waiting", wait=pause)
