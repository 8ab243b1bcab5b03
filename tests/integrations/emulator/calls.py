"""Calls of LINE's API, by the SDK and by plain HTTP where the SDK would not say it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from linebot.v3.messaging import (
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException

from integrations.emulator.fixture import Emulator

NOBODY = "U" + "9" * 32
HELLO = TextMessage(text="こんにちは")


def push(to: str, *messages: Any) -> PushMessageRequest:
    return PushMessageRequest(to=to, messages=list(messages) or [HELLO])


def reply(token: str, *messages: Any) -> ReplyMessageRequest:
    return ReplyMessageRequest(replyToken=token, messages=list(messages) or [HELLO])


def refusal(error: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    return error.value.status, json.loads(error.value.body)["message"]


def post(emulator: Emulator, path: str, body: Any, **headers: str) -> httpx.Response:
    token = {"Authorization": f"Bearer {emulator.config.line_channel_access_token}"}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **token, **headers}
    return httpx.post(emulator.url + path, content=content, headers=sent)
