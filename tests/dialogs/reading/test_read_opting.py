from __future__ import annotations

import pytest

from dialogs.reading.opting import heard_by_provider, read_opting

STOP = [
    "停止",
    "配信停止",
    "配信停止希望",
    "ストップ",
    "ｽﾄｯﾌﾟ",
    "解除",
    "STOP",
    "stop.",
    "ＳＴＯＰ",
    "「停止」",
    "停止してください",
    "cancel",
]
START = ["START", "再開", "再開します", "スタート", "unstop", "YES"]
NEITHER = ["やめる", "中止", "キャンセル", "停止線", "STOP the music", "2", "はい", "", "停止" * 40]


@pytest.mark.parametrize("said", STOP)
def test_a_wish_for_no_more_messages_is_heard(said: str) -> None:
    assert "stop" == read_opting(said)


@pytest.mark.parametrize("said", START)
def test_a_wish_for_messages_again_is_heard(said: str) -> None:
    assert "start" == read_opting(said)


@pytest.mark.parametrize("said", NEITHER)
def test_what_stops_only_the_application_or_says_something_else_is_no_such_wish(said: str) -> None:
    assert read_opting(said) is None


def test_what_the_provider_acts_on_itself_is_known() -> None:
    assert [True, False] == [heard_by_provider(said) for said in ("Stop", "停止")]
