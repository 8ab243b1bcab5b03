"""Every SMS of every path with the parts that it is billed as; REFRESH_SMS=1 writes the table anew, to be read.

What is too long has its own short wording under «sms.instead.» of dialogs/texts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from dialogs.explore import explore
from dialogs.facts import campaign_facts
from dialogs.letters import no_more_sms, one_time_code, reminder, reward_url, way_back
from dialogs.message import Outbound
from dialogs.rules.campaign import load_campaign
from dialogs.words import DOORS, FALLBACK, JST, Told, languages, words
from integrations.sms.drawing import draw
from integrations.sms.segments import segments
from tests.dialogs.player import CAMPAIGN, Talk

TABLE = Path(__file__).parent / "sms_texts.txt"
REFRESH = bool(os.environ.get("REFRESH_SMS"))
SHORT_URL = "https://r.example.jp/c/ABCDEFGH1234"
UNTIL = datetime(2023, 4, 12, 10, tzinfo=JST)
BESIDE = (
    *("stopped", "to_person", "after_the_end", "already_submitted", "language_changed", "back_to_bot"),
    *("reopened", "queue_place", "staff_closed", "handed_back", "survey_thanks"),
)

# The most parts that each kind may be billed as. A question that comes with what was found out before it tells several
# things at one go: in parts of its own each would cost more, and might arrive in another order.
MOST = {
    "code": 1,
    "stopped": 1,
    "url": 2,
    "way back": 2,
    "reminder": 2,
    "question": 2,
    "question, link": 3,
    "page": 2,
    "check": 3,
    "told": 2,
    "told several": 6,
    "told, question": 6,
    "beside": 2,
}


@dataclass
class Overheard:
    """What is said by SMS, by language, kind and words."""

    texts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, language: str, kind: str, text: str) -> None:
        self.texts[language, kind, text] = segments(text)

    def hear(self, channel: str, language: str, said: tuple[Outbound, ...]) -> None:
        if channel == "sms":
            self.add(language, _kind(said), draw(said))

    @property
    def table(self) -> str:
        rows = (f"{parts} {language} {kind}: {_one_line(text)}" for (language, kind, text), parts in self.texts.items())
        return "\n".join(sorted(rows)) + "\n"


def _kind(said: tuple[Outbound, ...]) -> str:
    asks, links = any(each.ask_id for each in said), any(each.link for each in said)
    told = sum(not (each.ask_id or each.link) for each in said)
    if any(each.card for each in said):
        return "check"
    if asks:
        return "told, question" if told > 1 or (told and not links) else "question, link" if links else "question"
    if links:
        return "page"
    return "told several" if told > 1 else "told"


def _one_line(text: str) -> str:
    return text.replace("\n", "⏎")


@pytest.fixture(scope="module")
def overheard() -> Overheard:
    found = Overheard()
    explore(CAMPAIGN, overhear=found.hear)
    facts = campaign_facts(CAMPAIGN)
    for language in languages():
        spoken = words(language, "sms")
        for key in (*BESIDE, *(key for key in spoken.spare if key.startswith("faq."))):
            found.add(
                language,
                "beside",
                spoken.say(key, **{**facts, "verify": "https://r.example.jp/verify", "ahead": 12, "days": 7}),
            )
        for phase in ("before", "open", "over"):
            now = Told(f"help_now.{phase}", facts)
            found.add(language, "beside", spoken.say("help", **{**facts, "now": now}))
        found.add(language, "code", one_time_code("sms", "012345", CAMPAIGN, language).text)
        found.add(language, "url", reward_url("sms", SHORT_URL, "1234567897", CAMPAIGN, language=language).text)
        found.add(language, "way back", way_back("sms", SHORT_URL, UNTIL, CAMPAIGN, language).text)
        for about in ("opening", "apply_end", "number", "link"):
            found.add(language, "reminder", reminder(about, "sms", CAMPAIGN, language, url=SHORT_URL).text)
        found.add(language, "stopped", no_more_sms(CAMPAIGN, language).text)
    return found


def test_every_sms_is_as_long_as_it_was_when_it_was_last_read(overheard: Overheard) -> None:
    if REFRESH:
        TABLE.write_text(overheard.table, "utf-8")
    assert TABLE.read_text("utf-8") == overheard.table


def test_no_sms_is_longer_than_its_kind_may_be(overheard: Overheard) -> None:
    long = [(parts, *which) for which, parts in overheard.texts.items() if parts > MOST[which[1]]]
    assert [] == sorted(long, reverse=True)


def test_an_sms_speaks_of_no_button(overheard: Overheard) -> None:
    wrong = ("ボタン", "押して", "押す", "タップ", "トーク", "button", "press", "tap ")
    assert [] == [text for _, _, text in overheard.texts if any(word in text for word in wrong)]


def test_only_sentences_differ_by_door_and_never_what_is_read_as_an_answer() -> None:
    for door in DOORS:
        instead = [key.removeprefix(f"{door}.instead.") for key in words(FALLBACK).spare if ".instead." in key]
        own = [key for key in instead if key.partition(".")[0] not in DOORS]
        assert [] == [key for key in own if key not in words(FALLBACK).spare]
        assert [] == [key for key in own if key.startswith(("option.", "button.", "label."))]


def test_the_first_question_carries_the_way_to_the_page_and_the_next_one_does_not() -> None:
    talk = Talk(door="sms")
    assert "r.example.jp" in talk.do("こんにちは")
    assert "r.example.jp" not in talk.do("1")


@pytest.mark.parametrize("word", ["リンク", "link", "ページ"])
def test_the_way_to_the_page_is_named_again_when_it_is_asked_for(word: str) -> None:
    talk = Talk(door="sms").play(["こんにちは", "1"])
    answered = talk.do(word)
    assert ("r.example.jp" in answered, "ask.prefecture", "link") == (
        True,
        f"ask.{talk.state.pending.key}",
        talk.manner,
    )


def test_who_goes_on_the_next_day_is_named_the_way_again() -> None:
    talk = Talk(door="sms").play(["こんにちは", "1"])
    talk.clock = talk.clock.replace(day=talk.clock.day + 1)
    assert "r.example.jp" in talk.do("栃木県")


def test_on_line_the_word_is_an_answer_like_any_other() -> None:
    talk = Talk().play(["こんにちは", "1"])
    talk.do("リンク")
    assert "invalid" == talk.manner


def test_dates_are_written_short_by_sms_alone() -> None:
    facts: Mapping[str, object] = campaign_facts(load_campaign(CAMPAIGN.id))
    written = {door: words("ja", door).say("closed_meanwhile", **facts) for door in ("", "sms")}
    assert ("2023年4月30日(日) 23:59" in written[""], "2023/4/30(日)で" in written["sms"]) == (True, True)
