"""Somebody in a recording: what they do by each door, and what they see there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from integrations.emulator.line_people import new_user_id
from tests.bot.console.desk import hire, session_for, sit_down
from tests.journeys.browsing import Browser
from tests.journeys.office import Office
from tests.journeys.studio import House, Studio
from tests.journeys.tape import Act

MOBILE, MAIL = "+819012345678", "hanako@example.jp"
LINE, TEXTS, CALLS = "/webhooks/line", "/webhooks/twilio/inbound", "/console/calls"
BROUGHT = re.compile(r"https?://\S+?/(?:continue|c|r)/[\w-]+")
CODE = re.compile(r"\b\d{6}\b")
JST_ARRIVES = re.compile(r"arrives (.+)")


class Somebody:
    """One person with a LINE account, a mobile, a mail box and a browser."""

    def __init__(self, studio: Studio, house: House, *, profile: str = "ja") -> None:
        self.studio, self.house = studio, house
        self.line = studio.emulator.line.person(new_user_id(), name="栃木 花子", language=profile)
        studio.emulator.sms.forget_stop(MOBILE)
        self.office = Office(house)
        self.browser = Browser(house.app.test_client())
        self._desk: Browser | None = None
        self.links: list[str] = []
        self.codes: list[str] = []
        self.last_message = ""
        self._seen = {"line": 0, "sms": self._inbox_length("sms"), "mail": self._inbox_length("mail")}

    def does(self, act: Act) -> list[str]:
        """The act, and all that the person sees of it afterwards, a line each."""
        doors: Mapping[str, Callable[[Act], list[str]]] = {
            "line": self._on_line,
            "sms": self._by_sms,
            "web": self._on_the_web,
            "phone": self._by_phone,
            "time": self._wait,
            "office": self._office,
        }
        self.studio.move(self.house, act.at)
        seen = doors[act.door](act)
        if act.how != "quickly":
            self.house.works()
        return seen + [line for door in ("line", "sms", "mail") for line in self._news(door)]

    # --- doors

    def _on_line(self, act: Act) -> list[str]:
        special = {
            "{follow}": self.line.follow,
            "{block}": self.line.blocks,
            "{sticker}": self.line.sends_sticker,
            "{image}": self.line.sends_image,
            "{unsend}": lambda: self.line.unsends(self.last_message),
        }
        if act.what in special:
            special[act.what]()
        elif tapped := re.fullmatch(r"\[(.+)]", act.what):
            self.line.taps(tapped[1])
        elif picked := re.fullmatch(r"<(\d{4}-\d\d-\d\d)>", act.what):
            self.line.picks(picked[1])
        elif area := re.fullmatch(r"\((.+)\)", act.what):
            self.line.taps_menu(area[1])
        else:
            self.last_message = self.line.says(self._meant(act.what))
        self._arrive(act, LINE)
        return []

    def _by_sms(self, act: Act) -> list[str]:
        self.studio.emulator.sms.reply(MOBILE, self._meant(act.what))
        self._arrive(act, TEXTS)
        return []

    def _arrive(self, act: Act, path: str) -> None:
        late = JST_ARRIVES.fullmatch(act.how)
        if late:
            self.studio.move(self.house, datetime.fromisoformat(late[1]).replace(tzinfo=act.at.tzinfo))
        self.studio.deliver(self.house, 1, path, times=2 if act.how == "twice" else 1)

    def _wait(self, act: Act) -> list[str]:
        self.house.lets_time_go_by()
        return []

    def _office(self, act: Act) -> list[str]:
        return self.office.does(act.what)

    def _on_the_web(self, act: Act) -> list[str]:
        return self._in_a_browser(self.browser, act, door="web")

    def _by_phone(self, act: Act) -> list[str]:
        """The caller says it, and staff do it in the form that they fill in for them."""
        if self._desk is None:
            client = self.house.app.test_client()
            member = hire(self.house.parts, "ichiro", name="担当 一郎")
            self._desk = Browser(sit_down(client, session_for(self.house.parts, member)))
            self._desk.goes(CALLS)
        return self._in_a_browser(self._desk, act, door="phone")

    def _in_a_browser(self, browser: Browser, act: Act, *, door: str) -> list[str]:
        times = 2 if act.how == "twice" else 1
        if act.what == "{open}":
            browser.goes(urlsplit(next(link for link in reversed(self.links) if "/r/" not in link)).path)
        elif act.what == "{reward}":
            browser.goes(urlsplit(next(link for link in reversed(self.links) if "/r/" in link)).path)
        elif act.what == "{browser back}":
            browser.goes_back()
        elif went := re.fullmatch(r"{(/.*)}", act.what):
            browser.goes(went[1])
        elif tapped := re.fullmatch(r"\[(.+)]", act.what):
            browser.presses(tapped[1], times=times)
        else:
            browser.types(self._meant(act.what), times=times)
        return [f"{door}| {line}" for line in browser.page.lines]

    # --- what is seen

    def _meant(self, words: str) -> str:
        """The newest code in the place of {code}; \\n for a new line; {3000} for so many letters."""
        words = words.replace("{code}", self.codes[-1] if self.codes else "").replace("\\n", "\n")
        return re.sub(r"{(\d+)}", lambda many: "あ" * int(many[1]), words)

    def _news(self, door: str) -> list[str]:
        """What has come by this door since it was last looked at."""
        came = self._messages(door)
        news, self._seen[door] = came[self._seen[door] :], len(came)
        lines = [line for message in news for line in message]
        whole = "\n".join(lines)
        self.links += BROUGHT.findall(whole)
        if door != "line" and not BROUGHT.search(whole):
            self.codes += CODE.findall(whole)
        return [f"{door}| {line}" for line in lines]

    def _messages(self, door: str) -> list[list[str]]:
        emulator = self.studio.emulator
        if door == "line":
            shown = [entry["message"] for entry in self.line.messages if entry["from"] == "counter"]
            return [list(_drawn(message)) for message in shown]
        if door == "sms":
            return [text["body"].splitlines() for text in emulator.sms.inbox(MOBILE)]
        mails = emulator.mail.inbox(MAIL)
        return [[f"({mail['subject']})", *mail["text"].splitlines()] for mail in mails]

    def _inbox_length(self, door: str) -> int:
        emulator = self.studio.emulator
        return len(emulator.sms.inbox(MOBILE) if door == "sms" else emulator.mail.inbox(MAIL))


def _drawn(message: Mapping[str, Any]) -> Iterator[str]:
    """A LINE message as a phone draws it; what can be tapped stands in brackets."""
    text = [message["text"]] if message["type"] == "text" else list(_texts(message.get("contents", message)))
    for part in text:
        yield from part.splitlines()
    yield from _labels(message)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            if name in ("text", "title") and isinstance(entry, str):
                yield entry
            elif name not in ("action", "actions", "quickReply"):
                yield from _texts(entry)


def _labels(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _labels(entry)
    elif isinstance(value, dict):
        if value.get("type") in ("postback", "message", "uri", "datetimepicker", "clipboard"):
            yield f"[{value.get('label') or value.get('text', '')}] {value.get('uri', '')}".strip()
        for entry in value.values():
            yield from _labels(entry)
