"""A time of day: read where it is plain, kept as it was written where it is not."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import Unreadable
from dialogs.reading.times import LONGEST, read_time_of_day


@pytest.mark.parametrize(
    ("said", "time"),
    [
        *(("18時30分", "18:30"), ("18時半", "18:30"), ("18:30", "18:30"), ("１８：３０", "18:30"), ("18じ", "18:00")),
        *(("午後6時半", "18:30"), ("午後六時三十分", "18:30"), ("夕方6時ごろ", "18:00"), ("夜の7時過ぎ", "19:00")),
        *(
            ("６：３０ＰＭ", "18:30"),
            ("6:30 p.m.", "18:30"),
            ("6pm", "18:00"),
            ("11am", "11:00"),
            ("about 6:30 pm", "18:30"),
        ),
        *(("午前10時", "10:00"), ("朝9時5分です", "09:05"), ("昼12時15分", "12:15"), ("18時ごろだと思います", "18:00")),
        *(("午後6時30分頃でした", "18:30"), ("夜8時くらいです", "20:00")),
    ],
)
def test_a_plain_time_is_read(said: str, time: str) -> None:
    assert time == read_time_of_day(said)


@pytest.mark.parametrize(
    "said",
    [
        *("夕方", "正午", "6時", "6:30", "12時", "夜12時", "夜1時", "25時", "18:75", "18", "1830"),
        *("お昼すぎだったと思います", "夕方の5時から6時のあいだ", "<b>6</b>", "覚えているのは暗かったことだけ"),
    ],
)
def test_what_may_mean_several_times_stays_as_it_was_written(said: str) -> None:
    assert said == read_time_of_day(said)


@pytest.mark.parametrize(
    ("said", "reason"), [("", "empty"), ("  \n", "empty"), ("あ" * (LONGEST + 1), "too_long"), ("😀🕖", "no_words")]
)
def test_only_nothing_signs_alone_and_too_much_are_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_time_of_day(said)
    assert reason == refused.value.reason


@given(st.text(min_size=1, max_size=LONGEST))
def test_what_was_read_once_is_read_as_the_same_again(said: str) -> None:
    with suppress(Unreadable):
        once = read_time_of_day(said)
        assert once == read_time_of_day(once)
