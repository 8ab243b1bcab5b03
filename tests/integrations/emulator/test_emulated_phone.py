"""What people can do with what they see, and what goes wrong on the way to them."""

from __future__ import annotations

import pytest
import urllib3
from linebot.v3.messaging import (
    FlexBox,
    FlexBubble,
    FlexMessage,
    FlexText,
    MessagingApi,
    PostbackAction,
    QuickReply,
    QuickReplyItem,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException

from integrations.emulator.driver import NotShown
from integrations.emulator.fixture import Emulator
from integrations.emulator.line_phone import CannotDo
from tests.integrations.emulator.calls import post, push, refusal
from tests.integrations.emulator.counter import Counter


class TestPhone:
    def test_a_quick_reply_can_be_tapped_only_below_the_last_message(
        self, emulator: Emulator, counter: Counter, line: MessagingApi
    ) -> None:
        person = emulator.line.person()
        person.follow()
        yes = QuickReplyItem(action=PostbackAction(label="はい", data="answer=yes", displayText="はい"))
        line.push_message(push(person.id, TextMessage(text="よろしいですか", quickReply=QuickReply(items=[yes]))))
        person.wait_for("よろしいですか")
        person.taps("はい")
        emulator.settle()
        assert {"data": "answer=yes"} == counter.events[-1]["postback"]
        assert ["counter", "person"] == [entry["from"] for entry in person.messages]
        with pytest.raises(CannotDo):
            person.taps("はい")

    def test_a_date_is_picked_within_its_bounds(self, emulator: Emulator, counter: Counter) -> None:
        person = emulator.line.person()
        person.follow()
        action = {"type": "datetimepicker", "label": "日付を選ぶ", "data": "trip", "mode": "date", "max": "2023-03-31"}
        template = {"type": "buttons", "text": "泊まった日はいつですか", "actions": [action]}
        message = {"type": "template", "altText": "日付", "template": template}
        assert 200 == post(emulator, "/v2/bot/message/push", {"to": person.id, "messages": [message]}).status_code
        with pytest.raises(CannotDo):
            person.picks("2023-04-01")
        person.picks("2023-02-24")
        emulator.settle()
        assert {"data": "trip", "params": {"date": "2023-02-24"}} == counter.events[-1]["postback"]

    def test_words_inside_flex_are_found(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        person.follow()
        body = FlexBox(layout="vertical", contents=[FlexText(text="受付番号 1234")])
        line.push_message(push(person.id, FlexMessage(altText="受付", contents=FlexBubble(body=body))))
        assert "counter" == person.wait_for("1234")["from"]

    def test_waiting_for_words_that_never_come_says_what_is_there(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        person.follow()
        line.push_message(push(person.id))
        with pytest.raises(NotShown, match="こんにちは"):
            person.wait_for("さようなら", timeout=0.05)

    def test_who_has_blocked_cannot_write(self, emulator: Emulator) -> None:
        person = emulator.line.person()
        person.follow()
        person.blocks()
        with pytest.raises(CannotDo):
            person.says("もしもし")


class TestFaults:
    @pytest.mark.parametrize(("do", "shown"), [("drop_before", 0), ("drop_after", 1), ("timeout_after", 1)])
    def test_a_dropped_answer_takes_effect_only_when_it_is_dropped_after(
        self, emulator: Emulator, line: MessagingApi, do: str, shown: int
    ) -> None:
        person = emulator.line.person()
        person.follow()
        emulator.faults.set({"line.push": [{"do": do, "times": 1, "seconds": 0.05}]})
        with pytest.raises(urllib3.exceptions.ProtocolError):
            line.push_message(push(person.id))
        assert shown == len(person.texts)
        assert [0] == [exchange["status"] for exchange in emulator.wire if exchange["direction"] == "in"]

    @pytest.mark.parametrize(("do", "shown"), [("status", 0), ("status_after", 1)])
    def test_a_status_is_answered_in_lines_own_form(
        self, emulator: Emulator, line: MessagingApi, do: str, shown: int
    ) -> None:
        person = emulator.line.person()
        person.follow()
        emulator.faults.set({"line": [{"do": do, "status": 500, "times": 1}]})
        with pytest.raises(ApiException) as error:
            line.push_message(push(person.id))
        assert (500, "Internal server error") == refusal(error)
        assert shown == len(person.texts)
        assert 1 == len(line.push_message(push(person.id)).sent_messages)

    def test_a_delay_outlives_the_patience_of_the_caller(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        person.follow()
        emulator.faults.set({"line.push": [{"do": "delay", "seconds": 2, "times": 1}]})
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            line.push_message(push(person.id), _request_timeout=(60, 0.1))
        assert "counter" == person.wait_for("こんにちは")["from"]

    def test_a_seed_makes_the_same_calls_fail(self, emulator: Emulator) -> None:
        runs = []
        for _ in range(2):
            emulator.faults.set({"seed": 7, "line.push": [{"do": "status", "status": 503, "share": 0.5}]})
            runs.append([post(emulator, "/v2/bot/message/push", {}).status_code for _ in range(20)])
        assert runs[0] == runs[1]
        assert {400, 503} == set(runs[0])
