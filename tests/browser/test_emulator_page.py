"""The emulator's page in a real browser, at a phone's and a desktop's width, against the real emulator."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.emulator_screen import (
    ANSWERS,
    HANAKO,
    Counter,
    Screen,
    listening,
    push,
    send_mail,
    send_sms,
    text,
    violations,
    wait_for,
)
from tests.integrations.emulator.test_emulated_menus import picture

pytestmark = pytest.mark.browser


@pytest.fixture
def counter() -> Iterator[Counter]:
    with listening() as found:
        yield found


def test_a_message_is_answered_and_a_quick_reply_speaks_for_the_person(screen: Screen, counter: Counter) -> None:
    screen.add_friend()
    screen.say("こんにちは")

    expect(screen.bubbles("counter").last).to_contain_text("クーポン補償窓口です。")
    link = screen.bubbles("counter").last.get_by_role("link", name="https://example.jp/notice")
    expect(link).to_have_attribute("target", "_blank")
    expect(screen.log.locator(".read").last).to_be_visible()

    screen.quick.get_by_role("button", name="紙のクーポン").click()
    expect(screen.bubbles("person").last).to_have_text("紙のクーポン")
    expect(screen.quick).to_be_hidden()
    screen.emulator.settle()
    assert ["kind=paper"] == [event["postback"]["data"] for event in counter.seen("postback")]


def test_the_date_picker_lets_no_date_through_that_the_counter_did_not_offer(screen: Screen, counter: Counter) -> None:
    screen.add_friend()
    screen.say("こんにちは")
    screen.quick.get_by_role("button", name="日付をえらぶ").click()

    picker = screen.page.get_by_role("dialog", name="日付をえらぶ")
    expect(picker.get_by_label("日付")).to_have_value("2023-02-24")
    picker.get_by_label("日付").fill("2023-04-01")
    picker.get_by_role("button", name="決定").click()
    expect(picker).to_be_visible()
    picker.get_by_label("日付").fill("2023-03-31")
    picker.get_by_role("button", name="決定").click()
    expect(picker).to_be_hidden()

    wait_for(lambda: bool(counter.seen("postback")))
    (picked,) = counter.seen("postback")
    assert {"data": "q=trip", "params": {"date": "2023-03-31"}} == picked["postback"]


def test_cards_of_every_kind_are_drawn_and_their_buttons_reach_the_counter(screen: Screen, counter: Counter) -> None:
    screen.add_friend()
    for count, words in enumerate(("確認", "ボタン", "はいいいえ", "一覧"), start=1):
        screen.say(words)
        expect(screen.bubbles("counter")).to_have_count(count)

    card = screen.bubbles("counter").first
    expect(card).to_have_attribute("aria-label", "内容の確認")
    expect(card).to_contain_text("1234-5678-9012")
    card.get_by_role("button", name="この内容で申請する").click()
    screen.bubbles("counter").nth(2).get_by_role("button", name="はい").click()
    expect(screen.bubbles("counter").nth(3).get_by_role("button", name="変更")).to_have_count(2)
    wait_for(lambda: len(counter.seen("postback")) == 2)
    assert ["submit", "はい"] == [event["postback"]["data"] for event in counter.seen("postback")]


def test_what_a_message_says_never_becomes_markup(screen: Screen) -> None:
    screen.add_friend()
    screen.say("悪意")

    expect(screen.bubbles("counter").first).to_have_text(ANSWERS["悪意"][0]["text"])
    assert 0 == screen.log.locator("img, script, b, a[href^='javascript']").count()
    screen.page.evaluate(
        "() => document.head.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))"
    )
    assert "undefined" == screen.page.evaluate("() => typeof ran")
    assert "Content Security Policy" in screen.complaints.pop()


def test_a_text_message_rings_and_waits_in_the_sms_tab_with_its_link(screen: Screen, counter: Counter) -> None:
    send_sms(screen.emulator, "+819012345678", "【栃木県クーポン補償】ポイント受取 https://r.example.jp/AB3D9")

    banner = screen.page.get_by_role("status", name="通知").get_by_role("button")
    expect(banner).to_contain_text("ポイント受取")
    banner.click()
    message = screen.page.get_by_test_id("sms")
    expect(message.get_by_role("link", name="https://r.example.jp/AB3D9")).to_be_visible()

    screen.page.get_by_label("SMSの返信").fill("ありがとう")
    screen.page.get_by_role("button", name="返信", exact=True).click()
    expect(screen.page.get_by_test_id("sms").last).to_contain_text("ありがとう")


def test_a_mail_rings_and_opens_with_its_link(screen: Screen) -> None:
    send_mail(screen.emulator, "hanako@example.jp")

    banner = screen.page.get_by_role("status", name="通知").get_by_role("button")
    expect(banner).to_contain_text("ポイント受け取りのご案内")
    screen.open("mail")
    screen.page.get_by_test_id("mail").click()
    letter = screen.page.get_by_test_id("letter")
    expect(letter.get_by_role("link", name="https://r.example.jp/AB3D9")).to_have_attribute("target", "_blank")
    letter.get_by_role("button", name="受信箱").click()
    expect(screen.page.get_by_test_id("mail")).to_be_focused()


def test_a_person_blocks_comes_back_and_takes_a_message_back(screen: Screen, counter: Counter) -> None:
    screen.add_friend()
    screen.say("まちがえました")
    screen.log.get_by_role("button", name="送信を取り消す").click(force=True)
    screen.page.get_by_role("dialog").get_by_role("button", name="送信取消").click()
    expect(screen.log).to_contain_text("メッセージの送信を取り消しました")
    expect(screen.bubbles("person")).to_have_count(0)

    screen.page.locator("#person-menu summary").click()
    screen.page.get_by_role("button", name="ブロック", exact=True).click()
    expect(screen.log).to_contain_text("ブロックしました")
    expect(screen.page.get_by_label("メッセージ", exact=True)).to_be_disabled()
    screen.page.locator("#gate").get_by_role("button", name="ブロックを解除").click()
    expect(screen.page.get_by_label("メッセージ", exact=True)).to_be_enabled()

    wait_for(lambda: len(counter.seen("follow")) == 2)
    assert ["follow", "message", "unsend", "unfollow", "follow"] == [event["type"] for event in counter.events]


def test_stickers_and_pictures_are_sent_and_drawn(screen: Screen, counter: Counter) -> None:
    screen.add_friend()
    screen.page.get_by_role("button", name="スタンプ", exact=True).click()
    screen.page.get_by_role("group", name="スタンプをえらぶ").get_by_role("button").first.click()
    expect(screen.bubbles("person").locator("svg")).to_be_visible()
    with screen.page.expect_file_chooser() as choosing:
        screen.page.get_by_role("button", name="画像を送る").click()
    choosing.value.set_files({"name": "coupon.png", "mimeType": "image/png", "buffer": picture(160, 120)})
    expect(screen.bubbles("person").last.get_by_role("img", name="画像")).to_be_visible()
    wait_for(lambda: len(counter.seen("message")) == 2)
    assert ["sticker", "image"] == [event["message"]["type"] for event in counter.seen("message")]
    content = f"{screen.emulator.url}/v2/bot/message/{counter.seen('message')[1]['message']['id']}/content"
    assert picture(160, 120) == httpx.get(content, headers=screen.emulator_token).content


def test_several_people_talk_each_on_a_phone_of_their_own(screen: Screen) -> None:
    screen.add_friend()
    screen.say("花子です")
    screen.show_people()
    screen.page.get_by_role("button", name="新しい人").click()
    form = screen.page.get_by_role("dialog", name="新しい人")
    form.get_by_label("名前").fill("田中 次郎")
    form.get_by_label("携帯電話").fill("090-9999-8888")
    form.get_by_role("button", name="追加").click()

    expect(screen.page.locator(".person[aria-current]")).to_contain_text("田中 次郎")
    made = httpx.get(f"{screen.emulator.url}/emulator/state").json()["people"][-1]
    assert ("田中 次郎", "+819099998888") == (made["name"], made["phone"])

    hanako = screen.page.get_by_role("button", name="山田 花子")
    screen.show_people()
    push(screen.emulator, HANAKO, text("花子さん、お知らせです"))
    expect(hanako.get_by_label("未読 1件")).to_be_visible()
    hanako.click()
    expect(screen.bubbles("person")).to_have_text(["花子です"])
    expect(screen.bubbles("counter")).to_have_text(["花子さん、お知らせです"])
    screen.show_people()
    expect(hanako.get_by_label("未読 1件")).to_have_count(0)


def test_thousands_of_messages_keep_the_page_small(screen: Screen) -> None:
    person = screen.emulator.line.person(HANAKO)
    person.follow()
    for number in range(1200):
        person.says(f"{number}番目")
    expect(screen.bubbles("person").last).to_have_text("1199番目")
    assert 200 >= screen.bubbles("person").count()

    screen.page.get_by_role("button", name="前のメッセージ").click()
    assert 200 < screen.bubbles("person").count() <= 400


def test_the_tabs_are_walked_with_the_arrow_keys(screen: Screen) -> None:
    screen.open("sms")
    screen.page.locator("#tab-sms").press("ArrowRight")
    expect(screen.page.locator("#tab-mail")).to_be_focused()
    expect(screen.page.locator("#panel-mail")).to_be_visible()
    screen.page.locator("#tab-mail").press("End")
    expect(screen.page.locator("#panel-clock")).to_be_visible()


def test_every_view_is_clean_for_axe(screen: Screen) -> None:
    screen.add_friend()
    for words in ("こんにちは", "確認", "ボタン", "はいいいえ", "一覧"):
        screen.say(words)
    expect(screen.bubbles("counter")).to_have_count(5)
    assert [] == violations(screen.page)
    send_sms(screen.emulator, "+819012345678", "【栃木県クーポン補償】確認コード 482913")
    send_mail(screen.emulator, "hanako@example.jp")
    expect(screen.page.get_by_role("status", name="通知").get_by_role("button")).to_have_count(2)
    for tab in ("sms", "mail", "faults", "wire", "clock"):
        screen.open(tab)
        assert [] == violations(screen.page), tab
    screen.show_people()
    assert [] == violations(screen.page)
