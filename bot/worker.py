"""The claim loop: threads that lease due rows and do what they stand for, woken by the bell, on any number of machines.

What a thread claims it settles itself. If it dies on the way the lease runs out and another one takes the row; each
kind of work is safe to be taken twice.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from bot import delivery, rewards, watching
from bot.bell import Ear
from bot.conversation import LostRace, Taken, put_aside, take_turn, take_turns
from bot.deliveries import reminding, running
from bot.deliveries.returned import ReturnedMail
from bot.deliveries.sender import Sender
from bot.desks.hearing import look_next
from bot.desks.telling import tell_next
from bot.dispatch import SENDERS, Dispatch
from bot.erasing import erase
from bot.handoff import return_lapsed
from bot.issuing import LEASE_SECONDS, issue
from bot.issuing import put_off as put_off_code
from bot.parts import Parts
from bot.queueing import STAFF
from bot.received import fetch_next
from bot.reminders import remind
from bot.store import entitlements, funnel, inbound, issuing, outgoing, submissions
from bot.store.db import autocommit, open_pool
from bot.store.handoffs import LAPSED_AT_ONCE
from bot.store.inbound import Event
from bot.store.issuing import DueRight
from bot.submission import hand_in, put_off
from bot.webhooks_out import post_due
from dialogs.rules.calendar import sending_time
from dialogs.words import JST

BATCH = 16
AT_A_BACKEND = 1  # a silent backend takes most of the lease over one application: others would run out unseen
POLL_SECONDS = 1.0  # how long a row may wait when the bell was not heard
SEND_LEASE_SECONDS = 20.0
PATIENCE_SECONDS = 2.0  # after an error that is not the row's own: PostgreSQL is away
MOST_TRIES = 5
AT_A_VENDOR = 8  # rights asked for at once by one process; none waits for another, or its lease would run out
LAST_DAY_EVERY = 600.0
ERASE_EVERY = 3600.0
MAILINGS_EVERY = 10.0
FUNNEL_EVERY = 3600.0
RETURNED_EVERY = 60.0
HANDOFFS_EVERY = 10.0
FILES_EVERY = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """A kind of work: run() does one batch and tells whether there was any."""

    run: Callable[[Worker], bool]
    threads: int
    poll: float = POLL_SECONDS


class Worker:
    """One process's share of the work; run() goes on until stop()."""

    def __init__(self, parts: Parts) -> None:
        assert parts.settings.database_url  # noqa: S101 - open_parts() needs it too
        self.parts = parts
        database_url = parts.settings.database_url.get_secret_value()
        self.leases = open_pool(database_url, size=sum(job.threads for job in JOBS.values()) + 1, by_index=True)
        self.senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="resend")
        self.issuers = ThreadPoolExecutor(AT_A_VENDOR, thread_name_prefix="issue")
        self.returned = ReturnedMail(parts)
        self._stopping = threading.Event()
        self._ear = Ear(database_url, JOBS)
        self.dispatch = Dispatch(parts, self.leases, on_free=lambda: self._ear.wake("inbound"))

    def run(self) -> None:
        """Work until told to stop; then what is claimed is finished."""
        threads = [
            threading.Thread(target=self._loop, args=(kind, job), name=f"{kind}-{number}")
            for kind, job in JOBS.items()
            for number in range(job.threads)
        ]
        threads.append(threading.Thread(target=Sender(self.parts, self._stopping).run, name="mailings"))
        self.dispatch.start()
        for thread in threads:
            thread.start()
        log.info("worker.started", threads=len(threads))
        for thread in threads:
            thread.join()
        self.dispatch.close()
        self.senders.shutdown()
        self.issuers.shutdown()
        self._ear.close()
        self.leases.close()
        log.info("worker.stopped")

    def stop(self) -> None:
        self._stopping.set()
        self._ear.wake()

    def _loop(self, kind: str, job: Job) -> None:
        while not self._stopping.is_set():
            try:
                busy = job.run(self)
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("worker.database_away", kind=kind, error=type(error).__name__)
                busy = self._stopping.wait(PATIENCE_SECONDS)
            except Exception:
                # Whatever one batch does, the thread goes on: its rows come back when their lease is over.
                log.exception("worker.batch_failed", kind=kind)
                busy = self._stopping.wait(PATIENCE_SECONDS)
            if not busy and not self._stopping.is_set():
                self._ear.wait(kind, job.poll)


def take_inbound(worker: Worker) -> bool:
    """Claim events, take their turns in one transaction, and send what they say."""
    parts = worker.parts
    with autocommit(worker.leases) as connection:
        events = inbound.claim(connection, most=BATCH)
    if not events:
        return False
    try:
        taken = take_turns(parts, events)
    except Exception as error:
        log.warning("turns.singly", error=type(error).__name__, events=len(events))
        for event in events:
            _say(worker, _take_singly(parts, event))
    else:
        _say(worker, taken)
    return True


def _say(worker: Worker, taken: Iterable[Taken]) -> None:
    messages = [delivery.of_turn(turn.play, leased_at=turn.leased_at) for turn in taken]
    worker.dispatch.send([message for message in messages if message])


def _take_singly(parts: Parts, event: Event) -> Iterator[Taken]:
    """One event by itself; what fails again and again is put aside for staff, never taken for ever."""
    try:
        turn = take_turn(parts, event)
    except (psycopg.OperationalError, PoolTimeout, LostRace) as error:
        log.warning("turn.later", inbound=str(event.id), error=type(error).__name__)
        return
    except Exception as error:
        log.exception("turn.failed", inbound=str(event.id), tries=event.tries)
        turn = _later_or_aside(parts, event, why=type(error).__name__)
    if turn:
        yield turn


def _later_or_aside(parts: Parts, event: Event, *, why: str) -> Taken | None:
    if event.tries < MOST_TRIES:
        inbound.later(parts.db, event.id, seconds=2.0**event.tries)
        return None
    try:
        return put_aside(parts, event, why=why)
    except (psycopg.OperationalError, PoolTimeout):
        raise
    except Exception:
        # Not even its sender can be told: what is behind it must not wait for it.
        log.exception("turn.told_nobody", inbound=str(event.id))
        with autocommit(parts.db) as connection:
            inbound.close(connection, event.id, state="failed")
        return None


def send_outgoing(worker: Worker) -> bool:
    """Claim messages that are due and send them; one of unknown outcome is looked up first."""
    parts = worker.parts
    with autocommit(worker.leases) as connection:
        due = outgoing.claim(connection, dated_until=_dated_until(parts), most=BATCH, lease=SEND_LEASE_SECONDS)
    outcomes = list(worker.senders.map(lambda row: delivery.send_row(parts, row), due))
    if outcomes:
        outgoing.settle(parts.db, outcomes)
        if replies := [row.id for row in due if row.purpose == STAFF]:
            delivery.tell_staff(parts, replies)
    pairs = zip(due, outcomes, strict=True)
    urls = [row.id for row, settled in pairs if row.purpose == "reward_url" and settled.state == "sent"]
    if urls:
        entitlements.notified(parts.db, urls, at=parts.clock.now())
    return bool(due)


def _dated_until(parts: Parts) -> datetime | None:
    """Up to when dated messages are due; none at night, be they left over from the day: they ring."""
    now = parts.clock.now()
    by_day = all(sending_time(campaign, now) == now for campaign in parts.campaigns.values())
    return now if by_day else None


def hand_in_submissions(worker: Worker) -> bool:
    with autocommit(worker.leases) as connection:
        due = submissions.claim(connection, most=AT_A_BACKEND)
    for submission in due:
        try:
            hand_in(worker.parts, submission)
        except (psycopg.OperationalError, PoolTimeout):
            raise
        except Exception as error:
            # One that cannot be handed in must not hold up those behind it.
            log.exception("submission.failed", submission=str(submission.id), tries=submission.tries)
            put_off(worker.parts, submission, reason=type(error).__name__)
    return bool(due)


def issue_codes(worker: Worker) -> bool:
    """Ask the gift vendor for the codes of what was chosen, or what became of those that were asked for."""
    with autocommit(worker.leases) as connection:
        due = issuing.claim(connection, most=AT_A_VENDOR, lease=LEASE_SECONDS)
    list(worker.issuers.map(lambda right: _issue_singly(worker.parts, right), due))
    return bool(due)


def _issue_singly(parts: Parts, right: DueRight) -> None:
    try:
        issue(parts, right)
    except (psycopg.OperationalError, PoolTimeout):
        raise
    except Exception as error:
        # One that cannot be issued must not hold up those behind it.
        log.exception("reward.broke", right=str(right.id), attempt=right.attempts)
        put_off_code(parts, right, reason=type(error).__name__)


def end_rights(worker: Worker) -> bool:
    rewards.expire(worker.parts)
    return False


def erase_what_is_due(worker: Worker) -> bool:
    erase(worker.parts)
    return False


def count_funnel(worker: Worker) -> bool:
    parts = worker.parts
    funnel.roll(parts.db, today=parts.clock.now().astimezone(JST).date(), ahead=parts.ahead)
    return False


def tend_mailings(worker: Worker) -> bool:
    """Reminders of the reward site on their days; what is left of mailings that were called off."""
    running.give_up_called_off(worker.parts)
    return bool(reminding.remind(worker.parts))


JOBS: dict[str, Job] = {
    "inbound": Job(take_inbound, threads=2),
    # One that waits for a silent provider must not hold up the others.
    "outgoing": Job(send_outgoing, threads=3),
    "submissions": Job(hand_in_submissions, threads=1),
    "reminders": Job(lambda worker: remind(worker.parts), threads=1),
    "funnel": Job(count_funnel, threads=1, poll=FUNNEL_EVERY),
    "handoffs": Job(lambda worker: return_lapsed(worker.parts) == LAPSED_AT_ONCE, threads=1, poll=HANDOFFS_EVERY),
    "desk_outbox": Job(lambda worker: tell_next(worker.parts, worker.leases), threads=2),
    "desk_threads": Job(lambda worker: look_next(worker.parts, worker.leases), threads=2),
    # A receiver that is slow or silent keeps this one thread alone.
    "webhook": Job(lambda worker: post_due(worker.parts, worker.leases), threads=1),
    "watch": Job(lambda worker: watching.look(worker.parts), threads=1, poll=watching.LOOK_EVERY),
    "mailings": Job(tend_mailings, threads=1, poll=MAILINGS_EVERY),
    "received_files": Job(lambda worker: fetch_next(worker.parts), threads=1, poll=FILES_EVERY),
    "returned_mail": Job(lambda worker: worker.returned.read(), threads=1, poll=RETURNED_EVERY),
    "rewards": Job(issue_codes, threads=1),
    "last_day": Job(end_rights, threads=1, poll=LAST_DAY_EVERY),
    "erasure": Job(erase_what_is_due, threads=1, poll=ERASE_EVERY),
}


def stop_on_signals(worker: Worker) -> None:
    """SIGTERM and SIGINT end the worker after what it has claimed. Call it in the main thread."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
