"""Profiles, loading animations, marks of reading and content."""

from __future__ import annotations

import pytest
from linebot.v3.messaging import (
    MarkMessagesAsReadByTokenRequest,
    MessagingApi,
    MessagingApiBlob,
    ShowLoadingAnimationRequest,
)
from linebot.v3.messaging.exceptions import ApiException

from integrations.emulator.fixture import Emulator
from tests.integrations.emulator.calls import post


class TestOtherCalls:
    def test_a_profile_is_there_for_friends(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person(name="山田 花子")
        with pytest.raises(ApiException) as error:
            line.get_profile(person.id)
        assert 404 == error.value.status
        person.follow()
        assert ("山田 花子", "ja") == (line.get_profile(person.id).display_name, line.get_profile(person.id).language)

    @pytest.mark.parametrize(("seconds", "status"), [(5, 202), (60, 202), (7, 400)])
    def test_loading_goes_in_steps_of_five(self, emulator: Emulator, seconds: int, status: int) -> None:
        body = {"chatId": emulator.line.person().id, "loadingSeconds": seconds}
        assert status == post(emulator, "/v2/bot/chat/loading/start", body).status_code

    def test_loading_and_reading_marks_work_through_the_sdk(self, emulator: Emulator, line: MessagingApi) -> None:
        person = emulator.line.person()
        line.show_loading_animation(ShowLoadingAnimationRequest(chatId=person.id, loadingSeconds=20))
        line.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(markAsReadToken="x"))
        assert [202, 200] == [exchange["status"] for exchange in emulator.wire]

    def test_a_picture_is_there_until_it_is_taken_back(self, emulator: Emulator, blob: MessagingApiBlob) -> None:
        person = emulator.line.person()
        message_id = person.sends_image(b"\x89PNG picture")
        assert b"\x89PNG picture" == bytes(blob.get_message_content(message_id))
        person.unsends(message_id)
        with pytest.raises(ApiException) as error:
            blob.get_message_content(message_id)
        assert 410 == error.value.status
