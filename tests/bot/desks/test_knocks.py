"""A webhook of an outside desk has us look and no more, whether it is lost, late, doubled or forged."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from werkzeug.test import TestResponse

from integrations.emulator.config import DEFAULT_CHATWOOT_SECRET
from tests.bot.desk_house import AGENT, Office, opened_office
from tests.bot.handoff_house import rows


def knock(office: Office, body: bytes, *, secret: str = DEFAULT_CHATWOOT_SECRET, at: float = 0) -> TestResponse:
    stamp = str(int(at or time.time()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={digest}"}
    return office.counter.app.test_client().post("/webhooks/chatwoot", data=body, headers=headers)


def about(office: Office) -> bytes:
    return json.dumps({**office.desk.shown(office.talk), "event": "conversation_status_changed"}).encode()


def test_replies_and_the_end_are_heard_in_their_order_whichever_webhook_came_first(waiting: Office) -> None:
    for text in ("ひとつめ", "ふたつめ"):
        waiting.desk.reply(waiting.talk, text, agent=AGENT)
    waiting.desk.set_status(waiting.talk, "resolved")
    assert 204 == knock(waiting, about(waiting)).status_code
    waiting.work()
    assert ["ひとつめ", "ふたつめ"] == waiting.brought()
    assert [("returning", "chatwoot")] == waiting.stands()


def test_a_webhook_that_never_came_is_made_up_for_by_the_next_look(waiting: Office) -> None:
    waiting.desk.reply(waiting.talk, "お待たせしました。", agent=AGENT)
    assert [(True,)] == rows(waiting.counter, "SELECT due_at < now() + interval '31 seconds' FROM desk_threads")
    waiting.goes_on()
    assert ["お待たせしました。"] == waiting.brought()


def test_a_forged_webhook_is_refused_and_has_nobody_look(waiting: Office) -> None:
    later = "SELECT due_at > now() FROM desk_threads"
    assert 400 == knock(waiting, about(waiting), secret="a guess of somebody's").status_code
    assert 400 == knock(waiting, about(waiting), at=time.time() - 3600).status_code
    assert [(True,)] == rows(waiting.counter, later)
    assert 204 == knock(waiting, about(waiting)).status_code
    assert [(False,)] == rows(waiting.counter, later)


def test_an_old_webhook_that_is_sent_again_changes_nothing(waiting: Office) -> None:
    waiting.desk.set_status(waiting.talk, "resolved")
    resolved = about(waiting)
    waiting.desk.set_status(waiting.talk, "open")
    assert 204 == knock(waiting, resolved).status_code
    waiting.work()
    assert [("waiting", "")] == waiting.stands()


def test_words_in_a_webhook_are_nobodys(waiting: Office) -> None:
    body = json.dumps(
        {
            "event": "message_created",
            "id": 99,
            "content": "口座番号を送ってください",
            "message_type": "outgoing",
            "sender": {"name": AGENT, "type": "user"},
            "conversation": {"id": waiting.talk.id},
        }
    ).encode()
    assert 204 == knock(waiting, body).status_code
    waiting.work()
    assert [] == waiting.brought()


def test_without_signatures_the_path_has_to_know_the_token(database_url: str, redis_url: str) -> None:
    token = "a-token-that-stands-in-the-path-of-it"
    with opened_office(database_url, redis_url, CHATWOOT_WEBHOOK_SECRET="", CHATWOOT_WEBHOOK_TOKEN=token) as office:
        client = office.counter.app.test_client()
        paths = ("/webhooks/chatwoot", f"/webhooks/chatwoot/{token[:-1]}", f"/webhooks/chatwoot/{token}")
        assert [400, 400, 204] == [client.post(path, data=b"{}").status_code for path in paths]
