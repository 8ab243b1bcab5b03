"""A person who goes through a whole case: LINE lines and taps, the private page as a browser sees it, SMS and mail."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Sequence
from contextlib import closing
from html.parser import HTMLParser
from typing import Any

import httpx

from integrations.emulator.driver import LinePerson
from tests.journeys.house import PROJECT, House
from tests.journeys.reward_site import RewardSite

PATIENCE = 60.0  # a worker that was woken late and a busy machine
HTTP_SECONDS = 60.0
URL = re.compile(r"http://\S+/r/[0-9A-Z]+")
CODE = "認証番号"
RECEIPT_NO = r"\d{4}-\d{4}-\d{2}"
REWARD = "/r/"
TEXTS = tomllib.loads((PROJECT / "dialogs/texts/ja.toml").read_text())


def text(key: str) -> str:
    """The longest stretch of a sentence of the counter's that is the same for everybody."""
    found: Any = TEXTS
    for part in key.split("."):
        found = found[part]
    return max(re.split(r"\{\w+\}|\n", found), key=len)


# What is said on LINE up to the first coupon, and the question that follows.
ELIGIBILITY = (
    ("1", "ask.prefecture"),
    ("栃木県", "ask.expiry"),
    ("2/24", "ask.event"),
    ("1", "ask.balance"),
    ("2000円", "ask.charged"),
    ("1", "ask.wish"),
    ("1", "ask.coupon.number"),
)


class PrivatePage:
    """The page behind a one-time link, in a browser of its own."""

    def __init__(self, url: str) -> None:
        self._browser = httpx.Client(follow_redirects=True, timeout=HTTP_SECONDS, trust_env=False)
        self._base = re.split("/(?:continue|c)/", url)[0]
        self._url = url
        self.text = ""
        self.fields: dict[str, str] = {}

    def open(self) -> None:
        """Look at the link, then press 「はじめる」."""
        self._seen(self.request("GET", self._url))
        self._seen(self.request("POST", self._url, {"csrf": self.fields["csrf"]}))

    @property
    def asked(self) -> str:
        """The key of the question on the page; "" when there is none."""
        return self.fields.get("ask", "").split(".", 2)[-1]

    def send(self, **answer: str) -> None:
        """Send the form of the page with this answer."""
        self._seen(self.post(**answer))

    def post(self, **answer: str) -> httpx.Response:
        """The same, without looking at what comes back: a second one is a double click."""
        return self.request("POST", f"{self._base}/form", {**self.fields, **answer})

    def look(self) -> None:
        """Load the form again."""
        self._seen(self.request("GET", f"{self._base}/form"))

    def visit(self, path: str) -> None:
        """Open another page of the counter."""
        self._seen(self.request("GET", f"{self._base}{path}"))

    def send_to(self, path: str, **answer: str) -> None:
        """Send the form of a page that is not the conversation's."""
        self._seen(self.request("POST", f"{self._base}{path}", {**self.fields, **answer}))

    def request(self, method: str, url: str, data: dict[str, str] | None = None) -> httpx.Response:
        """One request of the browser, redirects followed."""
        return self._browser.request(method, url, data=data)

    def close(self) -> None:
        self._browser.close()

    def _seen(self, answer: httpx.Response) -> None:
        answer.raise_for_status()
        self.text = answer.text
        self.fields = hidden_fields(answer.text)


class Traveller:
    """One person with a telephone; number is their mobile's in E.164 and national is how they write it."""

    def __init__(self, house: House, serial: int, *, mail: str = "") -> None:
        self.house = house
        self.line: LinePerson = house.emulator.line.person(name=f"旅行 {serial}")
        self.number = f"+8190{serial:08d}"
        self.national = f"090{serial:08d}"
        self.mail = mail
        self.name = "栃木　花子"

    @property
    def target(self) -> str:
        return self.mail or self.national

    def says(self, said: str, then: str) -> dict[str, Any]:
        """Write on LINE and wait for the sentence of that key."""
        self.line.says(said)
        return self.hears(then)

    def hears(self, key: str, timeout: float = PATIENCE) -> dict[str, Any]:
        """Wait on LINE for the sentence of that key."""
        return self.line.wait_for(text(key), timeout)

    def begins(self) -> None:
        """Add the account and read the greeting."""
        self.line.follow()
        self.hears("ask.kind")

    def is_eligible(self) -> None:
        """Answer until the first coupon is asked for."""
        for said, then in ELIGIBILITY:
            self.says(said, then)

    def names_coupons(self, numbers: Sequence[str]) -> str:
        """Tell the coupons one by one; the one-time link to the private page."""
        for position, number in enumerate(numbers, start=1):
            self.says(number, "ask.coupon.trip_date")
            self.says("2/23", "ask.coupon.more")
            if position < len(numbers):
                self.says("はい", "ask.coupon.number")
        self.says("いいえ", "private_part")
        return self.line.taps(text("button.open_page"))

    def opened(self, link: str) -> PrivatePage:
        """A browser for that link."""
        return PrivatePage(link)

    def fills_in(self, link: str) -> None:
        """The whole private part, with the code that is read from the telephone or the mail box."""
        with closing(self.opened(link)) as page:
            page.open()
            page.send(choice="agree")
            page.send(answer=self.name)
            page.send(answer=self.national)
            before = len(self.letters(CODE))  # the same number may have had one by another account
            page.send(answer=self.target)
            wait_until(lambda: len(self.letters(CODE)) > before)
            page.send(answer=self.code())
            assert page.asked == ""

    def code(self) -> str:
        """The newest one-time code that was sent to them."""
        found = re.search(r"\d{6}", self.letter(CODE).partition(CODE)[2])
        assert found
        return found[0]

    def letter(self, part: str) -> str:
        """The newest SMS or mail with these words."""
        if self.mail:
            return str(self.house.emulator.mail.wait_for(self.mail, part, PATIENCE)["text"])
        return str(self.house.emulator.sms.wait_for(self.number, part, PATIENCE)["body"])

    def letters(self, part: str) -> list[str]:
        """All SMS or mails with these words."""
        inbox = self.house.emulator.mail.inbox(self.mail) if self.mail else self.house.emulator.sms.inbox(self.number)
        texts = [str(letter["text" if self.mail else "body"]) for letter in inbox]
        return [text for text in texts if part in text]

    def applies(self) -> str:
        """Send the application off on LINE; the receipt number."""
        self.hears("ask.check")
        self.line.taps(text("option.check.submit"))
        return self.receipt_no()

    def receipt_no(self) -> str:
        """The number in the receipt, which comes next on LINE."""
        found = re.search(RECEIPT_NO, str(self.hears("card.receipt")["message"]))
        assert found
        return found[0].replace("-", "")

    def whole_case(self, coupons: Sequence[str]) -> str:
        """From hello to the receipt number."""
        self.begins()
        self.is_eligible()
        self.fills_in(self.names_coupons(coupons))
        return self.applies()

    def reward_url(self) -> str:
        """The URL of the reward page, as it was sent to them."""
        found = URL.search(self.letter(REWARD))
        assert found
        return found[0]

    def at_the_reward_site(self) -> RewardSite:
        """A browser there, up to the rewards; close() it."""
        site = RewardSite(self.reward_url())
        before = len(self.letters(CODE))

        def newest_code() -> str:
            wait_until(lambda: len(self.letters(CODE)) > before)
            return self.code()

        site.prove(newest_code)
        return site

    def reward_page(self) -> str:
        """What the reward site shows to whoever reads their one-time codes."""
        with closing(self.at_the_reward_site()) as site:
            return site.text


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's last form that holds the question, or of its first form."""
    reader = _Forms()
    reader.feed(html)
    asking = [form for form in reader.forms if "ask" in form]
    return (asking or reader.forms or [{}])[0]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and values.get("type") == "hidden" and self.forms:
            self.forms[-1][values["name"]] = values["value"]


def wait_until(done: Any, timeout: float = PATIENCE) -> None:
    """Until the call gives something true; raises AssertionError."""
    deadline = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
