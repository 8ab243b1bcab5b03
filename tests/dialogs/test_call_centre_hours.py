"""What people are told of the call centre is true at the minute at which they ask, and when it is read later."""

from dataclasses import replace

import pytest

from dialogs.facts import campaign_facts
from dialogs.rules.campaign import Campaign, load_campaign
from dialogs.words import languages, words
from tests.dialogs.player import CAMPAIGN, PAPER, Talk

CLOSED = "ただいまは時間外です。次の受付は {} からです。"
OPEN = "（ただいま受付中、18:00まで）"
DEADLINE_FIRST = "次の受付は 2023年5月1日(月) 10:00 からで、申請の締切（2023年4月30日(日) 23:59）が先に来ます"


def with_days(weekdays: tuple[int, ...], *months: str) -> Campaign:
    return replace(CAMPAIGN, call_centre=replace(CAMPAIGN.call_centre, weekdays=weekdays, every_day_months=months))


@pytest.mark.parametrize("asked", ["営業時間は？", "担当者の時間は？"])
@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("03-04 09:59", CLOSED.format("2023年3月4日(土) 10:00")),  # a Saturday of March, about to open
        ("03-04 10:00", OPEN),
        ("03-05 17:59", OPEN),
        ("03-05 18:00", CLOSED.format("2023年3月6日(月) 10:00")),
        ("03-21 12:00", OPEN),  # 春分の日
        ("03-21 18:00", CLOSED.format("2023年3月22日(水) 10:00")),
        ("03-31 18:00", CLOSED.format("2023年4月3日(月) 10:00")),
        ("04-01 12:00", CLOSED.format("2023年4月3日(月) 10:00")),  # a Saturday of April
        ("04-28 17:59", OPEN),
        ("04-28 18:00", DEADLINE_FIRST),
        ("04-29 12:00", DEADLINE_FIRST),
        ("04-30 12:00", DEADLINE_FIRST),
        ("05-02 17:59", OPEN),
        ("05-02 18:00", CLOSED.format("2023年5月8日(月) 10:00")),
        ("05-07 12:00", CLOSED.format("2023年5月8日(月) 10:00")),
        ("05-08 09:59", CLOSED.format("2023年5月8日(月) 10:00")),
        ("05-08 10:00", OPEN),
    ],
)
def test_who_asks_for_the_hours_hears_the_days_of_march_too_and_whether_somebody_answers(
    at: str, told: str, asked: str
) -> None:
    heard = Talk(at=at).play(PAPER[:2]).do(asked)

    assert "平日と3月の土日祝 10:00～18:00" in heard
    assert told in heard


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        (
            CAMPAIGN,
            {
                "ja": "平日と3月の土日祝",
                "ja-easy": "月～金（祝日は休み）、3月は毎日",
                "en": "Monday to Friday except public holidays, and every day in March,",
            },
        ),
        (
            with_days((1, 2, 3, 4, 5)),
            {
                "ja": "平日",
                "ja-easy": "月～金（祝日は休み）",
                "en": "Monday to Friday except public holidays",
            },
        ),
        (
            load_campaign("iwate-2023-02"),
            {
                "ja": "祝日を除く月・火・水・木・金・土",
                "ja-easy": "月・火・水・木・金・土（祝日は休み）",
                "en": "Mon, Tue, Wed, Thu, Fri, Sat except public holidays",
            },
        ),
        (with_days((1, 2, 3, 4, 5, 6, 7), "2023-03"), {"ja": "毎日", "ja-easy": "毎日", "en": "every day"}),
        (
            with_days((1, 2, 3, 4, 5), "2023-04", "2023-03"),
            {
                "ja": "平日と3月・4月の土日祝",
                "ja-easy": "月～金（祝日は休み）、3月・4月は毎日",
                "en": "Monday to Friday except public holidays, and every day in March and April,",
            },
        ),
    ],
)
def test_the_usual_days_name_the_months_that_have_others(campaign: Campaign, expected: dict[str, str]) -> None:
    assert expected == {language: words(language).write(campaign_facts(campaign)["open_days"]) for language in expected}


def test_every_language_says_its_days_by_sms_within_one_line() -> None:
    for language in languages():
        assert len(words(language, "sms").write(campaign_facts(CAMPAIGN)["open_days"])) <= 40
