"""The mailbox of returned mail, read once a minute by one process: what is kept is marked there, in this order.

A crash between the two brings the same mail again, which is known by its own bytes and changes nothing.
"""

from __future__ import annotations

import time

import redis
import structlog

from bot.deliveries.bounces import CannotTake, take_bounce
from bot.parts import Parts
from integrations.mail.mailbox import AT_ONCE, WHY, CannotRead, Mailbox, MailboxAddress

READER = "returned-mail:reader"
READING_SECONDS = 300  # at most; then another process may read, and whatever both take changes nothing twice
REFUSED_SECONDS = 900.0  # servers lock an account for who tries a wrong password again and again

log = structlog.get_logger(__name__)


class ReturnedMail:
    """One process's reader; there is none where no mailbox is set."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        url = parts.settings.bounce_mailbox_url
        self._mailbox = Mailbox(MailboxAddress.parse(url.get_secret_value())) if url else None
        self._not_before = 0.0

    def read(self) -> bool:
        """Take what has come; whether there may be more. Raises psycopg.Error."""
        if self._mailbox is None or time.monotonic() < self._not_before or not self._mine():
            return False
        try:
            taken = self._mailbox.read(self._take)
        except CannotRead as wrong:
            self._not_before = time.monotonic() + (REFUSED_SECONDS if wrong.needs_a_person else 0.0)
            log.warning("returned_mail.cannot_read", why=wrong.why, means=WHY[wrong.why])
            return False
        finally:
            self._let_go()
        if taken:
            log.info("returned_mail.taken", mails=taken)
        return taken == AT_ONCE

    def _take(self, raw: bytes) -> bool:
        """One that cannot be read is none of ours: what is behind it must not wait for it."""
        try:
            return take_bounce(self._parts, raw)
        except CannotTake as error:
            log.warning("returned_mail.cannot_take", error=str(error))
            return False

    def _mine(self) -> bool:
        try:
            return bool(self._parts.redis.set(READER, "1", nx=True, ex=READING_SECONDS))
        except redis.RedisError:
            return True

    def _let_go(self) -> None:
        try:
            self._parts.redis.delete(READER)
        except redis.RedisError as error:
            log.warning("returned_mail.reader_stays", error=type(error).__name__, seconds=READING_SECONDS)
