"""Which webhooks are Chatwoot's, and which talk each is about; the payloads are ours, by its documentation."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.desks.chatwoot.client import Chatwoot, ChatwootConfig
from integrations.desks.desk import ForgedKnock

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2023, 4, 5, 1, 2, tzinfo=UTC)
SECRET, TOKEN = "a-secret-of-the-webhook", "a-token-that-stands-in-the-path-of-it"


def knocked(
    body: bytes, headers: dict[str, str], *, secret: str = SECRET, token: str = "", path: str = "", account: int = 1
) -> str:
    config = ChatwootConfig("http://127.0.0.1:9", account, 2, "the token", webhook_secret=secret, webhook_token=token)
    with closing(Chatwoot(config)) as desk:
        return desk.knock(headers, body, token=path, now=NOW)


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """As Chatwoot's guide describes it, written anew."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"x-chatwoot-timestamp": stamp, "x-chatwoot-signature": f"sha256={digest}"}


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("name", "talk"),
    [
        ("message_created_outgoing", "17"),
        ("message_created_incoming", "17"),
        ("conversation_status_changed", "17"),
        ("conversation_updated_assigned", "17"),
        ("contact_created", ""),
    ],
)
def test_each_recorded_webhook_names_its_talk(name: str, talk: str) -> None:
    assert talk == knocked(payload(name), signed(payload(name)))


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"event": "message_created"}', b"\xff", b'{"event": 3}'])
def test_what_is_no_webhook_of_theirs_is_about_nothing(body: bytes) -> None:
    assert "" == knocked(body, signed(body))


def test_a_webhook_of_another_account_is_about_nothing() -> None:
    body = payload("message_created_outgoing")
    assert "" == knocked(body, signed(body), account=4)


BODY = payload("conversation_status_changed")
STALE, EARLY = NOW - timedelta(minutes=6), NOW + timedelta(minutes=6)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(BODY, secret="another secret of somebody"),
        signed(BODY.replace(b"17", b"18")),
        signed(BODY, at=STALE),
        signed(BODY, at=EARLY),
        {**signed(BODY), "x-chatwoot-timestamp": str(int(NOW.timestamp()) + 1)},
        {**signed(BODY), "x-chatwoot-signature": "sha256=é"},
        {**signed(BODY), "x-chatwoot-timestamp": "１６８０６５６５２０"},
    ],
    ids=["none", "other secret", "other body", "old", "of the future", "other time", "odd letters", "odd digits"],
)
def test_a_webhook_that_is_not_signed_now_with_our_secret_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedKnock):
        knocked(BODY, headers)


def test_where_nothing_is_signed_the_token_of_the_path_is_asked_for() -> None:
    assert "17" == knocked(BODY, {}, secret="", token=TOKEN, path=TOKEN)
    with pytest.raises(ForgedKnock):
        knocked(BODY, {}, secret="", token=TOKEN, path=TOKEN[:-1])


def test_of_both_each_is_asked_for() -> None:
    assert "17" == knocked(BODY, signed(BODY), token=TOKEN, path=TOKEN)
    for headers, path in (({}, TOKEN), (signed(BODY), "")):
        with pytest.raises(ForgedKnock):
            knocked(BODY, headers, token=TOKEN, path=path)


def test_with_neither_nobody_can_knock() -> None:
    with pytest.raises(ForgedKnock):
        knocked(BODY, signed(BODY), secret="")
