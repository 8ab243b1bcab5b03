"""What the tests of the emulator's page share: a counter of two lines, the page as a person uses it, SMS, mail."""

from __future__ import annotations

import json
import smtplib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Dialog, Locator, Page, expect

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running

Message = dict[str, Any]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
HANAKO = "U0a1b2c3d4e5f60718293a4b5c6d7e8f9"


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


GREETING = text(
    "クーポン補償窓口です。\nくわしくは https://example.jp/notice", postback("紙のクーポン", "kind=paper"), DATE
)

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

        def log_message(self, *args: object) -> None:
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


@contextmanager
def emulating(config: EmulatorConfig, *, keep_ports: bool = False) -> Iterator[Emulator]:
    # Playwright's own event loop runs on this thread, and the mail server starts one where it is called.
    with ExitStack() as stack, ThreadPoolExecutor(1) as aside:
        yield aside.submit(stack.enter_context, running(config, keep_ports=keep_ports)).result()


@dataclass
class Screen:
    """The page, and what a person does on it."""

    page: Page
    emulator: Emulator
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Keep every error that the page logs or throws, and every dialog that a script opens."""
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._refuse)

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="トーク")

    def bubbles(self, sender: str) -> Locator:
        return self.log.locator(f".bubble[data-from={sender}]")

    @property
    def quick(self) -> Locator:
        return self.page.get_by_role("group", name="かんたん返信")

    @property
    def emulator_token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.emulator.config.line_channel_access_token}"}

    def add_friend(self) -> None:
        self.page.get_by_role("button", name="友だちに追加").click()
        expect(self.page.get_by_label("メッセージ", exact=True)).to_be_enabled()

    def say(self, words: str) -> None:
        line = self.page.get_by_label("メッセージ", exact=True)
        line.fill(words)
        line.press("Enter")
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


def violations(page: Page) -> list[str]:
    page.wait_for_function("() => document.getAnimations().length === 0")
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['target']}" for each in found]


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
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
