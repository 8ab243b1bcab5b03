"""Sends what is due of the mailings at work: one asyncio loop a process, any number of processes side by side.

claimed ──> waits for its moment ──> attempt committed ──> wire ──> what was heard, many in one transaction
   │               └── paused, cancelled or chosen meanwhile: nothing goes out
   └── a process that dies here costs the lease
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from bot.deliveries import breakers, outcomes
from bot.deliveries.batches import Ready, affordable, group_of, not_begun, way_of
from bot.deliveries.letters import Writer
from bot.deliveries.listening import Listening
from bot.deliveries.providers import REFUSED_SECONDS, Provider, Providers
from bot.deliveries.ways import CHANNEL_OF, GROUPS
from bot.parts import Parts
from bot.store import deliveries, delivery_starts, mail_groups, mailings
from bot.store.db import Pool, autocommit, open_pool, transaction
from bot.store.deliveries import Claimed, Word
from bot.store.delivery_starts import Start
from bot.store.mailings import AT_WORK, Mailing
from bot.store.pace import BULK_AHEAD, Pace
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import JST, Campaign
from integrations.channel import Misconfigured, OutcomeUnknown, Refused, SendError, SendLater

IDLE_SECONDS = 0.5
AWAY_SECONDS = 2.0
MOST_CLAIMED = 500
LOOK_AHEAD = 2.0  # seconds of sending that are claimed at once: a pause takes effect before they are over
ON_THE_WIRE = 64
CLOSING = 60.0  # seconds before the hours of sending end in which nothing is begun
DATABASE_AWAY = (psycopg.Error, PoolTimeout)

log = structlog.get_logger(__name__)


class Sender:
    """One process's share of all mailings; run() goes on until stop() is called, or the event is set."""

    def __init__(self, parts: Parts, stopping: threading.Event | None = None) -> None:
        assert parts.settings.database_url  # noqa: S101 - open_parts() needs it too
        self._parts = parts
        self._claims: Pool = open_pool(parts.settings.database_url.get_secret_value(), size=6, by_index=True)
        self._writer = Writer(parts)
        self._stop = stopping or threading.Event()
        self.sent = 0

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Send until stopped; what is on the wire is finished."""
        while not self._stop.is_set():
            try:
                asyncio.run(self._main())
            except Exception:
                # Whatever it was, its rows come back when their lease is over.
                log.exception("deliveries.loop_broke")
                self._stop.wait(AWAY_SECONDS)
        self._claims.close()

    async def _main(self) -> None:
        self._providers = Providers(self._parts)
        self._listening = Listening(self._parts, self._providers, self._writer)
        self._wire = asyncio.Semaphore(ON_THE_WIRE)
        self._sending: set[asyncio.Task[None]] = set()
        ears = asyncio.create_task(self._listening.run(self._stop))
        await asyncio.gather(*(self._send_all(channel) for channel in self._providers.channels()))
        await asyncio.gather(*self._sending)
        self._listening.finish()
        await ears
        await self._providers.close()

    async def _send_all(self, channel: str) -> None:
        """Claim and send what goes through a channel, batch after batch; the next is claimed while one is sent."""
        ahead: asyncio.Task[list[Claimed]] | None = None
        while not self._stop.is_set():
            try:
                rows = await (ahead or self._claimed(channel))
                ahead = asyncio.create_task(self._claimed(channel)) if rows else None
                if not rows:
                    await asyncio.sleep(IDLE_SECONDS)
                    continue
                for way, same in groupby(sorted(rows, key=way_of), way_of):
                    lots = self._providers.share_out(way, list(same))  # without any their lease runs out
                    await asyncio.gather(*(self._send(lot, provider) for provider, lot in lots))
            except DATABASE_AWAY as error:
                ahead = None
                log.warning("deliveries.database_away", error=type(error).__name__)
                await asyncio.sleep(AWAY_SECONDS)
        if ahead:
            await asyncio.gather(ahead, return_exceptions=True)

    async def _claimed(self, channel: str) -> list[Claimed]:
        return await asyncio.to_thread(self._claim, channel)

    def _claim(self, channel: str) -> list[Claimed]:
        if not (per_second := self._providers.per_second(channel)):
            return []
        most = int(min(MOST_CLAIMED, max(1.0, LOOK_AHEAD * per_second)))
        for mailing in mailings.every(self._claims, at_work=True):
            if not self._may_send(mailing):
                continue
            with autocommit(self._claims) as connection:
                pilot = mailing.state == "piloting"
                held = mail_groups.names(connection, mailing.id) if channel == "mail" else ()
                beside = [group for group in GROUPS if group not in held] if held else None
                rows = deliveries.claim(connection, mailing.id, channel, pilot=pilot, most=most, groups=beside)
            if rows:
                return rows
            self._finish(mailing)
        return []

    def _may_send(self, mailing: Mailing) -> bool:
        """Whether some of it may be begun now; after the last day to choose it is put to its end."""
        if mailing.campaign not in self._parts.campaigns:
            return False  # taken out of CAMPAIGNS; the others go on
        campaign = self._parts.campaigns.seen_by(mailing)
        if self._parts.clock.now() >= campaign.dates.receive_end:
            mailings.expire(self._claims, mailing.id)
            self._finish(mailing)
            return False
        return self._closes_in(campaign) > CLOSING

    def _finish(self, mailing: Mailing) -> None:
        counts = mailings.counts(self._claims, mailing.id)
        if mailing.state == "running" and not any(counts.get(state) for state in mailings.OPEN):
            with transaction(self._claims) as connection:
                mailings.move(connection, mailing.id, "finished")

    def _closes_in(self, campaign: Campaign) -> float:
        """Seconds until nothing of a campaign may be sent any more today; 0 outside the hours."""
        now = self._parts.clock.now()
        if sending_time(campaign, now) != now or now >= campaign.dates.receive_end:
            return 0.0
        closing = datetime.combine(now.astimezone(JST).date(), campaign.sending.closes, JST)
        return (closing - now).total_seconds()

    async def _send(self, rows: Sequence[Claimed], provider: Provider) -> None:
        lasts = int(self._closes_in(self._parts.campaigns.seen_by(rows[0])))
        ready = [each for each in (self._ready(row, provider, lasts) for row in rows) if each]
        while ready and not self._stop.is_set():
            few = affordable(ready, provider)
            moment = await asyncio.to_thread(provider.pace.reserve, sum(each.units for each in few), ahead=BULK_AHEAD)
            if not moment.granted:
                await asyncio.sleep(min(moment.wait - BULK_AHEAD, BULK_AHEAD))
                continue
            at = time.monotonic() + moment.wait
            ready = ready[len(few) :]
            await self._at_their_moment(await self._begun(few, provider), provider, at)

    def _ready(self, row: Claimed, provider: Provider, lasts: int) -> Ready | None:
        if rest := provider.breakers.rests(group_of(row)):
            self._listening.hear(Word(row.id, 0, "", "planned", wait=rest))
            return None
        try:
            assert row.contacts is not None  # noqa: S101 - erased long after the last day to send
            contacts = self._parts.vault.open_json(row.contacts, "deliveries.contacts")
            letter = self._writer.letter(row, contacts[CHANNEL_OF[row.way]], attempt=row.attempts + 1, lasts=lasts)
        except Exception:
            log.exception("deliveries.unwritable", delivery=str(row.id))
            self._listening.hear(Word(row.id, 0, "unwritable", "next"))
            return None
        return Ready(row, letter, provider.client.units(letter))

    async def _begun(self, few: Sequence[Ready], provider: Provider) -> list[Ready]:
        verdicts = await asyncio.to_thread(self._begin, few, provider)
        going = [each for each in few if verdicts.get(each.row.id) == "go"]
        for each in few:
            verdict = verdicts.get(each.row.id, "lost")
            if verdict not in ("go", "lost"):
                self._listening.hear(not_begun(each.row, verdict))
        return going

    def _begin(self, few: Sequence[Ready], provider: Provider) -> dict[UUID, str]:
        starts = [self._start(each, provider) for each in few]
        # Not over the pool of claims, which is made to walk along indexes: this finds rows by their ids.
        with autocommit(self._parts.db) as connection:
            return delivery_starts.begin(connection, starts, AT_WORK)

    def _start(self, each: Ready, provider: Provider) -> Start:
        channel = CHANNEL_OF[each.row.way]
        person = self._parts.vault.fingerprint(channel, each.letter.to)
        # One-time codes go to where the URL went, not to a number that was found dead; LINE is asked for none.
        moves = each.row.step > 0 and channel != "line"
        target = self._parts.vault.seal_json([channel, each.letter.to], "entitlements.target") if moves else None
        return Start(each.row.id, each.row.leased_until, person, channel, provider.name, each.units, target)

    async def _at_their_moment(self, going: Sequence[Ready], provider: Provider, at: float) -> None:
        pace = provider.pace
        for each in going:
            if (wait := at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            await self._wire.acquire()
            let_out = await self._let_out(each, pace)
            task = asyncio.create_task(self._put_on_the_wire(each, provider, let_out))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            at += each.units * pace.per_unit

    async def _let_out(self, each: Ready, pace: Pace) -> float:
        """Wait until it may go on the wire; gives the moment that counts for it."""
        asked = time.monotonic()
        # Not in a thread: to come back from one takes longer than to ask, and it would be late by that.
        while pace.counts and (wait := pace.let_out(each.units, each.letter.reference)):
            await asyncio.sleep(wait)
            asked = time.monotonic()
        return asked

    async def _put_on_the_wire(self, each: Ready, provider: Provider, let_out: float) -> None:
        if provider.pace.counts:
            provider.pace.was_late(each.units, each.letter.reference, time.monotonic() - let_out)
        attempt, poll_after = each.row.attempts + 1, float(self._parts.settings.unknown_lookup_after)
        try:
            receipt = await provider.client.send(each.letter)
            word = outcomes.taken(each.row, attempt, receipt, provider.name, poll_after=poll_after)
            provider.breakers.note(group_of(each.row), well=True)
            self.sent += 1
        except SendError as error:
            word = outcomes.failed(each.row, attempt, error, provider.name, poll_after=poll_after)
            await self._after(error, each.row, provider)
        except Exception as error:
            # Nobody foresaw it, so nobody knows whether the message went out before.
            log.exception("deliveries.broke", delivery=str(each.row.id))
            unknown = OutcomeUnknown(type(error).__name__)
            word = outcomes.failed(each.row, attempt, unknown, provider.name, poll_after=poll_after)
        finally:
            self._wire.release()
        self._listening.hear(word)

    async def _after(self, error: SendError, row: Claimed, provider: Provider) -> None:
        """A failure that is not this person's own: slower, a rest for the provider, or a pause of the mailing."""
        own = isinstance(error, Refused) or error.code.endswith("429")
        for group in provider.breakers.note(group_of(row), well=own):
            await asyncio.to_thread(breakers.tell, self._parts.redis, provider.name, group, code=error.code)
        if isinstance(error, SendLater) and error.code.endswith("429"):
            await asyncio.to_thread(provider.pace.hold, error.retry_after or 1.0)
        if isinstance(error, Misconfigured):
            await asyncio.to_thread(self._refused_us, row, provider, error.code)

    def _refused_us(self, row: Claimed, provider: Provider, code: str) -> None:
        """Another provider goes on alone; where there is none, nobody can be reached until a person mends it."""
        if self._providers.rest(row.way, provider):
            breakers.tell(self._parts.redis, provider.name, "", code=code, seconds=REFUSED_SECONDS)
            return
        log.warning("deliveries.paused", mailing=str(row.mailing), code=code)
        self._pause(row.mailing, f"the provider refuses us: {provider.name} {code}")

    def _pause(self, mailing: UUID, reason: str) -> None:
        with transaction(self._claims) as connection:
            mailings.move(connection, mailing, "paused", reason=reason)
