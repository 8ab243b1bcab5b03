"""Plays a conversation line by line, as the host would: a person at one end, a small table of records at the other.

A line is what the person does: «とちぎ» types it, «[栃木県]» taps that label, «<2023-02-24>» picks that day,
«{sticker}» does something else. A line that begins with «web:» happens on the private page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from dialogs.beside import out_of_it, playing
from dialogs.conversation import hear, learn
from dialogs.engine import Desk, Script, replay
from dialogs.message import Address, Inbound, Outbound
from dialogs.phrasing import phrase
from dialogs.reaction import Reaction, Setting, State
from dialogs.reading.commands import read_command
from dialogs.rules.campaign import JST, Campaign, load_campaign
from dialogs.scripts import SCRIPTS, SIDES
from dialogs.steps import Lookup, Outcome
from dialogs.walking import show

CAMPAIGN = load_campaign("tochigi-2023-02")
PAGE = "https://r.example.jp/continue/abc"
RECEIPT_NO = "1234567897"
RIGHT_CODE, OLD_CODE = "123456", "999999"
CASE_NO = "C1234567897"
KNOWN = {
    "TG11111111": "A_APPLY",
    "TG22222222": "A_APPLY",
    "TG33333333": "A_APPLY",
    "TG44444444": "A_APP",
    "TG55555555": "NOT_A",
    "TG66666666": "NO_BALANCE",
    **{f"TEN{n:05}": "A_APPLY" for n in range(1, 11)},
}

BANKS = [
    {"code": "0129", "name": "足利銀行"},
    {"code": "1221", "name": "足利小山信用金庫"},
    {"code": "9900", "name": "ゆうちょ銀行"},
    {"code": "1234", "name": ""},
]
FOUND = {"あしかが": ("0129", "1221"), "ゆうちょ": ("9900",), "1234": ("1234",)}
BRANCHES = [{"code": "101", "name": "宇都宮"}, {"code": "408", "name": "四〇八"}, {"code": "058", "name": "〇五八"}]

# From nothing to *check your answers*, on 2023-04-05.
PAPER = ["こんにちは", "[紙の地域クーポン]", "[栃木県]", "<2023-02-24>", "[なかった]", "[1円以上残っていた]"]
ELIGIBLE = [*PAPER, "[していない（紙のまま）]"]
ONE_COUPON = [*ELIGIBLE, "[いま申請する]", "TG-1111 1111", "2/23", "[いいえ、これで全部]"]
PERSON = ["web:[同意して進む]", "web:栃木 花子", "web:090-1234-5678", "web:[ご連絡先と同じ]", f"web:{RIGHT_CODE}"]
TO_CHECK = [*ONE_COUPON, *PERSON]
SUBMITTED = [*TO_CHECK, "[この内容で申請する]"]

# The same for money back: to the questions about the account, and to *check your answers*.
REFUND = [*ELIGIBLE, "[ポイントではなく返金がよい]", "TG-1111 1111", "2/23", "[いいえ、これで全部]"]
WHO = ["web:[同意して進む]", "web:栃木 花子", "web:とちぎ はなこ", "web:090-1234-5678", "web:[ご連絡先と同じ]"]
WHERE = ["web:〒320-0033", "web:栃木県宇都宮市本町1-1"]
STAY = ["web:日光見本旅館", "web:2/23", "web:2/24"]
TO_ACCOUNT = [*REFUND, *WHO, f"web:{RIGHT_CODE}", *WHERE, *STAY, "web:[同意して返金を受け取る]"]
BANK = ["web:あしかが", "web:[足利銀行（0129）]", "web:宇都宮", "web:[宇都宮（101）]", "web:[普通]", "web:0123456"]
REFUND_TO_CHECK = [*TO_ACCOUNT, *BANK, "web:[お名前と同じ（トチギ ハナコ）]"]
REFUND_SUBMITTED = [*REFUND_TO_CHECK, "web:[この内容で申請する]"]


def instant(text: str) -> datetime:
    """«04-30 23:59:59» of 2023, in Japan."""
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=JST)


@dataclass
class Talk:
    """One person's conversation; at is the time of their next act, door the channel they chat on."""

    at: str = "04-05 10:00"
    door: str = "line"
    language: str = "ja"
    script: Script = SCRIPTS["apply"][1]
    can_send_codes: bool = True
    campaign: Campaign = CAMPAIGN
    own: list[str] = field(default_factory=list)
    asked_before: list[str] = field(default_factory=list)
    by_transfer: bool = False
    coupon: str = "right"
    here: int = 0
    applied_for: tuple[str, ...] = ()
    url: str = "again"
    app_url: str = "app_again"
    case: str = ""
    state: State = field(default_factory=lambda: State("abc123", 0, "ja", {}))
    said: list[Outbound] = field(default_factory=list)
    last: Reaction | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = instant(self.at)
        self.state = replace(self.state, language=self.language)

    def play(self, lines: Iterable[str]) -> Talk:
        for line in lines:
            self.do(line)
        return self

    def check(self, dialogue: Iterable[tuple[str, str]]) -> Talk:
        """A list of (said, expected part of all that is answered)."""
        for line, expected in dialogue:
            heard = self.do(line)
            assert expected in heard, f"{line!r} was answered with:\n{heard}"
        return self

    def do(self, line: str) -> str:
        """One line; gives all that is answered, as plain text."""
        channel, act = ("web", line.removeprefix("web:")) if line.startswith("web:") else (self.door, line)
        if tapped := re.fullmatch(r"\[(.+)]", act):
            return self.tap(tapped[1], channel=channel)
        if day := re.fullmatch(r"<(.+)>", act):
            return self.happen("date", day[1], ask_id=self.ask_id, channel=channel)
        if other := re.fullmatch(r"{(.+)}", act):
            return self.happen(other[1], "", channel=channel)
        # A page's form names its question, but for a word that always works: so it is told whose answer it is.
        asked = self.page.ask_id if channel == "web" and self.state.beside and not read_command(act) else ""
        return self.happen("text", act, ask_id=asked, channel=channel)

    def tap(self, label: str, *, of: Outbound | None = None, channel: str = "") -> str:
        """A choice of the last question, or of an earlier one, by its label."""
        asked = of or (self.page if channel == "web" else self.asked)
        if not asked.choices and self.door == "sms":
            return self.happen("text", label, channel=channel)  # asked in words alone
        value = next(choice.value for choice in asked.choices if choice.label == label)
        return self.happen("button", value, ask_id=asked.ask_id, channel=channel)

    def happen(self, kind: Any, text: str, *, ask_id: str = "", channel: str = "", at: datetime | None = None) -> str:
        self.clock += timedelta(seconds=5)
        said = Inbound("e", Address(channel or self.door, "U1"), at or self.clock, kind, text, ask_id)
        setting = Setting(self.script, Desk(self.campaign, said.address.channel, home="https://r.example.jp"), SIDES)
        reaction = hear(self.state, said, setting)
        while reaction.lookup:
            self.lookups.append(reaction.lookup)
            reaction = learn(reaction, self.look_up(reaction.lookup), setting)
        self._replays_alike(reaction, setting)
        return self._answered(reaction, f"{'web ' if said.address.channel == 'web' else ''}{kind}: {text}")

    def look_up(self, lookup: Lookup) -> Mapping[str, Any]:  # noqa: C901, PLR0911 - a table of what may be asked
        args = lookup.args
        match lookup.name:
            case "coupon" if args["number"].startswith("DOWN"):
                return {"found": "unavailable"}
            case "coupon" if args["number"] in self.applied_for:
                return {"found": "mine", "receipt_no": RECEIPT_NO, "state": "pending", "target": "090-****-5678"}
            case "coupon":
                path = KNOWN.get(args["number"])
                return {"found": "match", "path": path} if path else {"found": "no_match"}
            case "send_code":
                sent = {"sent": True, "ticket": f"T{len(self.lookups)}"}
                return sent if self.can_send_codes else {"sent": False, "why": "too_many"}
            case "show_here":
                right = args["digits"] == RECEIPT_NO[-4:]
                self.here = 0 if right else self.here
                return {"claim": "right" if right else "wrong"}
            case "own_paper":
                return {"coupon": "right" if args["digits"] == "1111" else "wrong"}
            case "check_code" | "check_code_of_claim":
                of_somebody = args.get("receipt_no", RECEIPT_NO) == RECEIPT_NO
                codes = {RIGHT_CODE: "right", OLD_CODE: "expired"} if of_somebody else {}
                return {"code": codes.get(args["said"], "wrong")}
            case "banks":
                return {"found": [place for place in BANKS if place["code"] in FOUND.get(args["said"], ())]}
            case "remind":
                return {"reminder": "no_way" if self.door == "web" else args["kind"]}
            case "branches":
                found = [
                    place for place in BRANCHES if args["said"] in (place["code"], place["name"], place["name"][-1])
                ]
                return {"found": found[:1], "more": len(found) > 1}
        return self._app_url_of(args) if lookup.name == "resend_app" else self._whatever()[lookup.name]

    def _app_url_of(self, coupon: Mapping[str, Any]) -> Mapping[str, Any]:
        """How the URL of an app user stands, for who knows their coupon."""
        if (coupon["number"], coupon["trip_date"]) != ("TG44444444", "2023-02-23"):
            return {"url": "no_match"}
        return {"url": self.app_url, "target": "090-****-5678", "other": "h***@example.jp"}

    def _whatever(self) -> Mapping[str, Mapping[str, Any]]:
        """What is found whatever the arguments are."""
        return {
            "case_standing": {"case": "known" if self.case else "none", "case_no": CASE_NO, "state": self.case},
            "open_case": {"case": "opened", "case_no": CASE_NO},
            "photo": {"number": "", "why": "unread"},
            "withdrawable": {
                "receipt_nos": self.own,
                "why": "" if self.own else "none",
                "paper": self.door == "sms",
            },
            "withdraw": {"withdrawn": "asked"},
            "send_code_to_claim": {"sent": True, "ticket": f"T{len(self.lookups)}"},
            "claims_here": {"waiting": self.here},
            "know_claim": {},
            "movable": {
                "receipt_nos": self.own,
                "asked": self.asked_before,
                "why": "refund" if self.by_transfer else "none",
            },
            "own_coupon": {"coupon": self.coupon},
            "change_contact": {"change": "asked"},
            "correctable": {"receipt_nos": self.own, "why": "none"},
            "own_refund": {"coupon": self.coupon},
            "holder": {"name_kana": "トチギ ハナコ"},
            "correct_account": {"account": "corrected"},
            "call_off_change": {"change": "called_off"},
            "may_remind": {"may": self.door != "web"},
            "forget_reminders": {},
            "resend": {"url": self.url, "target": "090-****-5678", "other": "h***@example.jp"},
        }

    @property
    def ask_id(self) -> str:
        return self.state.pending.ask_id

    @property
    def asked(self) -> Outbound:
        """The last question, as it was asked."""
        return next(outbound for outbound in reversed(self.said) if outbound.ask_id)

    @property
    def page(self) -> Outbound:
        """The private page as it stands when it is opened."""
        opened = Inbound("e", Address("web", "U1"), self.clock, "unknown")
        main = Setting(self.script, Desk(self.campaign, "web"), SIDES)
        beside, state = playing(main, self.state), self.state
        now = replay(beside.script, beside.desk, state.record, self.clock)
        if not (now.asking and now.asking.private) and state.pending.channel != "web":
            state = out_of_it(state)
            now = replay(main.script, main.desk, state.record, self.clock)
        return phrase(show(Reaction(state=state, said=opened), now), self.campaign)[-1]

    @property
    def manner(self) -> str:
        assert self.last is not None
        return self.last.manner

    def _replays_alike(self, reaction: Reaction, setting: Setting) -> None:
        """Rule 1 of the dialogues, at every turn of every test."""
        record, at = reaction.state.record, reaction.said.at
        first = replay(setting.script, setting.desk, record, at)
        second = replay(setting.script, setting.desk, first.record, at + timedelta(days=1))
        assert first.keys == second.keys
        assert [answer.stored for answer in first.path] == [answer.stored for answer in second.path]

    def _answered(self, reaction: Reaction, act: str) -> str:
        outbounds = phrase(reaction, self.campaign, link=PAGE)
        self.state = replace(reaction.state, turn=reaction.state.turn + 1)
        self.last = reaction
        self.said += outbounds
        if reaction.outcome:
            self.outcomes.append(reaction.outcome)
        answered = "\n".join(in_words(outbound) for outbound in outbounds)
        if reaction.tell_status:
            answered += "\n(how the application stands)"
        ended = f"\n== {reaction.outcome}" if reaction.outcome else ""
        self.transcript.append(f"> {act}\n{answered}{ended}".strip())
        return answered


def in_words(outbound: Outbound) -> str:
    lines = [outbound.text]
    if outbound.card:
        lines += [f"| {label}: {value}" for label, value in outbound.card.rows]
    if outbound.date_picker:
        lines.append(f"({outbound.date_picker.earliest} - {outbound.date_picker.latest})")
    lines += [f"[{choice.label}]" for choice in outbound.choices]
    if outbound.link:
        lines.append(f"[{outbound.link.label}] {outbound.link.url}")
    return "\n".join(lines)
