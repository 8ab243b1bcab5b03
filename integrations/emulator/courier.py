"""Carries what the far side has to say to the counter: in order per lane, again on failure, kept over a restart."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Protocol

import structlog

from integrations.emulator.clock import Clock
from integrations.emulator.faults import Fault, Faults
from integrations.emulator.outgoing import Answer, HttpSender, Unreachable
from integrations.emulator.store import Store
from integrations.emulator.wire import Exchange, Wire

DISORDER_SECONDS = 1.0  # how much later a reordered or redelivered call goes out, unless the fault says otherwise

log = structlog.get_logger(__name__)


@dataclass
class Job:
    """One call to the counter; jobs of one lane go out one by one. `due` and `created` are real epoch seconds."""

    kind: str
    lane: str
    data: dict[str, Any]
    due: float = 0.0
    tries: int = 0
    shaken: bool = False
    created: float = field(default_factory=time.time)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True)
class Call:
    """What goes over the wire for a job."""

    party: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float


class Route(Protocol):
    """How one kind of job is sent."""

    def prepare(self, job: Job) -> Call | None:
        """The call to make now, or None when there is nothing to send."""

    def again(self, job: Job, outcome: Answer | Unreachable) -> float | None:
        """Seconds until the next try, or None: it is done, well or not. `job.tries` counts this try already."""

    def holds(self, job: Job, outcome: Answer | Unreachable) -> bool:
        """Whether the rest of the lane waits for the next try."""


@dataclass(frozen=True)
class Tools:
    """The parts that a courier works with."""

    store: Store
    faults: Faults
    sender: HttpSender
    wire: Wire
    clock: Clock


class Courier:
    """Lanes of jobs, a thread that watches the time, and threads that send."""

    def __init__(self, tools: Tools, routes: Mapping[str, Route], *, senders: int) -> None:
        self._tools = tools
        self._routes = routes
        self._lanes: dict[str, deque[Job]] = {}
        self._later: list[tuple[float, int, Job]] = []
        self._ready: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._ties = itertools.count()
        self._changed = threading.Condition()
        self._stopping = False
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(senders)]
        self._threads.append(threading.Thread(target=self._watch_time, daemon=True))

    def start(self) -> None:
        """Take up what an earlier run left, and go."""
        for saved in self._tools.store.load("job"):
            self._line_up(Job(**saved))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the calls under way; what is left stays in the store."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for _ in self._threads:
            self._ready.put(None)
        for thread in self._threads:
            thread.join(5)

    def add(self, job: Job) -> None:
        """Send it as soon as it is due and its lane is free."""
        self._save(job)
        self._line_up(job)

    def pending(self) -> int:
        """How many jobs are not done."""
        with self._changed:
            return sum(len(lane) for lane in self._lanes.values())

    def _save(self, job: Job) -> None:
        self._tools.store.put("job", job.id, asdict(job))

    def _line_up(self, job: Job) -> None:
        with self._changed:
            lane = self._lanes.setdefault(job.lane, deque())
            lane.append(job)
            if len(lane) == 1:
                self._schedule(job)

    def _schedule(self, job: Job) -> None:
        if job.due <= time.time():
            self._ready.put(job)
            return
        heapq.heappush(self._later, (job.due, next(self._ties), job))
        if self._later[0][2] is job:
            self._changed.notify_all()

    def _watch_time(self) -> None:
        with self._changed:
            while not self._stopping:
                now = time.time()
                while self._later and self._later[0][0] <= now:
                    self._ready.put(heapq.heappop(self._later)[2])
                self._changed.wait(self._later[0][0] - now if self._later else None)

    def _send_all(self) -> None:
        while (job := self._ready.get()) is not None and not self._stopping:
            try:
                self._run(job)
            except Exception:
                log.exception("emulator.job_failed", kind=job.kind)
                self._done(job)

    def _run(self, job: Job) -> None:
        route = self._routes[job.kind]
        if not job.shaken:
            job.shaken = True
            for fault in self._tools.faults.draw(job.kind):
                if not self._SHAKES[fault.do](self, job, fault):
                    return
        call = route.prepare(job)
        if call is None:
            self._done(job)
            return
        outcome = self._send(call)
        job.tries += 1
        wait = route.again(job, outcome)
        if wait is None:
            self._done(job)
        else:
            self._retry(job, wait, holds=route.holds(job, outcome))

    def _send(self, call: Call) -> Answer | Unreachable:
        at = self._tools.clock.now().isoformat()
        started = time.monotonic()
        outcome: Answer | Unreachable
        try:
            outcome = self._tools.sender.send("POST", call.url, call.headers, body=call.body, timeout=call.timeout)
        except Unreachable as error:
            outcome = error
        answer = outcome if isinstance(outcome, Answer) else None
        self._tools.wire.record(
            Exchange(
                at=at,
                direction="out",
                party=call.party,
                method="POST",
                url=call.url,
                status=answer.status if answer else 0,
                ms=(time.monotonic() - started) * 1000,
                headers=call.headers,
                body=call.body,
                response=answer.body if answer else b"",
                note="" if answer else str(outcome),
            )
        )
        return outcome

    def _done(self, job: Job) -> None:
        self._tools.store.drop("job", job.id)
        self._step_aside(job)

    def _step_aside(self, job: Job) -> None:
        with self._changed:
            lane = self._lanes[job.lane]
            lane.popleft()
            if lane:
                self._schedule(lane[0])
            else:
                del self._lanes[job.lane]

    def _retry(self, job: Job, wait: float, *, holds: bool) -> None:
        if not holds:
            self._alone(job, wait)
            return
        job.due = time.time() + wait
        self._save(job)
        with self._changed:
            self._schedule(job)

    def _alone(self, job: Job, wait: float) -> None:
        """Let the rest of the lane overtake this job."""
        self._step_aside(job)
        self.add(replace(job, lane=f"{job.lane}/{job.id}", due=time.time() + wait))

    # Each shake says whether the job goes on to be sent now.

    def _drop(self, job: Job, _fault: Fault) -> bool:
        self._routes[job.kind].prepare(job)
        self._done(job)
        return False

    def _delay(self, job: Job, fault: Fault) -> bool:
        self._retry(job, fault.lasts(3), holds=True)
        return False

    def _reorder(self, job: Job, fault: Fault) -> bool:
        self._alone(job, fault.lasts(DISORDER_SECONDS))
        return False

    def _copy(self, job: Job, wait: float, tries: int) -> bool:
        key = uuid.uuid4().hex
        self.add(replace(job, id=key, lane=f"{job.lane}/{key}", due=time.time() + wait, tries=tries))
        return True

    def _duplicate(self, job: Job, fault: Fault) -> bool:
        return self._copy(job, fault.lasts(0), tries=0)

    def _redeliver(self, job: Job, fault: Fault) -> bool:
        return self._copy(job, fault.lasts(DISORDER_SECONDS), tries=1)

    _SHAKES: ClassVar[dict[str, Callable[[Courier, Job, Fault], bool]]] = {
        "drop": _drop,
        "delay": _delay,
        "reorder": _reorder,
        "duplicate": _duplicate,
        "redeliver": _redeliver,
    }
