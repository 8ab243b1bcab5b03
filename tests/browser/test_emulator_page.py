"""The emulator's page in a real browser, at a phone's and a desktop's width, against the real emulator."""

from __future__ import annotations

import json
import smtplib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running

pytestmark = pytest.mark.browser

Message = dict[str, Any]
Script = Callable[[dict[str, Any]], list[Message]]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
TABS = ["sms", "mail", "faults", "wire", "clock"]


def text(words: str, *replies: dict[str, Any]) -> Message:
    items = [{"type": "action", "action": action} for action in replies]
    return {"type": "text", "text": words} | ({"quickReply": {"items": items}} if items else {})


def postback(label: str, data: str = "") -> dict[str, Any]:
    return {"type": "postback", "label": label, "data": data or label, "displayText": label}


DATE = {"type": "datetimepicker", "label": "日付をえらぶ", "data": "q=trip", "mode": "date"} | {
    "min": "2022-10-11",
    "max": "2023-03-31",
    "initial": "2023-02-24",
}


def row(name: str, value: str) -> dict[str, Any]:
    cells = [{"type": "text", "text": name, "size": "sm", "color": "#555555", "flex": 2}]
    cells += [{"type": "text", "text": value, "size": "sm", "wrap": True, "flex": 5}]
    return {"type": "box", "layout": "horizontal", "margin": "md", "contents": cells}


def check_card() -> Message:
    send = {"type": "button", "style": "primary", "action": postback("この内容で申請する", "submit")}
    body = [row("問合せ番号", "1234-5678-9012"), {"type": "separator", "margin": "md"}, row("旅行日", "2023年2月24日")]
    bubble = {
        "type": "bubble",
        "header": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "内容をご確認ください"}]},
        "body": {"type": "box", "layout": "vertical", "contents": body},
        "footer": {"type": "box", "layout": "vertical", "contents": [send]},
    }
    return {"type": "flex", "altText": "内容の確認", "contents": bubble}


def template(**content: Any) -> Message:
    return {"type": "template", "altText": "選択", "template": content}


def columns() -> list[dict[str, Any]]:
    actions = [postback("変更"), postback("削除")]
    return [{"title": f"{number}枚目", "text": "宿泊 2023年2月24日", "actions": actions} for number in (1, 2)]


ANSWERS: dict[str, list[Message]] = {
    "こんにちは": [
        text(
            "クーポン補償窓口です。\nくわしくは https://example.jp/notice", postback("紙のクーポン", "kind=paper"), DATE
        )
    ],
    "確認": [check_card()],
    "ボタン": [template(type="buttons", text="どちらですか", actions=[postback("紙"), DATE])],
    "はいいいえ": [template(type="confirm", text="チャージしましたか", actions=[postback("はい"), postback("いいえ")])],
    "一覧": [template(type="carousel", columns=columns())],
    "悪意": [
        text("<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3)"),
        check_card() | {"altText": "<b>太字</b>"},
    ],
}


@dataclass
class Counter:
    """A counter of two lines: it keeps the events and answers a text by ANSWERS."""

    url: str = ""
    emulator_url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        for event in json.loads(body).get("events", []):
            self.events.append(event)
            messages = ANSWERS.get(event.get("message", {}).get("text", ""))
            if messages:
                self.reply(event["replyToken"], messages)

    def reply(self, token: str, messages: list[Message]) -> None:
        response = httpx.post(
            f"{self.emulator_url}/v2/bot/message/reply",
            headers={"Authorization": f"Bearer {EmulatorConfig().line_channel_access_token}"},
            json={"replyToken": token, "messages": messages},
        )
        response.raise_for_status()

    def seen(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


@contextmanager
def listening() -> Iterator[Counter]:
    counter = Counter()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/webhooks/line":
                counter.take(body)
            self.answer(200)

        def do_GET(self) -> None:
            self.answer(404)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """The test run says enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    counter.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield counter
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def counter() -> Iterator[Counter]:
    with listening() as found:
        yield found


@contextmanager
def emulating(config: EmulatorConfig, *, keep_ports: bool = False) -> Iterator[Emulator]:
    # Playwright's own event loop runs on this thread, and the mail server starts one where it is called.
    with ExitStack() as stack, ThreadPoolExecutor(1) as aside:
        yield aside.submit(stack.enter_context, running(config, keep_ports=keep_ports)).result()


@pytest.fixture
def emulator(counter: Counter) -> Iterator[Emulator]:
    with emulating(EmulatorConfig(counter_url=counter.url)) as started:
        counter.emulator_url = started.url
        yield started


@dataclass
class Screen:
    """The page, and what a person does on it."""

    page: Page
    emulator: Emulator
    complaints: list[str]

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="トーク")

    def bubbles(self, sender: str) -> Locator:
        return self.log.locator(f".bubble[data-from={sender}]")

    @property
    def quick(self) -> Locator:
        return self.page.get_by_role("group", name="かんたん返信")

    def add_friend(self) -> None:
        self.page.get_by_role("button", name="友だちに追加").click()
        expect(self.page.get_by_label("メッセージ", exact=True)).to_be_enabled()

    def say(self, words: str) -> None:
        field = self.page.get_by_label("メッセージ", exact=True)
        field.fill(words)
        field.press("Enter")
        expect(self.bubbles("person").last).to_have_text(words)

    def open(self, tab: str) -> None:
        self.page.locator(f"#tab-{tab}").click()
        expect(self.page.locator(f"#tab-{tab}")).to_have_attribute("aria-selected", "true")

    @property
    def is_phone(self) -> bool:
        return self.page.viewport_size is not None and self.page.viewport_size["width"] <= 480

    def show_people(self) -> None:
        if self.is_phone:
            self.open("people")


@pytest.fixture
def screen(page: Page, emulator: Emulator) -> Iterator[Screen]:
    """The open page; at its end it must have logged no error and broken no policy."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(emulator.url)
    expect(page.locator("#link-state")).to_have_attribute("data-state", "up")
    yield Screen(page, emulator, complaints)
    assert [] == complaints


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

    expect(screen.quick).to_be_visible()
    screen.page.wait_for_function("() => !document.querySelector('dialog')")
    wait_for(lambda: bool(counter.seen("postback")))
    assert [{"data": "q=trip", "params": {"date": "2023-03-31"}}] == [
        event["postback"] for event in counter.seen("postback")
    ]


def test_cards_of_every_kind_are_drawn_and_their_buttons_reach_the_counter(screen: Screen, counter: Counter) -> None:
    screen.add_friend()
    for words in ("確認", "ボタン", "はいいいえ", "一覧"):
        screen.say(words)
        expect(screen.bubbles("counter")).to_have_count(["確認", "ボタン", "はいいいえ", "一覧"].index(words) + 1)

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
    policy = httpx.get(screen.emulator.url).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")


def test_a_text_message_rings_and_waits_in_the_sms_tab_with_its_link(screen: Screen, counter: Counter) -> None:
    screen.page.locator("#newest").wait_for(state="attached")
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
    screen.page.get_by_role("button", name="画像を送る").click()
    expect(screen.bubbles("person").last.get_by_role("img", name="画像")).to_be_visible()
    wait_for(lambda: len(counter.seen("message")) == 2)
    assert ["sticker", "image"] == [event["message"]["type"] for event in counter.seen("message")]


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
    push(screen.emulator, "U0a1b2c3d4e5f60718293a4b5c6d7e8f9", text("花子さん、お知らせです"))
    expect(hanako.get_by_label("未読 1件")).to_be_visible()
    hanako.click()
    expect(screen.bubbles("person")).to_have_text(["花子です"])
    expect(screen.bubbles("counter")).to_have_text(["花子さん、お知らせです"])
    screen.show_people()
    expect(hanako.get_by_label("未読 1件")).to_have_count(0)


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
    config = EmulatorConfig(counter_url=counter.url)
    with ExitStack() as first:
        started = first.enter_context(emulating(config))
        counter.emulator_url = started.url
        page.goto(started.url)
        expect(page.locator("#link-state")).to_have_attribute("data-state", "up")
        again = replace(config, port=started.port, smtp_port=started.smtp_port)
        first.close()
        expect(page.get_by_role("alert")).to_contain_text("つながりません", timeout=10_000)
        with emulating(again, keep_ports=True) as restarted:
            expect(page.get_by_role("alert")).to_be_hidden(timeout=15_000)
            screen = Screen(page, restarted, [])
            screen.add_friend()
            screen.say("こんにちは")
            expect(screen.bubbles("counter")).to_have_count(1)


def test_thousands_of_messages_keep_the_page_small(screen: Screen) -> None:
    hanako = httpx.get(f"{screen.emulator.url}/emulator/state").json()["people"][0]["id"]
    person = screen.emulator.line.person(hanako)
    person.follow()
    for number in range(1200):
        person.says(f"{number}番目")
    expect(screen.bubbles("person").last).to_have_text("1199番目", timeout=15_000)
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
    for tab in TABS:
        screen.open(tab)
        assert [] == violations(screen.page), tab
    screen.show_people()
    assert [] == violations(screen.page)


def violations(page: Page) -> list[str]:
    page.wait_for_function("() => document.getAnimations().length === 0")
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['target']}" for each in found]


def wait_for(true: Callable[[], bool], seconds: float = 5) -> None:
    met = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        met.wait(0.02)
    raise TimeoutError("it did not come")


def push(emulator: Emulator, to: str, message: Message) -> None:
    response = httpx.post(
        f"{emulator.url}/v2/bot/message/push",
        headers={"Authorization": f"Bearer {emulator.config.line_channel_access_token}"},
        json={"to": to, "messages": [message]},
    )
    response.raise_for_status()


def send_sms(emulator: Emulator, to: str, body: str) -> None:
    config = emulator.config
    account = config.twilio_account_sid
    response = httpx.post(
        f"{emulator.url}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, config.twilio_auth_token),
        data={"To": to, "From": config.twilio_from, "Body": body},
    )
    response.raise_for_status()


def send_mail(emulator: Emulator, to: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "noreply@example.jp", to
    mail["Subject"] = "【栃木県クーポン補償】ポイント受け取りのご案内"
    mail.set_content("山田 花子 様\n\n次のページからお受け取りください。\nhttps://r.example.jp/AB3D9\n")
    with smtplib.SMTP("127.0.0.1", emulator.smtp_port) as relay:
        relay.login("user", "pass")
        relay.send_message(mail)
