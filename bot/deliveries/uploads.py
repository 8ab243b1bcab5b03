"""A list that staff have sent in and not confirmed yet: sealed, in Redis, for half an hour, or until it is used.

Nothing of it is written to a disk of ours, and a lost Redis costs who sent it one more upload.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from uuid import UUID

import redis
import structlog

from bot.deliveries.planning import Source
from bot.parts import Parts

KEPT_SECONDS = 1800
LARGEST = 1024 * 1024  # some 13,000 rows: on a busy machine a page answers within five seconds
SEALED = "mailing list"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Upload:
    """What a mailing is to be made of; content is the file's, b"" where there is none."""

    name: str
    content: bytes = field(repr=False)
    accepted_claims: bool

    def source(self, by: str) -> Source:
        """The same as planning takes it."""
        return Source(self.content or None, self.accepted_claims, by)


def keep(parts: Parts, upload: Upload, *, by: UUID) -> str:
    """The key under which that member finds it again. Raises redis.RedisError."""
    key = secrets.token_urlsafe(16)
    plain = [upload.name, b64encode(upload.content).decode(), upload.accepted_claims]
    sealed = b64encode(parts.vault.seal_json(plain, SEALED)).decode()
    parts.redis.set(_place(key, by), sealed, ex=KEPT_SECONDS)
    return key


def kept(parts: Parts, key: str, *, by: UUID) -> Upload | None:
    """None once it is used, dropped or too old, and for anybody else. Raises redis.RedisError."""
    sealed = parts.redis.get(_place(key, by))
    if sealed is None:
        return None
    name, content, accepted_claims = parts.vault.open_json(b64decode(str(sealed)), SEALED)
    return Upload(name, b64decode(content), accepted_claims)


def drop(parts: Parts, key: str, *, by: UUID) -> None:
    """Nothing is left of it: now, or by itself where Redis does not answer."""
    try:
        parts.redis.delete(_place(key, by))
    except redis.RedisError as error:
        log.warning("mailing_list.goes_by_itself", error=type(error).__name__)


def _place(key: str, by: UUID) -> str:
    return f"mailing-list:{by}:{key}"
