"""What the emulator's page gives to who tries things out: faults, the wire, the clock, a menu, a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from integrations.emulator.config import EmulatorConfig
from tests.browser.emulator_screen import (
    Counter,
    Screen,
    emulating,
    listening,
    violations,
)
from tests.integrations.emulator.test_emulated_menus import picture

pytestmark = pytest.mark.browser

MENU = {
    "size": {"width": 1200, "height": 800},
    "selected": True,
    "name": "menu",
    "chatBarText": "メニュー",
    "areas": [
        {
            "bounds": {"x": x, "y": 0, "width": 600, "height": 800},
            "action": {"type": "message", "label": label, "text": text},
        }
        for x, label, text in ((0, "申請する", "申請をつづける"), (600, "状況を見る", "状況"))
    ],
}


@pytest.fixture
def counter() -> Iterator[Counter]:
    with listening() as found:
        yield found


def test_the_rich_menu_lies_below_the_talk_and_speaks_for_the_person(screen: Screen, counter: Counter) -> None:
    menu = screen.page.get_by_role("group", name="リッチメニュー")
    expect(menu).to_be_hidden()
    menus = screen.emulator.menus
    menu_id = menus.create(MENU)
    menus.upload(menu_id, "image/png", picture(1200, 800))
    menus.set_default(menu_id)
    expect(menu).to_be_hidden()  # who is no friend has none
    screen.add_friend()
    expect(menu.get_by_role("button")).to_have_count(3)
    assert [] == violations(screen.page)
    menu.get_by_role("button", name="状況を見る").click()
    expect(screen.bubbles("person").last).to_have_text("状況")
    bar = menu.get_by_role("button", name="メニュー", exact=True)
    expect(bar).to_have_attribute("aria-expanded", "true")
    bar.press("Enter")
    expect(menu.get_by_role("button", name="状況を見る")).to_be_hidden()
    bar.click()
    area = menu.get_by_role("button", name="申請する").bounding_box()
    assert area
    screen.page.mouse.click(area["x"] + area["width"] - 5, area["y"] + area["height"] - 5)
    expect(screen.bubbles("person").last).to_have_text("申請をつづける")
    menus.delete(menu_id)
    expect(menu).to_be_hidden()


def test_a_fault_is_set_shown_and_taken_away(screen: Screen) -> None:
    screen.open("faults")
    screen.page.get_by_role("button", name="LINE 応答が 500 を3回").click()
    expect(screen.page.get_by_test_id("fault")).to_contain_text("番号 500、あと3回")
    fault = screen.emulator.faults.as_dict()["line.reply"][0]
    assert ("status", 500, 3) == (fault["do"], fault["status"], fault["times"])
    screen.page.get_by_label("どこで").select_option("webhook")
    screen.page.get_by_label("なにが").select_option("delay")
    screen.page.get_by_label("秒 (seconds)").fill("1.5")
    screen.page.get_by_label("割合 % (share)").fill("20")
    screen.page.get_by_role("button", name="加える").click()
    expect(screen.page.get_by_test_id("fault").last).to_contain_text("遅れて返す(1.5秒、20%の割合、ずっと)")
    screen.page.get_by_role("button", name="外す: LINE 応答メッセージ").click()
    expect(screen.page.get_by_test_id("fault")).to_have_count(1)
    screen.page.get_by_role("button", name="すべて外す").click()
    expect(screen.page.get_by_test_id("fault")).to_have_count(0)
    assert {} == {place: faults for place, faults in screen.emulator.faults.as_dict().items() if faults}


def test_the_wire_shows_both_directions_down_to_the_body(screen: Screen) -> None:
    screen.add_friend()
    screen.say("こんにちは")
    expect(screen.bubbles("counter")).to_have_count(1)
    screen.open("wire")

    reply = screen.page.get_by_test_id("wire").filter(has_text="/v2/bot/message/reply")
    webhook = screen.page.get_by_test_id("wire").filter(has_text="/webhooks/line").first
    expect(reply).to_have_attribute("data-direction", "in")
    expect(webhook).to_have_attribute("data-direction", "out")
    reply.locator("summary").click()
    expect(reply).to_contain_text("クーポン補償窓口です。")
    expect(reply.get_by_role("button", name="curl をコピー")).to_be_visible()

    screen.page.get_by_label("さがす").fill("message/reply")
    expect(webhook).to_have_count(0)


def test_the_campaign_moves_to_a_phase_and_the_date_is_always_in_sight(screen: Screen) -> None:
    screen.open("clock")
    screen.page.get_by_role("button", name="5/2").click()
    expect(screen.page.locator("#now")).to_have_text("2023年5月2日(火) 10:00")
    expect(screen.page.locator(".phase[aria-current]")).to_contain_text("5/2")
    assert "2023-05-02T10:00" == screen.emulator.clock.now().isoformat()[:16]


def test_a_lost_emulator_is_told_and_found_again_without_help(page: Page, counter: Counter) -> None:
    config = EmulatorConfig(counter_url=counter.url, webhook_deadline=60)
    with ExitStack() as first:
        started = first.enter_context(emulating(config))
        counter.emulator_url = started.url
        page.goto(started.url)
        expect(page.locator("#link-state")).to_have_attribute("data-state", "up")
        again = replace(config, port=started.port, smtp_port=started.smtp_port)
        first.close()
        expect(page.get_by_role("alert")).to_contain_text("つながりません")
        with emulating(again, keep_ports=True) as restarted:
            expect(page.get_by_role("alert")).to_be_hidden()
            screen = Screen(page, restarted)
            screen.add_friend()
            screen.say("こんにちは")
            expect(screen.bubbles("counter")).to_have_count(1)
