"""What somebody sent as a picture or a file, fetched from LINE while it is there.

200  the content                  202  not ready yet (a video is made smaller first): asked again, while there is time
404  unknown, or LINE deleted it  410  its sender took it back
Reference: https://developers.line.biz/en/reference/messaging-api/#get-content
"""

from __future__ import annotations

import time

import structlog
from linebot.v3.messaging import ApiClient, ApiException  # type: ignore[import-untyped]  # the SDK ships no types
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from integrations.channel import NoContent, SendError
from integrations.line.tokens import Tokens

log = structlog.get_logger()

DATA_HOST = "https://api-data.line.me"
MOST_BYTES = 10 * 1024 * 1024  # LINE itself makes a photo smaller than this before it sends it on
PATIENCE_SECONDS = 5.0
READ_SECONDS = 3.0
ASK_AGAIN_SECONDS = 0.5
PIECE = 64 * 1024
WHY: dict[int, str] = {404: "gone", 410: "gone"}


class Contents:
    """The content endpoint; safe to share among threads."""

    def __init__(self, client: ApiClient, tokens: Tokens, api_base: str) -> None:
        self._client = client
        self._tokens = tokens
        self._base = api_base or DATA_HOST

    def fetch(self, message_id: str, *, most_bytes: int, seconds: float) -> bytes:
        """The content of a message, at most that many bytes, within about that time; raises NoContent."""
        if not (message_id.isascii() and message_id.isdigit()):
            raise NoContent("gone")
        until = time.monotonic() + seconds
        try:
            while True:
                response = self._ask(message_id)
                if response.status != 202:
                    return _read(response, until, most_bytes)
                response.drain_conn()
                if time.monotonic() + ASK_AGAIN_SECONDS > until:
                    raise NoContent("later")
                time.sleep(ASK_AGAIN_SECONDS)
        except ApiException as error:
            log.info("line.no_content", status=error.status)
            raise NoContent(WHY.get(error.status, "later")) from None
        except (HTTPError, SendError, UnicodeDecodeError) as error:  # the SDK's pages of errors need not be UTF-8
            log.info("line.no_content", error=type(error).__name__)
            raise NoContent("later") from None

    def _ask(self, message_id: str) -> BaseHTTPResponse:
        # Through the SDK's transport: its MessagingApiBlob takes in whatever comes, to the end and into memory.
        response: BaseHTTPResponse = self._client.rest_client.request(
            "GET",
            f"{self._base}/v2/bot/message/{message_id}/content",
            headers={"Authorization": f"Bearer {self._tokens.current()}"},
            _preload_content=False,
            _request_timeout=(READ_SECONDS, READ_SECONDS),
        )
        return response


def _read(response: BaseHTTPResponse, until: float, most_bytes: int) -> bytes:
    content = bytearray()
    try:
        # Not decoded: a picture is compressed by itself, and what is small on the wire could be huge behind gzip.
        for piece in response.stream(PIECE, decode_content=False):
            content += piece
            if len(content) > most_bytes:
                raise NoContent("too_big")
            if time.monotonic() > until:
                raise NoContent("later")
    except NoContent:
        response.close()  # the rest is still on its way: this connection serves nobody else
        raise
    response.release_conn()
    return bytes(content)
