"""Telling an outside system: planned with what happened, in its transaction; sent at least once, by the worker.

planned ──> sending ──> delivered | given_up      a dead worker's row is sent again, under the same id
   ^───────────┘  not taken: a growing pause
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store import webhook_calls
from bot.store.db import Connection, Pool, autocommit
from bot.store.webhook_calls import DueCall, Tried
from integrations.webhook.sender import NotTaken

LEASE_SECONDS = 60.0  # a try takes a quarter of it at most
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
MOST_ATTEMPTS = 32  # a day, nearly: the pause doubles up to an hour

log = structlog.get_logger(__name__)


def plan(parts: Parts, connection: Connection, kind: str, data: Mapping[str, object]) -> None:
    """Tell the outside system, if one is set, of what this transaction does; data are ids, numbers and links alone."""
    if parts.webhook is None:
        return
    body = {"type": kind, "timestamp": datetime.now(UTC).isoformat(timespec="seconds"), "data": dict(data)}
    webhook_calls.insert(connection, uuid7(), kind, json.dumps(body, ensure_ascii=False))


def post_due(parts: Parts, leases: Pool) -> bool:
    """Send the one that has been due longest; False when none is."""
    if parts.webhook is None:
        return False
    with autocommit(leases) as connection:
        due = webhook_calls.claim(connection, lease=LEASE_SECONDS)
    if due is None:
        return False
    webhook_calls.settle(parts.db, due, _tried(parts, due))
    return True


def _tried(parts: Parts, due: DueCall) -> Tried:
    assert parts.webhook  # noqa: S101 - post_due has looked
    try:
        parts.webhook.post(str(due.id), due.body.encode())
    except NotTaken as error:
        log.warning("webhook.not_taken", call=str(due.id), attempt=due.attempt, reason=error.reason)
        if due.attempt >= MOST_ATTEMPTS:
            return Tried("given_up", error.reason)
        doubled = FIRST_PAUSE * 2 ** min(due.attempt - 1, 12)
        return Tried("planned", error.reason, wait=min(max(doubled, error.retry_after), LONGEST_PAUSE))
    return Tried("delivered")
