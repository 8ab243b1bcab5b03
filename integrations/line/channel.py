"""LINE as a channel: one client, one pool of connections, for the whole process."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from linebot.v3 import messaging, oauth  # type: ignore[import-untyped]  # the SDK ships no types
from urllib3.exceptions import HTTPError

from dialogs.message import Inbound
from integrations.channel import Envelope, Misconfigured, OutcomeUnknown, RawEvent, Receipt, SendError, SendLater
from integrations.line import webhook
from integrations.line.contents import MOST_BYTES, PATIENCE_SECONDS, Contents
from integrations.line.menu import Menus
from integrations.line.sender import Sender, bearer
from integrations.line.tokens import FixedToken, StatelessTokens, Tokens

log = structlog.get_logger()

CONNECTIONS = 32  # kept open; a thread beyond them opens one of its own and drops it
LOADING_SECONDS = 20  # LINE's own default; the animation ends with the next message
COURTESY_SECONDS = 1.0  # for what is only pleasant to have; nobody waits longer for it
NOT_ASKED_SECONDS = 30.0  # after LINE did not tell in time: who comes meanwhile is not kept waiting too


@dataclass(frozen=True, slots=True)
class LineConfig:
    """Who we are at LINE; times in seconds.

    channel_secrets are all taken for signatures (two during a rotation). An empty channel_access_token means stateless
    tokens by id and secret. An empty api_base means the real LINE.
    """

    channel_id: str
    channel_secrets: tuple[str, ...] = field(repr=False)
    channel_access_token: str = field(default="", repr=False)
    api_base: str = ""
    connect_timeout: float = 2.0
    read_timeout: float = 8.0


class LineChannel:
    """The Channel of LINE; safe to share among threads."""

    name = webhook.CHANNEL

    def __init__(self, config: LineConfig) -> None:
        self._secrets = config.channel_secrets
        self._timeouts = (config.connect_timeout, config.read_timeout)
        self._client = _client(config)
        self._api = messaging.MessagingApi(self._client)
        self.tokens = self._token_source(config)
        self._sender = Sender(self._api, self.tokens, timeouts=self._timeouts)
        self._contents = Contents(self._client, self.tokens, config.api_base)
        self._ask_profiles_from = 0.0
        self.menus = Menus(self._api, messaging.MessagingApiBlob(self._client), self._options)

    def receive(self, headers: Mapping[str, str], body: bytes, *, url: str, now: datetime) -> Sequence[RawEvent]:
        return webhook.receive(headers, body, secrets=self._secrets, now=now)

    def read(self, payload: bytes) -> Inbound:
        return webhook.read(payload)

    def delivered_tag(self, payload: bytes) -> str:
        """The tag of a notice of ours that has arrived; "" for any other event."""
        return webhook.delivered_tag(payload)

    def send(self, envelope: Envelope) -> Receipt:
        return self._sender.send(envelope)

    def find_sent(self, envelope: Envelope, *, since: datetime) -> Receipt | None:
        """LINE keeps no record that could be asked: always OutcomeUnknown."""
        raise OutcomeUnknown("line_no_lookup")

    def account(self) -> str:
        """Our own account's basic ID, which proves that LINE is reached and takes our keys; raises SendError."""
        # as sent: {"userId": "U0a81…", "basicId": "@216ru…", "displayName": "…", "chatMode": "bot", …}
        try:
            response = self._api.get_bot_info_with_http_info(**self._options())
            return str(json.loads(response.raw_data)["basicId"])
        except messaging.ApiException as error:
            raise Misconfigured(f"line_{error.status}") from None
        except HTTPError:
            raise SendLater("line_unreachable") from None
        except (ValueError, LookupError, TypeError):
            raise SendLater("line_unreadable") from None

    def profile_language(self, user_id: str) -> str | None:
        """The person's language in LINE as a BCP 47 tag ("ja", "zh-Hans"); None when LINE does not say, or not now."""
        # as sent: {"userId": "U4af49…", "displayName": "LINE taro", "language": "ja", "pictureUrl": "https://…"}
        if time.monotonic() < self._ask_profiles_from:
            return None
        try:
            response = self._api.get_profile_with_http_info(user_id, **self._options(COURTESY_SECONDS))
            language = json.loads(response.raw_data)["language"]
        except (HTTPError, SendError) as error:
            self._ask_profiles_from = time.monotonic() + NOT_ASKED_SECONDS
            log.info("line.no_profile", error=type(error).__name__)
            return None
        except (messaging.ApiException, ValueError, LookupError, TypeError) as error:
            log.info("line.no_profile", error=type(error).__name__)
            return None
        return str(language)

    def show_loading(self, user_id: str) -> None:
        """Show that an answer is coming, if the chat is open; a failure changes nothing and is only logged."""
        request = messaging.ShowLoadingAnimationRequest(chat_id=user_id, loading_seconds=LOADING_SECONDS)
        try:
            self._api.show_loading_animation_with_http_info(request, **self._options(COURTESY_SECONDS))
        except (messaging.ApiException, HTTPError, SendError, ValueError) as error:
            log.info("line.no_loading", error=type(error).__name__)

    def content(self, message_id: str, *, most_bytes: int = MOST_BYTES, seconds: float = PATIENCE_SECONDS) -> bytes:
        return self._contents.fetch(message_id, most_bytes=most_bytes, seconds=seconds)

    def close(self) -> None:
        """Close the kept connections; a later call opens new ones."""
        self._client.rest_client.pool_manager.clear()

    def _options(self, seconds: float | None = None) -> dict[str, object]:
        """Of one call: for which there are so many seconds, or the usual time."""
        return {
            "_request_timeout": seconds or self._timeouts,
            "_request_auth": bearer(self.tokens.current()),
            "_preload_content": False,
        }

    def _token_source(self, config: LineConfig) -> Tokens:
        if config.channel_access_token:
            return FixedToken(config.channel_access_token)
        client = oauth.ApiClient(oauth.Configuration(host=config.api_base or None, access_token=""))
        # The SDK's packages each make a client of their own; the connections can be shared.
        client.rest_client.pool_manager = self._client.rest_client.pool_manager
        return StatelessTokens(
            oauth.ChannelAccessToken(client), config.channel_id, secrets=config.channel_secrets, timeouts=self._timeouts
        )


def _client(config: LineConfig) -> messaging.ApiClient:
    configuration = messaging.Configuration(host=config.api_base or None, access_token="")
    configuration.connection_pool_maxsize = CONNECTIONS
    # A POST is never sent twice behind our back; the worker retries, under the same retry key.
    configuration.retries = False
    return messaging.ApiClient(configuration)
