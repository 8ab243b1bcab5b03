"""Drawing a conversation's page: the question that waits, *check your answers*, the receipt, or the way on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g

from bot.filing import open_claim, standing_of, subjects_of
from bot.parts import Parts
from bot.store import holds, submissions
from bot.store.known_claims import Whose
from bot.store.submissions import Filed
from bot.web.drawing import TRAVELLERS, Door, page
from bot.web.place import Place
from bot.web.staff_talk import talk_with_staff
from dialogs.coupon_questions import Balance, InquiryNumber, Prefecture
from dialogs.engine import Answered
from dialogs.facts import facts_at
from dialogs.letters import receipt, told_to_wait
from dialogs.message import Outbound
from dialogs.personal import Code, Contact, Name, Target
from dialogs.phrasing import sentence
from dialogs.questions import CheckAnswers, Day, PickOne, Question
from dialogs.reaction import Menu
from dialogs.reading import Unreadable
from dialogs.refund_questions import JapanPostNumber, PostalCode
from dialogs.standing import TITLE, UNDECIDED, status_rows
from dialogs.steps import Say
from dialogs.trouble_questions import Told
from dialogs.walking import label_of
from dialogs.words import Words

# What a browser may fill in, and the keyboard that a telephone opens: one on which digits and @ are both near.
FIELDS: Mapping[type[Question] | str, tuple[str, str]] = {
    Name: ("name", "text"),
    Contact: ("tel", "email"),
    Target: ("tel", "email"),
    Code: ("one-time-code", "numeric"),
    Balance: ("off", "numeric"),
    PostalCode: ("postal-code", "numeric"),
    JapanPostNumber: ("off", "numeric"),
    "refund.address": ("street-address", "text"),
    "transfer.symbol": ("off", "numeric"),
    "transfer.number": ("off", "numeric"),
}
ONE_LINE = 254  # characters that a field of one line takes
PLAIN_FIELD = ("off", "text")
# A field is as wide as what is written into it.
WIDTHS: Mapping[type[Question] | str, int] = {
    Code: 6,
    PostalCode: 8,
    Balance: 8,
    JapanPostNumber: 8,
    "transfer.symbol": 8,
    "transfer.number": 8,
    Prefecture: 12,
    InquiryNumber: 16,
}
TOLD_AT_THE_FIELD = "code_not."
EARLIER = "0"  # the turn in the ask-id of a page of before: never that of a question that waits


@dataclass(frozen=True)
class Asked:
    """A question as a page asks it: what stands in its fields, and why that was not taken."""

    question: Question
    ask_id: str
    typed: Mapping[str, str]
    error: str = ""
    back: bool = False


class Screen:
    """One drawing of a conversation's place."""

    def __init__(self, parts: Parts, place: Place, door: Door) -> None:
        self.parts = parts
        self.place = place
        self.door = door
        self.facts = facts_at(place.campaign, place.at)
        g.language = place.state.language

    def as_it_stands(self) -> str:
        """The page on a mere look."""
        says = self.place.standing()
        at_field = [say for say in says if say.wording.startswith(TOLD_AT_THE_FIELD)]
        error = self._sentence(at_field[-1]) if at_field else ""
        return self._draw([self._note(say) for say in says if say not in at_field], error=error)

    def earlier(self, given: Answered) -> str:
        """A page of before, asked for again: its question with the answer that stands."""
        question, state = given.question, self.place.state
        ask_id = f"{state.id}.{EARLIER}.{question.key}"
        typed = _fields(question, given.stored, self.place.spoken)
        return self._question(Asked(question, ask_id, typed))

    def told(self, says: Sequence[Say], more: Sequence[Outbound] = ()) -> str:
        """The page with sentences on top."""
        return self._draw([*(self._note(say) for say in says), *more])

    def came_home(self, says: Sequence[Say]) -> str:
        """The end of a small script: what it has said, and the way on."""
        under_way = self.place.asking is not None and self.place.turn is not None and bool(self.place.turn.path)
        return self._page("beside_done.html", notes=[self._note(say) for say in says], under_way=under_way)

    def refused(self, question: Question, ask_id: str, why: Say, typed: Mapping[str, str]) -> str:
        """The same question once more, with the reason at its field and what was typed still in it."""
        empty = why.key == "why.empty" and _kind(question) == "choices"
        error = self._sentence(Say("page.more.choose_one") if empty else why)
        return self._question(Asked(question, ask_id, typed, error, self.place.can_go_back))

    def _draw(self, notes: Sequence[Outbound], *, error: str = "") -> str:
        screen, place = self.place.screen(here=self.door.here), self.place
        if screen == "receipt":
            return self._receipt(notes)
        if screen == "check":
            return self._check(notes)
        if screen == "question" and place.asking:
            typed = _given_before(place.asking, place)
            ask_id = place.state.pending.ask_id
            return self._question(Asked(place.asking, ask_id, typed, error, place.can_go_back), notes)
        return self._page(f"{screen}.html", notes=notes)

    def _question(self, asked: Asked, notes: Sequence[Outbound] = ()) -> str:
        question = asked.question
        spoken, kind = self.place.spoken, _kind(question)
        autocomplete, keyboard = FIELDS.get(type(question)) or FIELDS.get(question.wording, PLAIN_FIELD)
        wording, facts = question.wording, {**self.facts, **question.facts}
        return self._page(
            "question.html",
            kind=kind,
            wording=wording,
            heading=self._heading(question),
            text=spoken.say(f"ask.{wording}", **facts),
            hint=spoken.say(question.hint, **facts) if spoken.has(question.hint) else "",
            choices=question.choices(spoken),
            error=asked.error,
            typed=asked.typed,
            ask_id=asked.ask_id,
            autocomplete="off" if self.door.for_caller else autocomplete,
            keyboard=keyboard,
            width=WIDTHS.get(type(question)) or WIDTHS.get(question.wording, "ide"),
            searched=self._with_script(question),
            sent_to=self._sent_to() if isinstance(question, Code) else "",
            notes=notes,
            # A question that came by itself (a menu) is left by its own answers.
            back=asked.back and not isinstance(question, Menu),
        )

    def _with_script(self, question: Question) -> bool:
        """Whether the page finds banks as one types: for that alone a script of ours is let in."""
        asking = self.place.asking
        g.own_script = (
            self.place.looks_up
            and asking is not None
            and question.key == asking.key
            and self.door.path == TRAVELLERS.path
        )
        return bool(g.own_script)

    def _heading(self, question: Question) -> str:
        """The short name of what is asked."""
        key = f"page.heading.{question.wording}"
        if self.place.spoken.has(key):
            return self.place.spoken.say(key, **{**self.facts, **question.facts})
        if self.place.spoken.has(f"label.{question.wording}"):
            return label_of(question, self.place.spoken)
        return self.place.spoken.say("page.title")

    def _sent_to(self) -> str:
        """Where the code went, as it was written: who mistyped it sees it. "" where the record says where to."""
        path = self.place.turn.path if self.place.turn else []
        target = next((given for given in path if isinstance(given.question, Target)), None)
        if target is None:
            return ""
        value = target.question.show(target.stored, self.place.spoken)
        return self.place.spoken.say("page.more.sent_to", target=value)

    def _check(self, notes: Sequence[Outbound]) -> str:
        spoken, turn = self.place.spoken, self.place.turn
        question = self.place.asking
        assert turn is not None and isinstance(question, CheckAnswers)  # noqa: S101, PT018 - screen() says so
        rows = [
            (given.question.key, label_of(given.question, spoken), given.question.show(given.stored, spoken))
            for given in turn.path
            if given.question.stands(given.stored) and question.covers(given.question)
        ]
        labels = {choice.value: choice.label for choice in question.choices(spoken)}
        ask_id = self.place.state.pending.ask_id
        apart = f"page.check_note.{question.wording}"
        note = spoken.say(apart if spoken.has(apart) else "page.more.check_note")
        return self._page("check.html", rows=rows, note=note, submit=labels["submit"], ask_id=ask_id, notes=notes)

    def _receipt(self, notes: Sequence[Outbound]) -> str:
        filed = submissions.of_person(self.parts.db, Whose(self.place.conversation.person))
        if not filed:
            return self._page("ended.html", notes=notes)
        return self._page("receipt.html", notes=notes, **self._receipt_of(filed[0]))

    def _receipt_of(self, newest: Filed) -> dict[str, Any]:
        language, campaign = self.place.state.language, self.parts.campaigns.seen_by(newest)
        rows = status_rows(standing_of(self.parts, newest), language, at=self.place.at)
        title, note = self.place.spoken.say(TITLE), ""
        if newest.claim and newest.state in UNDECIDED:
            claim = open_claim(self.parts, newest.claim)
            letter = receipt(claim, campaign, language, by_transfer=bool(newest.refund))
            if holds.is_open(self.parts.db, subjects_of(self.parts, claim)):
                letter = told_to_wait(letter, campaign, language)
            card = letter.card
            title, note = (card.title, card.note) if card else (title, note)
        return {"title": title, "number": rows[0], "rows": rows[1:], "note": note}

    def _page(self, template: str, **values: Any) -> str:
        # One nonce a drawing: the same form sent twice is one event.
        nonce = secrets.token_urlsafe(9)
        in_chat = not self.place.began_here
        talk = talk_with_staff(self.parts, self.place)
        values = {"nonce": nonce, "in_chat": in_chat, "place": self.place, "talk": talk, **values}
        return page(self.parts, template, campaign=self.place.campaign, door=self.door, **values)

    def _note(self, say: Say) -> Outbound:
        return Outbound(self._sentence(say))

    def _sentence(self, say: Say) -> str:
        """As it is said in a chat, unless a page says it otherwise: «send a message» is no word for a page."""
        return sentence(say, self.place.spoken, self.facts)


def _kind(question: Question) -> str:
    if isinstance(question, Day):
        return "date"
    if isinstance(question, Told) and question.most > ONE_LINE:
        return "story"
    return "choices" if isinstance(question, PickOne | Menu) else "text"


def _given_before(question: Question, place: Place) -> dict[str, str]:
    """An answer that was taken back stands in the field, ready to be mended."""
    entry = place.state.record.get(question.key)
    if not entry or isinstance(question, Code) or entry["a"] != question.about:
        return {}
    return _fields(question, entry["v"], place.spoken)


def _fields(question: Question, stored: Any, spoken: Words) -> dict[str, str]:
    """A stored answer as the form would have sent it."""
    if isinstance(question, Day):
        return _day_fields(str(stored))
    if stored in [choice.value for choice in question.choices(spoken)]:
        return {"choice": stored}
    return {"answer": _shown(question, stored, spoken)}


def _day_fields(stored: str) -> dict[str, str]:
    year, month, day = [*stored.split("-"), "", ""][:3]
    return {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}


def _shown(question: Question, stored: Any, spoken: Words) -> str:
    try:
        return question.show(stored, spoken)
    except (Unreadable, TypeError, ValueError):
        return ""
