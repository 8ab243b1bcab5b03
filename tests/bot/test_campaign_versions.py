"""A later notice: what is under way keeps the version it saw, what begins gets the newest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from bot import rewards
from bot.app import create_app
from dialogs.rules.campaign import Campaign
from dialogs.rules.campaign_versions import Campaigns
from tests.bot.web.counter import LATER_PAGES, TO_THE_DOOR, Browser, Counter, link_of, opened_counter

TOLD_BEFORE = ("こんにちは", "paper", "09", "2023-02-24", "nothing", "none")
VERSION = "SELECT campaign_version FROM conversations"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


def third_notice(second: Campaign) -> Campaign:
    """第3報: applications until 5/14, rewards until 6/30, the extension until 2/28."""
    dates = replace(
        second.dates,
        first_extension_end=at("2023-03-01T00:00:00"),
        apply_end=at("2023-05-15T00:00:00"),
        receive_end=at("2023-07-01T00:00:00"),
    )
    return replace(second, version=second.version + 1, dates=dates)


def after_the_third_notice(counter: Counter) -> Counter:
    """The same counter, started again with the new file beside the old one."""
    second = counter.parts.campaign
    counter.parts = replace(counter.parts, campaigns=Campaigns([second, third_notice(second)]))
    counter.app = create_app(counter.parts)
    return counter


def versions(counter: Counter) -> list[int]:
    with counter.parts.db.connection() as connection:
        return [row[0] for row in connection.execute(VERSION).fetchall()]


def said(counter: Counter, *words: str) -> str:
    return "\n".join(one.text for one in counter.line(*words)[-1].play.said)


def test_a_conversation_under_way_goes_on_under_the_version_it_saw(counter: Counter) -> None:
    counter.line(*TO_THE_DOOR[:6])
    later = after_the_third_notice(counter)

    told = said(later, "no")

    assert "申請の締切：2023年4月30日(日) 23:59" in told
    assert [2] == versions(later)


def test_a_new_conversation_begins_with_the_newest(counter: Counter) -> None:
    later = after_the_third_notice(counter)

    told = said(later, *TO_THE_DOOR[:7])

    assert "申請の締切：2023年5月14日(日) 23:59" in told
    assert [3] == versions(later)


def test_who_begins_again_begins_with_the_newest(counter: Counter) -> None:
    counter.line(*TO_THE_DOOR[:6])
    later = after_the_third_notice(counter)

    told = said(later, "やりなおす", "yes", *TO_THE_DOOR[1:7])

    assert "申請の締切：2023年5月14日(日) 23:59" in told
    assert [3] == versions(later)


def test_who_was_told_no_is_told_what_the_later_notice_says(counter: Counter) -> None:
    assert "2023年2月26日(日) 23:59" in said(counter, *TOLD_BEFORE)
    later = after_the_third_notice(counter)

    assert "2023年2月28日(火) 23:59" in said(later, "こんにちは")
    assert [3] == versions(later)
    assert "やりなおす" in said(later, "こんにちは")


def test_the_dates_of_an_application_are_those_of_its_version(counter: Counter) -> None:
    page = Browser(counter).enter(link_of(counter.line(*TO_THE_DOOR)[-1])).answer(*LATER_PAGES)
    page.answer(counter.code(), "submit")
    later = after_the_third_notice(counter)
    token = later.entitled()
    right = rewards.find(later.parts, token)

    assert right is not None
    assert 2 == right.campaign_version
    assert "2023/5/31(水)まで" in later.sent("reward_url")[-1][0]["text"]
    assert not rewards.is_over(later.parts, right, at("2023-05-31T23:59:59"))
    assert rewards.is_over(later.parts, right, at("2023-06-01T00:00:00"))
    assert "2023年5月31日(水)" in Browser(later).get(f"/r/{token}").text


@pytest.fixture
def both(database_url: str, redis_url: str) -> Iterator[Counter]:
    """A counter of two campaigns, on the fifth of April 2023."""
    with opened_counter(database_url, redis_url, CAMPAIGNS="iwate-2023-02") as opened:
        yield opened


def campaigns_under_way(counter: Counter) -> list[tuple[str, int]]:
    with counter.parts.db.connection() as connection:
        return connection.execute("SELECT campaign, campaign_version FROM conversations").fetchall()


def test_who_names_the_prefecture_of_another_campaign_goes_on_with_that_one(both: Counter) -> None:
    told = said(both, "こんにちは", "paper", "岩手県")

    assert told.startswith("岩手県のクーポンは、いわて旅応援プロジェクト 補償窓口でお受けします。")
    assert "クーポンの有効期限はいつですか" in told
    assert [("iwate-2023-02", 1)] == campaigns_under_way(both)


def test_it_goes_on_with_the_dates_and_the_words_of_that_one(both: Counter) -> None:
    told = said(both, "こんにちは", "paper", "岩手県", "2023-02-24", "nothing", "some", "no")

    assert "申請の締切：2023年5月19日(金) 23:59" in told
    assert "岩手県のお店でもう一度ご利用ください" in told
    assert "宿泊日" in said(both, "apply", "IW12345678")


def test_who_named_the_wrong_prefecture_comes_back_by_changing_it(both: Counter) -> None:
    both.line("こんにちは", "paper", "岩手県", "2023-02-24", "変更")
    told = said(both, "change:prefecture", "栃木県")

    assert told.startswith("栃木県のクーポンは、いちご一会とちぎ旅 補償窓口でお受けします。")
    assert [("tochigi-2023-02", 2)] == campaigns_under_way(both)
    assert "2023年2月24日(金)の障害のとき" in told


def test_a_campaign_that_is_not_served_here_stays_out_of_scope(counter: Counter) -> None:
    assert "この窓口は栃木県のクーポンだけを受け付けています" in said(counter, "こんにちは", "paper", "岩手県")
    assert [("tochigi-2023-02", 2)] == campaigns_under_way(counter)


def test_every_campaign_served_is_read_at_the_start(both: Counter) -> None:
    assert ["tochigi-2023-02", "iwate-2023-02"] == list(both.parts.campaigns)
    assert "tochigi-2023-02" == both.parts.campaign.id
