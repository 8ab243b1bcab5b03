"""Reply tokens, retry keys and channel access tokens: things that are good once, or for a while.

All ages are measured with Clock.life(), which nobody can set back, only speed up.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from integrations.emulator.clock import Clock

REPLY_LIFE = 60.0  # from each delivery of the event (reference: reply token)
EVENT_LIFE = 20 * 60.0  # from the event itself; a redelivery does not lengthen it
RETRY_LIFE = 24 * 3600.0
STATELESS_LIFE = 15 * 60
SHORT_LIFE = 30 * 24 * 3600


@dataclass
class ReplyToken:
    """Whose chat a token answers, and how long."""

    user_id: str
    event_at: float
    delivered_at: float
    used: bool = False


class ReplyTokens:
    """Tokens of events that were delivered lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: OrderedDict[str, ReplyToken] = OrderedDict()
        self._lock = threading.Lock()

    def deliver(self, token: str, user_id: str, event_at: float) -> None:
        """The event with this token goes out now: its minute begins, unless the token was used."""
        now = self._clock.life()
        with self._lock:
            self._prune(now)
            known = self._tokens.setdefault(token, ReplyToken(user_id, event_at, now))
            known.delivered_at = now

    def use(self, token: str) -> str | None:
        """The person whom this token answers, once; None for a token that is unknown, used or too old."""
        now = self._clock.life()
        with self._lock:
            found = self._tokens.get(token)
            if found is None or found.used or not self._lives(found, now):
                return None
            found.used = True
            return found.user_id

    def _lives(self, token: ReplyToken, now: float) -> bool:
        return now - token.delivered_at < REPLY_LIFE and now - token.event_at < EVENT_LIFE

    def _prune(self, now: float) -> None:
        # Tokens stand in the order of their first delivery, and none lives longer than its event.
        while self._tokens and now - next(iter(self._tokens.values())).delivered_at > EVENT_LIFE:
            self._tokens.popitem(last=False)


@dataclass
class Accepted:
    """A request with a retry key that was accepted."""

    request_id: str
    at: float
    sent: list[dict[str, Any]] = field(default_factory=list)


class RetryKeys:
    """Requests accepted within the last 24 hours, by their X-Line-Retry-Key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accepted: OrderedDict[str, Accepted] = OrderedDict()

    def find(self, key: str) -> Accepted | None:
        """The request that was accepted with this key. The caller holds the lock of sending."""
        now = self._clock.life()
        while self._accepted and now - next(iter(self._accepted.values())).at >= RETRY_LIFE:
            self._accepted.popitem(last=False)
        return self._accepted.get(key)

    def accept(self, key: str, request_id: str, sent: list[dict[str, Any]]) -> dict[str, Any]:
        """Remember the request; the document to save."""
        self._accepted[key] = accepted = Accepted(request_id, self._clock.life(), sent)
        return {"key": key, "request_id": request_id, "at": accepted.at, "sent": sent}

    def revive(self, saved: dict[str, Any]) -> None:
        """Take in a document that `accept` gave."""
        self._accepted[saved["key"]] = Accepted(saved["request_id"], saved["at"], saved["sent"])


class AccessTokens:
    """Channel access tokens: the one from the settings, and those that were issued."""

    def __init__(self, clock: Clock, settled: str) -> None:
        self._clock = clock
        self._settled = settled
        self._issued: dict[str, float] = {}

    def issue(self, seconds: int) -> str:
        """A new token that is good for so long."""
        token = secrets.token_urlsafe(48)
        self._issued[token] = self._clock.life() + seconds
        return token

    def refusal(self, token: str) -> str:
        """Why this token opens nothing; empty when it does."""
        if self._settled and secrets.compare_digest(token.encode(), self._settled.encode()):
            return ""
        until = self._issued.get(token)
        if until is None:
            return "Authentication failed due to the following reason: invalid token"
        return "" if self._clock.life() < until else "The access token expired"
