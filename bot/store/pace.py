"""How fast a sender may send: one queue of moments for all processes, kept in Redis (a reservation GCRA).

A reservation tells how long to wait for the moment that it took. Who may look far ahead goes before who may not: bulk
reserves a quarter of a second ahead at most, so that a code waits behind a quarter of a second of bulk, never more.

A process may come late to its moments, and then have several at once. So whoever sends slowly enough for that to be
counted is let out one by one, past a count of what went out in the last second.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import redis
import structlog

BULK_AHEAD = 0.25  # seconds
INTERACTIVE_AHEAD = 2.0  # seconds; a message is leased for longer
DEAREST = 10  # segments of the dearest message
OVER_AFTER = 2 * BULK_AHEAD  # seconds; by then whatever bulk has reserved anywhere was sent
AWAY_SECONDS = 1.0  # how long Redis is not asked again after it gave no answer: each try may cost a time-out
SEEN_SECONDS = 30  # a process that has reserved nothing for so long shares the rate no more
FASTEST_COUNTED = 250  # units a second; beyond it nobody counts single moments, and each would cost a question
NOT_LATE = 0.001  # seconds
WIDER = 2 * NOT_LATE  # by so much more than a second is looked back, for what was late by less is not told
UNSEEN_PROCESSES = 8  # how many to reckon with where Redis never told

# Times are whole microseconds of Redis's own clock, so that machines whose clocks differ share one queue. Where the
# queue is gone (Redis was emptied), moments taken before may still lie ahead: nothing is given before they are over.
RESERVE = """
local at = redis.call('TIME')
local now = at[1] * 1000000 + at[2]
local cost, ahead, rest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[5] * 1000000)
redis.call('PEXPIRE', KEYS[2], 3600000)
local free = tonumber(redis.call('GET', KEYS[1]) or now + rest)
local wait = math.max(free - now, 0)
local granted = wait <= ahead
if granted then
    redis.call('SET', KEYS[1], string.format('%.0f', now + wait + cost), 'PX', 86400000)
elseif redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', 86400000)
end
return {granted and 1 or 0, string.format('%.0f', wait), redis.call('ZCARD', KEYS[2])}
"""

# What went out lately, a mark a unit. How long until so many units more fit into the window: 0, and they are marked as
# gone. Asked just before the wire, so that nobody's lateness puts too many into one second.
LET_OUT = """
local at = redis.call('TIME')
local now = at[1] * 1000000 + at[2]
local room, units, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local gone = redis.call('ZCARD', KEYS[1])
if gone > 0 and gone + units > room then
    local leaves = math.min(gone + units - room, gone) - 1
    local last = redis.call('ZRANGE', KEYS[1], leaves, leaves, 'WITHSCORES')
    return string.format('%.0f', math.max(last[2] - now + window, 1))
end
for n = 1, units do redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[4] .. ':' .. n) end
redis.call('PEXPIRE', KEYS[1], 60000)
return '0'
"""

# It came to the wire later than it was let out: whoever is let out a second later has to wait for that.
WAS_LATE = """
for n = 1, ARGV[2] do redis.call('ZADD', KEYS[1], 'XX', 'INCR', ARGV[3], ARGV[1] .. ':' .. n) end
"""

# The provider itself says that it is too fast: all wait.
HOLD = """
local at = redis.call('TIME')
local now = at[1] * 1000000 + at[2]
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', 86400000)
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Moment:
    """granted: it is taken, `wait` seconds from now. Otherwise nothing is taken, and the first free one is so far."""

    granted: bool
    wait: float


class Pace:
    """The rate of one sender, in units (segments of SMS, mails) a second; safe for threads."""

    def __init__(self, store: redis.Redis, sender: str, *, per_second: float) -> None:
        self._reserve = store.register_script(RESERVE)
        self._hold = store.register_script(HOLD)
        self._let_out = store.register_script(LET_OUT)
        self._was_late = store.register_script(WAS_LATE)
        self._keys = [f"pace:{sender}", f"pace:{sender}:processes", f"pace:{sender}:gone"]
        self._me = uuid4().hex
        self._sender = sender
        self.per_unit = 1 / per_second
        self.counts = per_second <= FASTEST_COUNTED
        self._room = max(round(per_second), 1)
        self._alone = _Alone()
        self._processes = UNSEEN_PROCESSES
        self._away = False
        self._away_until = 0.0

    def reserve(self, units: int, *, ahead: float) -> Moment:
        """Take the next free moment for so many units, if it is at most `ahead` seconds away.

        While Redis cannot be asked each process keeps to its own part of the rate. Never raises for that.
        """
        cost = units * self.per_unit
        if time.monotonic() >= self._away_until:
            try:
                return self._shared(cost, ahead)
            except redis.RedisError as error:
                self._gone(error)
        return self._alone.reserve(cost * self._processes, ahead)

    def let_out(self, units: int, mark: str) -> float:
        """Seconds until so many units may go on the wire; 0: now, and they count as gone, under that mark.

        While Redis cannot be asked nobody is held up here: reserve() keeps to the rate by itself then.
        """
        window = round((self._room * self.per_unit + WIDER) * 1e6)
        return float(self._ask(self._let_out, self._room, units, window, mark)) / 1e6

    def was_late(self, units: int, mark: str, seconds: float) -> None:
        """What was let out under that mark reached the wire only so many seconds after it had asked."""
        if seconds > NOT_LATE:
            self._ask(self._was_late, mark, units, round(seconds * 1e6))

    def _ask(self, script: Any, *arguments: str | int) -> Any:
        """What a script on the units that are gone answers; 0 while Redis does not."""
        if self._away:
            return 0
        try:
            return script(keys=self._keys[2:], args=list(arguments)) or 0
        except redis.RedisError as error:
            self._gone(error)
            return 0

    def hold(self, seconds: float) -> None:
        """Nobody sends before so many seconds are over."""
        self._alone.hold(seconds)
        try:
            self._hold(keys=self._keys[:1], args=[round(seconds * 1e6)])
        except redis.RedisError as error:
            self._gone(error)

    def _shared(self, cost: float, ahead: float) -> Moment:
        if self._away:
            # What each process took by itself is over before they share again.
            self._hold(keys=self._keys[:1], args=[round(OVER_AFTER * 1e6)])
            self._away = False
        rest = INTERACTIVE_AHEAD + DEAREST * self.per_unit
        arguments: list[str | int] = [*(round(each * 1e6) for each in (cost, ahead, rest)), self._me, SEEN_SECONDS]
        granted, wait, self._processes = self._reserve(keys=self._keys[:2], args=arguments)
        return Moment(bool(granted), int(wait) / 1e6)

    def _gone(self, error: redis.RedisError) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        if not self._away:
            self._away = True
            self._alone.hold(OVER_AFTER)
            log.warning("pace.away", sender=self._sender, error=type(error).__name__, processes=self._processes)


class _Alone:
    """The same queue for one process by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free = 0.0

    def reserve(self, cost: float, ahead: float) -> Moment:
        with self._lock:
            now = time.monotonic()
            wait = max(self._free - now, 0.0)
            if wait > ahead:
                return Moment(False, wait)
            self._free = now + wait + cost
            return Moment(True, wait)

    def hold(self, seconds: float) -> None:
        with self._lock:
            self._free = max(self._free, time.monotonic() + seconds)
