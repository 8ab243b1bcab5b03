"""One try to tell an outside system something, at the one address that is set.

NotTaken         it is not known to have it: the same again, later, under the same id
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from integrations.call import SECONDS, CallFailed, Request, open_http, send
from integrations.webhook.signing import signed_headers

ANSWER_SECONDS = 5.0  # for each part of the answer, and twice that for all of it


class NotTaken(Exception):
    """reason is a word for the log, never personal; retry_after is in seconds, where the receiver names it."""

    def __init__(self, reason: str, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True)
class WebhookConfig:
    """Where to, and the keys that sign, all of which sign while a secret is changed."""

    url: str
    keys: Sequence[bytes] = field(repr=False)


class Webhook:
    """The receiver of our webhooks. Redirects are not followed: nobody but the operator says where to."""

    def __init__(self, config: WebhookConfig) -> None:
        self._config = config
        self._http: httpx.Client = open_http(ANSWER_SECONDS)

    def post(self, webhook_id: str, body: bytes) -> None:
        """Tell it once. Raises NotTaken unless the answer is 2xx."""
        headers = signed_headers(self._config.keys, webhook_id, body, at=int(time.time()))
        try:
            answer = send(self._http, Request("POST", self._config.url, body, headers, ANSWER_SECONDS), {})
        except CallFailed as failed:
            raise NotTaken(failed.reason) from failed
        if not 200 <= answer.status < 300:
            seconds = answer.retry_after if SECONDS.fullmatch(answer.retry_after) else "0"
            raise NotTaken(str(answer.status), float(seconds))

    def close(self) -> None:
        self._http.close()
