"""LINE's sending side, through the unchanged line-bot-sdk and, where the SDK would not say it, through plain HTTP."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from linebot.v3 import oauth
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    MulticastRequest,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.integrations.emulator.calls import HELLO, NOBODY, post, push, refusal, reply
from tests.integrations.emulator.counter import Counter


@pytest.fixture
def token(emulator: Emulator, counter: Counter) -> str:
    """The reply token of an event that was just delivered."""
    emulator.line.person(NOBODY.replace("9", "a")).follow()
    emulator.settle()
    found: str = counter.events[0]["replyToken"]
    return found


class TestReply:
    def test_a_reply_shows_on_the_phone_once(self, emulator: Emulator, line: MessagingApi, token: str) -> None:
        sent = line.reply_message(reply(token)).sent_messages
        shown = emulator.line.person(NOBODY.replace("9", "a")).messages
        assert [(sent[0].id, "reply", "こんにちは")] == [(m["id"], m["via"], m["message"]["text"]) for m in shown]

    def test_a_token_works_once(self, line: MessagingApi, token: str) -> None:
        line.reply_message(reply(token))
        with pytest.raises(ApiException) as error:
            line.reply_message(reply(token))
        assert (400, "Invalid reply token") == refusal(error)

    def test_a_token_dies_after_a_minute(self, emulator: Emulator, line: MessagingApi, token: str) -> None:
        emulator.clock.set_speed(100_000)
        with pytest.raises(ApiException) as error:
            line.reply_message(reply(token))
        assert (400, "Invalid reply token") == refusal(error)

    def test_a_bad_message_does_not_use_the_token_up(self, line: MessagingApi, token: str) -> None:
        with pytest.raises(ApiException) as error:
            line.reply_message(reply(token, TextMessage(text="x" * 5001)))
        assert (400, "The request body has 1 error(s)") == refusal(error)
        assert 1 == len(line.reply_message(reply(token)).sent_messages)

    def test_a_retry_key_is_refused(self, emulator: Emulator, token: str) -> None:
        body = {"replyToken": token, "messages": [{"type": "text", "text": "x"}]}
        answer = post(emulator, "/v2/bot/message/reply", body, **{"X-Line-Retry-Key": str(uuid.uuid4())})
        assert 400 == answer.status_code

    def test_replies_are_free_of_quota(self, line: MessagingApi, token: str) -> None:
        line.reply_message(reply(token))
        assert 0 == line.get_message_quota_consumption().total_usage


class TestPush:
    def test_a_friend_gets_it_and_it_counts_once_for_the_request(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        person.follow()
        line.push_message(push(person.id, HELLO, HELLO))
        assert ["こんにちは", "こんにちは"] == person.texts
        assert 1 == line.get_message_quota_consumption().total_usage

    def test_who_wrote_within_seven_days_gets_it_without_being_a_friend(
        self, emulator: Emulator, line: MessagingApi
    ) -> None:
        person = emulator.line.person()
        person.says("もしもし")
        emulator.clock.set(emulator.clock.now() + timedelta(days=6, hours=23))
        line.push_message(push(person.id))
        assert ["こんにちは"] == person.texts

    def test_after_seven_days_it_is_lost_under_a_200(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        person.says("もしもし")
        emulator.clock.set(emulator.clock.now() + timedelta(days=7, seconds=1))
        assert 1 == len(line.push_message(push(person.id)).sent_messages)
        assert [] == person.texts

    def test_who_blocks_gets_nothing_under_a_200_and_counts_nothing(
        self, emulator: Emulator, line: MessagingApi
    ) -> None:
        person = emulator.line.person()
        person.follow()
        person.blocks()
        assert 1 == len(line.push_message(push(person.id)).sent_messages)
        assert [] == person.texts
        assert 0 == line.get_message_quota_consumption().total_usage

    @pytest.mark.parametrize(
        ("to", "said"),
        [
            (NOBODY, "Failed to send messages"),
            ("somebody", "The property, 'to', in the request body is invalid (line: -, column: -)"),
        ],
    )
    def test_an_unknown_person_is_an_error(self, line: MessagingApi, to: str, said: str) -> None:
        with pytest.raises(ApiException) as error:
            line.push_message(push(to))
        assert (400, said) == refusal(error)

    def test_a_repeated_retry_key_gets_409_with_what_was_sent_first(
        self, emulator: Emulator, line: MessagingApi
    ) -> None:
        person, key = emulator.line.person(), str(uuid.uuid4())
        person.follow()
        first = line.push_message_with_http_info(push(person.id), x_line_retry_key=key)
        with pytest.raises(ApiException) as error:
            line.push_message(push(person.id), x_line_retry_key=key)
        assert (409, "The retry key is already accepted") == refusal(error)
        assert first.headers["x-line-request-id"] == error.value.headers["x-line-accepted-request-id"]
        assert [first.data.sent_messages[0].id] == [m["id"] for m in json.loads(error.value.body)["sentMessages"]]
        assert ["こんにちは"] == person.texts

    def test_a_retry_key_is_forgotten_after_a_day(self, emulator: Emulator, line: MessagingApi) -> None:
        person, key = emulator.line.person(), str(uuid.uuid4())
        person.follow()
        line.push_message(push(person.id), x_line_retry_key=key)
        emulator.clock.set_speed(100_000)
        body = {"to": person.id, "messages": [{"type": "text", "text": "あくる日"}]}
        statuses = [409]
        while statuses[-1] == 409:
            statuses.append(post(emulator, "/v2/bot/message/push", body, **{"X-Line-Retry-Key": key}).status_code)
        assert (200, ["こんにちは", "あくる日"]) == (statuses[-1], person.texts)

    def test_a_refused_request_does_not_use_the_retry_key_up(self, emulator: Emulator, line: MessagingApi) -> None:
        person, key = emulator.line.person(), str(uuid.uuid4())
        person.follow()
        with pytest.raises(ApiException):
            line.push_message(push(person.id, TextMessage(text="")), x_line_retry_key=key)
        assert 1 == len(line.push_message(push(person.id), x_line_retry_key=key).sent_messages)

    def test_a_retry_key_must_be_a_uuid(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        with pytest.raises(ApiException) as error:
            line.push_message(push(person.id), x_line_retry_key="again")
        assert (400, "Invalid retry key") == refusal(error)

    def test_the_monthly_limit_is_429(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        person.follow()
        assert {"ok": True} == httpx.post(emulator.url + "/emulator/quota", json={"value": 1}).json()
        line.push_message(push(person.id))
        with pytest.raises(ApiException) as error:
            line.push_message(push(person.id))
        assert (429, "You have reached your monthly limit.") == refusal(error)
        assert ("limited", 1) == (line.get_message_quota().type.value, line.get_message_quota().value)


class TestMulticast:
    def test_friends_get_it_and_others_do_not(self, emulator: Emulator, line: MessagingApi) -> None:
        friend, stranger = emulator.line.person(), emulator.line.person()
        friend.follow()
        stranger.says("もしもし")
        line.multicast(MulticastRequest(to=[friend.id, stranger.id, NOBODY], messages=[HELLO]))
        assert ([["こんにちは"], []]) == [friend.texts, stranger.texts]

    def test_one_bad_id_and_nobody_gets_it(self, emulator: Emulator, line: MessagingApi) -> None:
        friend = emulator.line.person()
        friend.follow()
        with pytest.raises(ApiException) as error:
            line.multicast(MulticastRequest(to=[friend.id, "x"], messages=[HELLO]))
        assert (400, "The property, to[1], in the request body is invalid (line: -, column: -)") == refusal(error)
        assert [] == friend.texts

    def test_more_than_500_are_refused(self, emulator: Emulator) -> None:
        answer = post(emulator, "/v2/bot/message/multicast", {"to": [NOBODY] * 501, "messages": []})
        assert [{"message": "Size must be between 1 and 500", "property": "to"}] == answer.json()["details"]


class TestTokens:
    def test_a_wrong_token_is_401(self, emulator: Emulator) -> None:
        with ApiClient(Configuration(host=emulator.url, access_token="wrong")) as client:
            with pytest.raises(ApiException) as error:
                MessagingApi(client).get_bot_info()
            client.rest_client.pool_manager.clear()
        assert (401, "Authentication failed due to the following reason: invalid token") == refusal(error)

    def test_a_stateless_token_opens_for_fifteen_minutes(self, emulator: Emulator, line: MessagingApi) -> None:
        config = emulator.config
        with oauth.ApiClient(oauth.Configuration(host=emulator.url, access_token="")) as client:
            issued = oauth.ChannelAccessToken(client).issue_stateless_channel_token_by_client_secret(
                client_id=config.line_channel_id, client_secret=config.line_channel_secrets[0]
            )
            client.rest_client.pool_manager.clear()
        assert (900, "Bearer") == (issued.expires_in, issued.token_type)
        line.api_client.configuration.access_token = issued.access_token
        assert "窓口" == line.get_bot_info().display_name
        emulator.clock.set_speed(100_000)
        header = {"Authorization": f"Bearer {issued.access_token}"}
        answers = [httpx.get(emulator.url + "/v2/bot/info", headers=header)]
        while answers[-1].status_code == 200:
            answers.append(httpx.get(emulator.url + "/v2/bot/info", headers=header))
        assert (401, {"message": "The access token expired"}) == (answers[-1].status_code, answers[-1].json())

    def test_a_wrong_secret_gets_no_token(self, emulator: Emulator) -> None:
        form = {"grant_type": "client_credentials", "client_id": "1650000001", "client_secret": "wrong"}
        answer = httpx.post(emulator.url + "/oauth2/v3/token", data=form)
        assert (400, "invalid_client") == (answer.status_code, answer.json()["error"])


class TestErrors:
    def test_every_answer_has_a_request_id(self, emulator: Emulator) -> None:
        answers = [
            post(emulator, "/v2/bot/message/push", {"to": NOBODY}),
            post(emulator, "/v2/bot/message/push", {}, Authorization="Bearer wrong"),
            post(emulator, "/v2/bot/nothing", {}),
        ]
        assert [400, 401, 404] == [answer.status_code for answer in answers]
        assert [True, True, True] == ["x-line-request-id" in answer.headers for answer in answers]

    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (b"{", {}, 400),
            (b"[]", {}, 400),
            (b"\xff", {}, 400),
            (b"{}", {"Content-Type": "text/plain"}, 415),
            (b'"' + b"x" * (2 * 1024 * 1024) + b'"', {}, 413),
        ],
    )
    def test_what_is_no_request_is_refused(
        self, emulator: Emulator, body: bytes, headers: dict[str, str], status: int
    ) -> None:
        assert status == post(emulator, "/v2/bot/message/push", body, **headers).status_code

    def test_details_name_the_property(self, emulator: Emulator) -> None:
        body = {"to": NOBODY, "messages": [{"type": "text", "text": "x"}, {"type": "text"}]}
        answer = post(emulator, "/v2/bot/message/push", body)
        expected = {
            "message": "The request body has 1 error(s)",
            "details": [{"message": "May not be empty", "property": "messages[1].text"}],
        }
        assert expected == answer.json()

    def test_a_lenient_emulator_lets_broken_limits_pass(self, config: EmulatorConfig) -> None:
        with running(replace(config, strict=False)) as emulator:
            person = emulator.line.person()
            person.follow()
            body = {"to": person.id, "messages": [{"type": "text", "text": "x" * 5001}]}
            assert 200 == post(emulator, "/v2/bot/message/push", body).status_code
            assert ["x" * 5001] == person.texts

    def test_validation_sends_nothing(self, emulator: Emulator, line: MessagingApi) -> None:
        good, bad = ({"messages": [{"type": "text", "text": words}]} for words in ("x", ""))
        assert 400 == post(emulator, "/v2/bot/message/validate/reply", bad).status_code
        assert 200 == post(emulator, "/v2/bot/message/validate/push", good).status_code
        assert 0 == line.get_message_quota_consumption().total_usage

    def test_one_call_too_many_in_a_second_is_429(self, emulator: Emulator) -> None:
        token = {"Authorization": f"Bearer {emulator.config.line_channel_access_token}"}
        with httpx.Client(headers=token) as client:
            url = emulator.url + "/v2/bot/chat/loading/start"
            statuses = {client.post(url, json={"chatId": NOBODY}).status_code for _ in range(320)}
        assert {400, 429} == statuses
