"""Breakers: a provider that fails in a row rests, and so does one carrier's mail while the others' goes on.

Each process has its own; when one opens, that is told in Redis for a while, where `bot deliveries show` finds it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import redis
import structlog

MOST_IN_A_ROW = 20  # failures that are not a person's own, after which there is a rest
REST_SECONDS = 15.0
TOLD_AS = "resting:"

log = structlog.get_logger(__name__)


@dataclass
class Breaker:
    """Opens after so many failures in a row, and lets one try again after a rest."""

    failures: int = 0
    open_until: float = 0.0

    @property
    def rests(self) -> float:
        """Seconds until it lets anything through again; 0 when it does."""
        return max(self.open_until - time.monotonic(), 0.0)

    def rest(self, seconds: float) -> None:
        """Let nothing through for so long."""
        self.open_until = time.monotonic() + seconds

    def note(self, *, well: bool) -> bool:
        """One more outcome; whether it opened by that."""
        self.failures = 0 if well else self.failures + 1
        if self.failures < MOST_IN_A_ROW:
            return False
        self.rest(REST_SECONDS)
        self.failures = MOST_IN_A_ROW - 1  # the next failure opens it again
        return True


@dataclass
class Breakers:
    """Those of one provider: of all that goes through it, and of each group of mail domains."""

    own: Breaker = field(default_factory=Breaker)
    groups: dict[str, Breaker] = field(default_factory=lambda: defaultdict(Breaker))
    failing: set[str] = field(default_factory=set)  # since it last went well

    def rests(self, group: str) -> float:
        """Seconds until something for that group may go through ("": for no group in particular)."""
        return max(self.own.rests, self.groups[group].rests if group else 0.0)

    def note(self, group: str, *, well: bool) -> list[str]:
        """One more outcome; the groups ("": all) that rest from now on by it.

        Where it fails for one group alone, that is the group's own trouble and not the provider's.
        """
        self.failing = set() if well else {*self.failing, group}
        opened = [group] if group and self.groups[group].note(well=well) else []
        if (well or not group or len(self.failing) > 1) and self.own.note(well=well):
            opened.append("")
        return opened


@dataclass(frozen=True, slots=True)
class Rest:
    """A provider, or what goes through it to one group of mail domains, is not used for so many seconds more."""

    provider: str
    group: str
    seconds: float
    code: str


def tell(store: redis.Redis, provider: str, group: str, *, code: str, seconds: float = REST_SECONDS) -> None:
    """Let staff see that it rests, and what it said last; that they cannot is no reason to stop."""
    log.warning("deliveries.rests", provider=provider, mail_group=group, code=code)
    try:
        store.set(f"{TOLD_AS}{provider}:{group}", code, px=round(seconds * 1000))
    except redis.RedisError as error:
        log.warning("deliveries.rest_not_told", error=type(error).__name__)


def told(store: redis.Redis) -> Iterator[Rest]:
    """What rests now in any process. Raises redis.RedisError."""
    for key in sorted(store.scan_iter(f"{TOLD_AS}*")):
        provider, _, group = str(key).removeprefix(TOLD_AS).partition(":")
        left, code = store.pttl(key), store.get(key)
        if left > 0 and code is not None:
            yield Rest(provider, group, left / 1000, str(code))
