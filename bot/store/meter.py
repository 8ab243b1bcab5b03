"""How often somebody may still do something, counted in Redis for all processes together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import redis
import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Meter:
    """Limits as (seconds, times). while_away: whether one may go on while Redis cannot be asked."""

    name: str
    limits: tuple[tuple[int, int], ...]
    while_away: bool


# rules.md §6. Without the meter a number is taken unchecked (the backend decides later) and a code still goes out.
MISSES = Meter("miss", ((3600, 5), (86400, 10)), while_away=False)
MISSES_FROM = Meter("miss_from", ((86400, 30),), while_away=False)
SENDS_FROM = Meter("send_from", ((3600, 60), (86400, 300)), while_away=True)
CODES = Meter("code", ((600, 3), (86400, 10)), while_away=True)
CASES = Meter("case", ((86400, 10),), while_away=True)
CASES_FROM = Meter("case_from", ((86400, 30),), while_away=True)
RESENDS = Meter("resend", ((600, 1), (86400, 3)), while_away=False)
REWARD_PAGES = Meter("reward", ((60, 30), (3600, 200)), while_away=True)
CODE_CHECKS = Meter("code_check", ((3600, 5),), while_away=False)
STATUS_MISSES = Meter("status", ((60, 30), (3600, 200)), while_away=True)
BEGINNINGS = Meter("begin", ((60, 120),), while_away=True)
LINKS = Meter("link", ((60, 30), (3600, 200)), while_away=True)
SIGN_INS = Meter("sign_in", ((900, 5), (86400, 50)), while_away=False)
SSO_FROM = Meter("sso_from", ((60, 30), (3600, 600)), while_away=True)  # what it lets in is counted by the two above
SIGN_INS_FROM = Meter("sign_in_from", ((900, 30), (86400, 300)), while_away=False)


def left(store: redis.Redis, meter: Meter, who: str) -> bool:
    """Whether one more time is allowed; counts nothing."""
    try:
        seen = store.mget([_key(meter, seconds, who) for seconds, _ in meter.limits])
    except redis.RedisError as error:
        return _away(meter, error)
    return all(int(times or 0) < most for times, (_, most) in zip(seen, meter.limits, strict=True))


def take(store: redis.Redis, meter: Meter, who: str, *, instead: Callable[[], bool] | None = None) -> bool:
    """Count this time; whether it was still allowed. instead: how else to know that, asked while Redis is away."""
    pipe = store.pipeline()
    for seconds, _ in meter.limits:
        pipe.incr(_key(meter, seconds, who))
        pipe.expire(_key(meter, seconds, who), seconds, nx=True)
    try:
        seen = pipe.execute()[::2]
    except redis.RedisError as error:
        allowed = _away(meter, error)
        return instead() if instead else allowed
    return all(times <= most for times, (_, most) in zip(seen, meter.limits, strict=True))


def give_back(store: redis.Redis, meter: Meter, who: str) -> None:
    """Count a time no longer that was taken and turned out well."""
    pipe = store.pipeline()
    for seconds, _ in meter.limits:
        pipe.decr(_key(meter, seconds, who))
    # Lost, it counts one too many until its time is over.
    with suppress(redis.RedisError):
        pipe.execute()


def _key(meter: Meter, seconds: int, who: str) -> str:
    return f"meter:{meter.name}:{seconds}:{who}"


def _away(meter: Meter, error: redis.RedisError) -> bool:
    log.warning("meter.away", meter=meter.name, error=type(error).__name__)
    return meter.while_away
