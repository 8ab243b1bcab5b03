"""The reward site in a real browser, without JavaScript, in three languages, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.app import create_app
from dialogs.words import Words, words
from integrations.rewards.code import RewardCode
from tests.bot.rewards_house import from_stock, put_on_stock
from tests.bot.web.counter import LATER_PAGES, Counter, opened_counter, served
from tests.bot.web.counter import Browser as Client
from tests.browser.travellers_screen import looks_right
from tests.conftest import PHONE

pytestmark = pytest.mark.browser

CODE = RewardCode("SAMPLE-EDY1-2345-6789", pin="4711", url="https://edy.example.jp/gift")


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        opened.parts = from_stock(opened.parts)
        opened.app = create_app(opened.parts)
        yield opened


@pytest.fixture
def url(counter: Counter) -> Iterator[str]:
    """The URL of somebody who may choose among two rewards for 1,000 yen."""
    for brand, code in (("edy", CODE), ("nanaco", RewardCode("SAMPLE-NANACO-1"))):
        put_on_stock(counter.parts, brand, 1000, [code])
    page = Client(counter).enter(counter.to_the_door()).answer(*LATER_PAGES).answer(counter.code())
    page.post("/form/here").answer("submit")
    counter.parts.redis.flushdb()
    token = counter.entitled()
    with served(counter) as address:
        yield f"{address}/r/{token}"


def heading(page: Page, spoken: Words, key: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(spoken.say(key))


def press(page: Page, label: str) -> None:
    """Press, and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=label, exact=True).click()


def prove(page: Page, counter: Counter, spoken: Words) -> None:
    press(page, spoken.say("reward_page.start.send"))
    heading(page, spoken, "reward_page.code.title")
    page.locator("#code").fill(counter.code())
    press(page, spoken.say("reward_page.code.check"))


@pytest.mark.parametrize("language", ["ja", "ja-easy", "en"])
def test_from_the_url_to_the_code(page: Page, counter: Counter, url: str, language: str) -> None:
    spoken = words(language)
    page.goto(f"{url}?lang={language}")
    heading(page, spoken, "reward_page.title")
    expect(page.get_by_text("1,000")).to_have_count(0)
    looks_right(page, f"reward-{language}-1-start")
    press(page, spoken.say("reward_page.start.send"))
    looks_right(page, f"reward-{language}-2-code")
    page.locator("#code").fill("12")
    press(page, spoken.say("reward_page.code.check"))
    expect(page.locator("#code")).to_be_focused()
    looks_right(page, f"reward-{language}-3-code-error")
    page.locator("#code").fill(counter.code())
    press(page, spoken.say("reward_page.code.check"))
    heading(page, spoken, "reward_page.choose.title")
    expect(page.locator(".number")).to_contain_text("1,000")
    looks_right(page, f"reward-{language}-4-choose")
    press(page, spoken.say("reward_page.choose.next"))
    expect(page.locator("#error")).to_contain_text(spoken.say("reward_page.choose.error"))
    looks_right(page, f"reward-{language}-5-choose-error")
    page.get_by_label("Edy").check()
    press(page, spoken.say("reward_page.choose.next"))
    expect(page.get_by_text(spoken.say("reward_page.confirm.final"))).to_be_visible()
    looks_right(page, f"reward-{language}-6-confirm")
    press(page, spoken.say("reward_page.confirm.do"))
    expect(page.locator(".secret")).to_have_text(CODE.code)
    looks_right(page, f"reward-{language}-7-code-shown")
    press(page, spoken.say("reward_page.mine.done"))
    heading(page, spoken, "reward_page.title")
    looks_right(page, f"reward-{language}-8-again")


def test_the_browsers_way_back_and_a_double_tap_choose_nothing_twice(page: Page, counter: Counter, url: str) -> None:
    spoken = words("ja")
    page.goto(url)
    prove(page, counter, spoken)
    page.get_by_label("nanaco").check()
    press(page, spoken.say("reward_page.choose.next"))
    page.go_back()
    heading(page, spoken, "reward_page.choose.title")
    page.get_by_label("Edy").check()
    press(page, spoken.say("reward_page.choose.next"))
    page.get_by_role("button", name=spoken.say("reward_page.confirm.do")).dblclick()
    expect(page.locator(".secret")).to_have_text(CODE.code)
    expect(page.get_by_text(spoken.say("reward_page.mine.first"))).to_have_count(0)
    page.reload()
    expect(page.locator(".secret")).to_have_text(CODE.code)


def test_two_telephones_at_once_are_shown_the_same_choice(
    page: Page, browser: Browser, counter: Counter, url: str
) -> None:
    spoken = words("ja")
    with browser.new_context(viewport=PHONE, locale="ja-JP", java_script_enabled=False) as context:
        other = context.new_page()
        for each, brand in ((page, "Edy"), (other, "nanaco")):
            each.goto(url)
            prove(each, counter, spoken)
            each.get_by_label(brand).check()
            press(each, spoken.say("reward_page.choose.next"))
        for each in (page, other):
            press(each, spoken.say("reward_page.confirm.do"))
        expect(other.get_by_text(spoken.say("reward_page.mine.first"))).to_be_visible()
        expect(other.locator(".secret")).to_have_text(CODE.code)


def test_the_screens_of_trouble_look_right(page: Page, counter: Counter, url: str) -> None:
    spoken = words("ja")
    page.goto(url)
    for _ in range(3):
        press(page, spoken.say("reward_page.start.send"))
        heading(page, spoken, "reward_page.code.title")
        page.context.clear_cookies()
        page.goto(url)
    press(page, spoken.say("reward_page.start.send"))
    expect(page.get_by_role("alert")).to_contain_text(spoken.say("reward_page.code.too_many"))
    looks_right(page, "reward-too-many")
    counter.parts.redis.flushdb()
    press(page, spoken.say("reward_page.start.send"))
    heading(page, spoken, "reward_page.code.title")
    with counter.parts.db.connection() as connection:
        connection.execute("UPDATE outgoing SET state = 'undelivered' WHERE purpose = 'code'")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("0120-479-249")
    looks_right(page, "reward-not-arrived")
    counter.move("2023-06-01T00:00:00+09:00")
    page.goto(url)
    heading(page, spoken, "reward_page.more.closed_title")
    looks_right(page, "reward-closed")
