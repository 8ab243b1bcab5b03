"""What staff's pages hear as it happens: that something has changed, and where; never what was said.

A short stream in Redis. Lost, or Redis away, the pages look again by themselves, only later.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import redis
import structlog

STREAM, KEPT = "live", 1000
PRESENT_SECONDS = 8  # a page asks every second or so; one that has not asked for so long is closed
BEGINNING = "0-0"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class News:
    """Up to where it was read, and the conversations of which there is news."""

    last: str
    conversations: tuple[str, ...]


def tell(store: redis.Redis, conversation: UUID) -> None:
    """Say that a conversation of staff's has changed; never raises."""
    try:
        store.xadd(STREAM, {"conversation": str(conversation)}, maxlen=KEPT, approximate=True)
    except redis.RedisError as error:
        log.warning("live.away", error=type(error).__name__)


def since(store: redis.Redis, last: str) -> News:
    """What came after `last`; from now on, if that is "" or no place in the stream. Raises RedisError."""
    try:
        # The client is opened with decode_responses, which its types do not know of.
        found: Any = store.xrange(STREAM, min=f"({last}", count=KEPT) if last else []
    except redis.ResponseError:
        last, found = "", []
    if found:
        return News(found[-1][0], tuple(dict.fromkeys(fields["conversation"] for _, fields in found)))
    return News(last or _end(store), ())


def is_here(store: redis.Redis, conversation: UUID, member: UUID) -> list[UUID]:
    """Note that a member looks at a conversation; gives who else does. Raises RedisError."""
    key, now = f"present:{conversation}", time.time()
    pipe = store.pipeline()
    pipe.zadd(key, {str(member): now})
    pipe.zremrangebyscore(key, "-inf", now - PRESENT_SECONDS)
    pipe.expire(key, PRESENT_SECONDS)
    pipe.zrange(key, 0, -1)
    others: Sequence[str] = pipe.execute()[-1]
    return [UUID(each) for each in others if each != str(member)]


def _end(store: redis.Redis) -> str:
    newest: Any = store.xrevrange(STREAM, count=1)
    return str(newest[0][0]) if newest else BEGINNING
