from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import Unreadable, read_date

TODAY = date(2023, 4, 5)  # a Wednesday
OUTAGE = date(2023, 2, 24)  # a Friday

WAYS_TO_WRITE_THE_OUTAGE = [
    *("2023-02-24", "2023/2/24", "2023.2.24", "2023 2 24", "20230224", "0224", "2/24", "2.24", "2-24", "2 24", "02/24"),
    *(
        "2月24日",
        "２月２４日",
        "２／２４",
        "２．２４",
        "2月24日(金)",
        "2月24日（金）",
        "2月24日（金曜日）",
        "2月24日金曜日",
        "2/24 金",
    ),
    *(
        "2 月 24 日",
        "2月24",
        "2023年2月24日",
        "2023年2月24日(金)",
        "二〇二三年二月二十四日",
        "二月二十四日",
        "2023年 2月 24日",
    ),
    *(
        "R5.2.24",
        "r5/2/24",
        "Ｒ５．２．２４",
        "R5年2月24日",
        "R05.02.24",
        "R050224",
        "令和5年2月24日",
        "令和五年二月二十四日",
        "㋿5年2月24日",
    ),
    *(
        "令和5年2月24日(金)",
        "2023年(令和5年)2月24日",
        "5.2.24",
        "23/2/24",
        "230224",
        "050224",
        "23年2月24日",
        "2/24/23",
        "24/2/23",
    ),
    *(
        "2/24/2023",
        "24/2/2023",
        "24.02.2023",
        "Feb 24 2023",
        "24 Feb",
        "Feb 24",
        "February 24th, 2023",
        "24th of February 2023",
    ),
    *("Feb. 24", "24-Feb-2023", "Fri, Feb 24, 2023", "Friday 24 February", "2023 Feb 24", "FEB 24", "feb24", "㋁24日"),
    *(
        "2ー24",
        "2−24",
        "2‐24",
        "2023‐02‐24",
        "2023ー2ー24",
        " 2月24日 ",
        "「2月24日」",
        "2月24日です",
        "2月24日でした",
        "2/24。",
    ),
    *(
        "有効期限は2月24日です",
        "有効期限:2023/2/24 23:59",
        "2月24日まで",
        "2023/02/24 23:59まで",
        "2023-02-24T23:59",
        "(金) 2/24",
    ),
    *(
        "\u200b2/\u200e24\ufeff",
        "２０２３年０２月２４日",
        "金曜日 2/24",
        "2/24ごろ",
        "2月24日（金）の夜",
        "2月24日18時ごろ",
        "2023年2月24日 18:30頃",
        "2月の24日",
        "2/24の夕方です",
        "２／２４まで有効",
    ),
]


@pytest.mark.parametrize("said", WAYS_TO_WRITE_THE_OUTAGE)
def test_every_way_to_write_a_date_gives_that_date(said: str) -> None:
    assert read_date(said, today=TODAY) == OUTAGE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(("今日", TODAY), ("きょう", TODAY), ("本日です", TODAY), ("today", TODAY), ("4/5", TODAY), ("5日", TODAY)),
        *(
            ("昨日", date(2023, 4, 4)),
            ("きのう", date(2023, 4, 4)),
            ("おととい", date(2023, 4, 3)),
            ("一昨日", date(2023, 4, 3)),
        ),
        *(
            ("3日前", date(2023, 4, 2)),
            ("三日前", date(2023, 4, 2)),
            ("２週間前", date(2023, 3, 22)),
            ("2 weeks ago", date(2023, 3, 22)),
        ),
        *(("先週の金曜", date(2023, 3, 31)), ("先週の金曜日", date(2023, 3, 31)), ("先々週の金曜", date(2023, 3, 24))),
        *(
            ("金曜日", date(2023, 3, 31)),
            ("金曜", date(2023, 3, 31)),
            ("水曜日", TODAY),
            ("last Friday", date(2023, 3, 31)),
        ),
        *(
            ("今週の月曜", date(2023, 4, 3)),
            ("先月24日", date(2023, 3, 24)),
            ("先々月の24日", OUTAGE),
            ("今月1日", date(2023, 4, 1)),
        ),
        *(
            ("24日", date(2023, 3, 24)),
            ("31日", date(2023, 3, 31)),
            ("4/6", date(2022, 4, 6)),
            ("12/31", date(2022, 12, 31)),
        ),
        *(("2/29", date(2020, 2, 29)), ("平成31年4月30日", date(2019, 4, 30)), ("令和元年5月1日", date(2019, 5, 1))),
        *(("H30.1.2", date(2018, 1, 2)), ("昭和63年1月2日", date(1988, 1, 2)), ("2月26日(日)", date(2023, 2, 26))),
    ],
)
def test_a_date_told_from_today_or_in_part_is_the_latest_that_is_not_after_today(said: str, expected: date) -> None:
    assert read_date(said, today=TODAY) == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(
            ("2/30", "date_impossible"),
            ("13月1日", "date_impossible"),
            ("2023-02-29", "date_impossible"),
            ("32日", "date_impossible"),
        ),
        *(
            ("2/24-25", "date_range"),
            ("2/24~2/25", "date_range"),
            ("2月24日から25日", "date_range"),
            ("2月24日〜2月25日", "date_range"),
        ),
        *(
            ("2/24(金)〜2/25(土)", "date_range"),
            ("24日-25日", "date_range"),
            ("2/24と2/25", "date_range"),
            ("Feb 24-25", "date_range"),
        ),
        *(
            ("2023/2/24-2023/2/25", "date_range"),
            ("2/24、25", "date_range"),
            ("24-25 Feb", "date_range"),
            ("土日", "date_range"),
            ("R5.2.24から25日", "date_range"),
        ),
        *(("2/24(木)", "date_weekday"), ("木曜日 2/24", "date_weekday"), ("Thu, Feb 24 2023", "date_weekday")),
        *(
            ("2023/4/6", "date_in_future"),
            ("明日", "date_in_future"),
            ("2023年12月31日", "date_in_future"),
            ("5/1/2030", "date_ambiguous"),
        ),
        *(
            ("3/4/2023", "date_ambiguous"),
            ("2023", "date_unknown"),
            ("24", "date_unknown"),
            ("いつだったか", "date_unknown"),
        ),
        *(
            ("090-1234-5678", "date_unknown"),
            ("<b>2/24</b>", "date_unknown"),
            ("", "empty"),
            ("9" * 300, "too_long"),
            ("🎉", "date_unknown"),
        ),
        *(("99999日前", "date_unknown"), ("0000/1/1", "date_impossible"), ("先日", "date_unknown")),
    ],
)
def test_what_is_no_one_date_is_refused_with_its_reason(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_date(said, today=TODAY)
    assert reason == refused.value.reason


def test_the_wrong_weekday_is_answered_with_the_date_it_would_be() -> None:
    with pytest.raises(Unreadable) as refused:
        read_date("2/24(木)", today=TODAY)
    assert refused.value.facts == {"date": OUTAGE}


def test_bounds_are_inclusive_and_named_in_the_refusal() -> None:
    bounds = {"today": TODAY, "earliest": date(2023, 2, 20), "latest": date(2023, 3, 31)}
    assert read_date("2023/2/20", **bounds) == date(2023, 2, 20)
    assert read_date("2023/3/31", **bounds) == date(2023, 3, 31)
    with pytest.raises(Unreadable) as early:
        read_date("2023/2/19", **bounds)
    with pytest.raises(Unreadable) as late:
        read_date("2023/4/1", **bounds)
    assert ("date_too_early", {"earliest": date(2023, 2, 20)}) == (early.value.reason, early.value.facts)
    assert ("date_too_late", {"latest": date(2023, 3, 31)}) == (late.value.reason, late.value.facts)


def test_a_date_without_a_year_may_lie_ahead_where_the_future_is_allowed() -> None:
    open_end = {"today": date(2023, 3, 5), "latest": date(2023, 12, 31)}
    assert read_date("3/10", **open_end) == date(2023, 3, 10)
    assert read_date("2/24", **open_end) == OUTAGE
    assert read_date("11/24", **open_end) == date(2022, 11, 24)


def test_a_date_without_a_year_prefers_a_year_inside_the_bounds() -> None:
    assert read_date("2/24", today=date(2025, 1, 5), latest=date(2023, 12, 31)) == OUTAGE


WRITERS = [
    *("{0.year}-{0.month:02}-{0.day:02}", "{0.year}/{0.month}/{0.day}", "{0.year}.{0.month}.{0.day}", "{0:%Y%m%d}"),
    *(
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}年{0.month}月{0.day}日({1})",
        "R{2}.{0.month}.{0.day}",
        "令和{2}年{0.month}月{0.day}日",
    ),
    *("{0:%b} {0.day} {0.year}", "{0.day} {0:%B} {0.year}", "{1}曜日 {0.year}/{0.month}/{0.day}"),
]
WRITERS_WITHOUT_YEAR = [
    *(
        "{0.month}/{0.day}",
        "{0.month:02}{0.day:02}",
        "{0.month}月{0.day}日({1})",
        "{0.month}.{0.day}",
        "{0:%b} {0.day}",
    ),
]


@given(day=st.dates(date(2019, 5, 1), TODAY), writer=st.sampled_from(WRITERS), wide=st.booleans())
def test_a_written_date_is_read_back(day: date, writer: str, *, wide: bool) -> None:
    said = writer.format(day, "月火水木金土日"[day.weekday()], day.year - 2018)
    if wide:
        said = said.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert read_date(said, today=TODAY) == day


@given(days=st.integers(0, 364), writer=st.sampled_from(WRITERS_WITHOUT_YEAR))
def test_a_date_of_the_last_year_is_read_back_without_its_year(days: int, writer: str) -> None:
    day = TODAY - timedelta(days=days)
    assert read_date(writer.format(day, "月火水木金土日"[day.weekday()]), today=TODAY) == day


@given(st.text(alphabet="0123456789年月日/.-~()金土令和Rfeb 二十・から前先週の", max_size=14))
def test_pieces_of_dates_in_any_order_give_a_past_date_or_a_reason(said: str) -> None:
    try:
        found = read_date(said, today=TODAY)
    except Unreadable:
        return
    assert found <= TODAY
