"""What the tests of the pages share: a counter on real engines, somebody who talks with it, and their browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from itertools import count
from threading import Thread
from typing import Any

from flask.testing import FlaskClient
from uuid_utils.compat import uuid7
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from bot import rewards
from bot.app import create_app
from bot.conversation import Taken, take_turns
from bot.filing import open_claim
from bot.parts import Parts, open_parts
from bot.settings import settings_from
from bot.store import inbound, submissions
from bot.store.clock import DemoClock
from bot.store.db import autocommit, open_pool, transaction
from tests.bot.claims_house import coupon, import_coupons

SECRET = "a channel secret"
KEY = "test:" + base64.b64encode(b"k" * 32).decode()
HANAKO = "U0a1b2c3d4e5f60718293a4b5c6d7e8f9"
NUMBER = "TG12345678"

SETTINGS = {
    "SECRET_KEYS": KEY,
    "CLOCK": "demo",
    "LINE_CHANNEL_ID": "1650000000",
    "LINE_CHANNEL_SECRETS": SECRET,
    "LINE_CHANNEL_ACCESS_TOKEN": "token",
    "LINE_ADD_FRIEND_URL": "https://line.me/R/ti/p/@madoguchi",
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "office@counter.example.jp",
}

# Up to where the private part begins: each word answers one question of the script.
TO_THE_DOOR = ("こんにちは", "paper", "09", "2023-02-24", "nothing", "some", "no", "apply", NUMBER, "2023-02-23", "no")
UNWRITTEN = re.compile(r"\b(?:Phrase|Until|Yen)\(")
LATER_PAGES = ("agree", "栃木 花子", "090-1234-5678", "same")


def rows(counter: Counter, query: str) -> list[tuple[Any, ...]]:
    with autocommit(counter.parts.db) as connection:
        return connection.execute(query.encode()).fetchall()


@contextmanager
def one_connection(parts: Parts) -> Iterator[Parts]:
    """With a pool of one connection: whoever needs a second one to let go of the first waits in vain."""
    assert parts.settings.database_url
    pool = open_pool(parts.settings.database_url.get_secret_value(), size=1)
    try:
        yield replace(parts, db=pool)
    finally:
        pool.close()


class Counter:
    """A counter, and one person on LINE who talks with it."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.app = create_app(parts)
        self._number = count(1)

    def line(self, *words: str) -> list[Taken]:
        """What the person writes arrives signed, and its turns are taken, as a worker takes them."""
        return [turn for text in words for turn in self.shows({"type": "text", "text": text})]

    def shows(self, message: Mapping[str, object]) -> list[Taken]:
        """The same with a message of any kind."""
        self._sent()  # what a page has had told in the chat meanwhile
        self._arrive(message)
        return self._taken()

    def unsends(self, message_id: str) -> list[Taken]:
        """They take a message back."""
        self._happen({"type": "unsend", "unsend": {"messageId": message_id}})
        return self._taken()

    def to_the_door(self) -> str:
        """A conversation up to its private part; gives the path of the one-time link."""
        return link_of(self.line(*TO_THE_DOOR)[-1])

    def code(self) -> str:
        """The newest code that was planned to be sent."""
        body = self.sent("code")[-1][0]["text"]
        found = re.search(r"\d{6}", body)
        assert found
        return found[0]

    def sent(self, purpose: str) -> list[list[dict[str, Any]]]:
        """All that was planned for that purpose, oldest first."""
        with autocommit(self.parts.db) as connection:
            rows = connection.execute("SELECT body FROM outgoing WHERE purpose = %s ORDER BY id", (purpose,)).fetchall()
        return [self.parts.vault.open_json(row[0], "body") for row in rows]

    def move(self, to: str) -> None:
        assert isinstance(self.parts.clock, DemoClock)
        self.parts.clock.move(datetime.fromisoformat(to))

    def entitled(self, amount: int = 1000) -> str:
        """Accept the application that is on record; gives the token of its reward page."""
        with transaction(self.parts.db) as connection:
            due = submissions.claim(connection, most=1)[0]
            claim = open_claim(self.parts, due.claim)
            rewards.entitle(self.parts, connection, due, claim, amount=amount, language="ja")
        found = re.search(r"/r/(\w+)", self.sent("reward_url")[-1][0]["text"])
        assert found
        return found[1]

    def turns(self) -> int:
        with autocommit(self.parts.db) as connection:
            row = connection.execute("SELECT count(*) FROM turns").fetchone()
        assert row
        return int(row[0])

    def _taken(self) -> list[Taken]:
        with autocommit(self.parts.db) as connection:
            events = inbound.claim(connection, most=1)
        taken = take_turns(self.parts, events)
        self._sent()
        return taken

    def _arrive(self, message: str | Mapping[str, object], *, mode: str = "active") -> None:
        said = {"type": "text", "text": message} if isinstance(message, str) else message
        told = {"id": str(next(self._number)), **said}
        self._happen({"type": "message", "replyToken": uuid7().hex, "message": told}, mode=mode)

    def _happen(self, what: Mapping[str, object], *, mode: str = "active") -> None:
        at = self.parts.clock.now() - timedelta(milliseconds=1)
        event = {
            **what,
            "webhookEventId": f"01H{next(self._number):023d}",
            "mode": mode,
            "timestamp": int(at.timestamp() * 1000),
            "source": {"type": "user", "userId": HANAKO},
            "deliveryContext": {"isRedelivery": False},
        }
        body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
        signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
        answer = self.app.test_client().post("/webhooks/line", data=body, headers={"X-Line-Signature": signature})
        assert 200 == answer.status_code

    def _sent(self) -> None:
        with autocommit(self.parts.db) as connection:
            connection.execute("UPDATE outgoing SET state = 'sent' WHERE state = 'sending' OR purpose = 'turn'")


class Browser:
    """A browser without JavaScript: follows links and redirects, and sends the forms that it was given."""

    def __init__(self, counter: Counter) -> None:
        self.client: FlaskClient = counter.app.test_client()
        self.page: TestResponse
        self.text = ""

    def get(self, path: str) -> Browser:
        return self.see(self.client.get(path, follow_redirects=True))

    def enter(self, link: str) -> Browser:
        """Open the one-time link and press 「はじめる」."""
        self.get(link)
        return self.post(link)

    def post(self, path: str = "/form", *, form: str | None = None, **fields: str) -> Browser:
        """Send the page's form (or that of another page) with these fields."""
        hidden = hidden_fields(self.text if form is None else form)
        return self.see(self.client.post(path, data={**hidden, **fields}, follow_redirects=True))

    def answer(self, *words: str) -> Browser:
        for word in words:
            named = "choice" if 'type="radio"' in self.text or word in ("same", "resend", "submit") else "answer"
            self.post(**{named: word})
        return self

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return unescape(found[1]) if found else ""

    @property
    def error(self) -> str:
        found = re.search(r'id="error">(.*?)</p>', self.text, re.DOTALL)
        return unescape(found[1]) if found else ""

    def field(self, name: str = "answer") -> str:
        """What stands in a text field."""
        found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', self.text)
        assert found
        return unescape(found[1])

    def see(self, page: TestResponse) -> Browser:
        self.page, self.text = page, page.get_data(as_text=True)
        assert not UNWRITTEN.search(self.text), "a fact stands on the page that was not written in its language"
        return self


@contextmanager
def served(counter: Counter) -> Iterator[str]:
    """The address of the counter's pages, served on loopback."""
    server = make_server("127.0.0.1", 0, counter.app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of a page's main form: the last one of each name that holds an ask-id, else the last."""
    forms = re.findall(r"<form.*?</form>", html, re.DOTALL)
    main = next((form for form in forms if 'name="ask"' in form), forms[-1] if forms else "")
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', main)}


def link_of(taken: Taken) -> str:
    """The path of the one-time link in what a turn said."""
    url = next(said.link.url for said in taken.play.said if said.link)
    return "/continue/" + url.rpartition("/")[2]


@contextmanager
def opened_counter(database_url: str, redis_url: str, **settings: str) -> Iterator[Counter]:
    """A counter over these engines, with one coupon on its list, on the fifth of April 2023."""
    values = {**SETTINGS, "DATABASE_URL": database_url, "REDIS_URL": redis_url, **settings}
    with open_parts(settings_from(values), threads=2) as parts:
        import_coupons(parts.db, coupon(NUMBER))
        yield Counter(parts)
