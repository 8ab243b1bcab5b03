"""What /verify, /help and 「本物ですか」 promise: a message about points carries the end of its number."""

from __future__ import annotations

from dataclasses import fields

import pytest

from dialogs.letters import code_ready, contact_news, reward_url
from dialogs.mailing_letters import Enclosed, mailing_letter
from dialogs.words import FALLBACK, languages, words
from integrations.sms.segments import segments
from tests.dialogs.player import CAMPAIGN
from tests.dialogs.test_texts import facts_in

MARKS = {"last_four", "mark", "receipt_no", "case_no"}
# What is sent before there is an application, or answers what its person did just now.
WITHOUT = {
    "code": "it was asked for a moment ago",
    "way_back": "a draft: there is no receipt number yet",
    "remind_opening": "there is no application yet",
    "remind_apply_end": "there is no application yet",
    "remind_number": "there is no application yet",
    "remind_link": "there is no application yet",
    "stopped": "it answers STOP, whoever sent it",
    "news": "what stands in it is the news of a decision, which names the receipt number",
    "by_page": "a line below a question, no message",
    "reward_link": "a button of a message",
    "instead": "its subject names the receipt number, and what stands below is another message",
}
OWN = Enclosed(
    url="https://r.example.jp/r/ABCDEFGH1234",
    code="ABCD-EFGH-1234",
    last_four="7897",
    stop_url="https://r.example.jp/u/ABCDEFGH1234",
    applied=True,
)
WAYS = [("sms", "reward_url"), ("sms_plain", "reward_url"), ("mail", "reward_url"), ("line", "reward_url")]
WAYS += [("sms", "reminder_1"), ("mail", "reminder_1"), ("line", "reminder_1"), ("pnp", "reminder_1")]


def _messages(language: str) -> dict[str, str]:
    """Every message that goes out by itself, by its key; the answers of a conversation are none."""
    sentences = words(language).sentences
    own = {key: text for key, text in sentences.items() if key.partition(".")[0] in ("sms", "mail", "push")}
    return {key: text for key, text in own.items() if key.count(".") == 1 and not key.endswith("_subject")}


@pytest.mark.parametrize("language", languages())
def test_every_message_about_an_application_or_its_points_carries_the_end_of_its_number(language: str) -> None:
    unmarked = {key for key, text in _messages(language).items() if not MARKS & facts_in(text)}
    assert set(WITHOUT) == {key.partition(".")[2] for key in unmarked}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize(("way", "purpose"), WAYS)
def test_a_mailing_names_by_every_way_the_number_that_its_person_knows(
    way: str, purpose: str, applied: bool, language: str
) -> None:
    enclosed = Enclosed(**{**{each.name: getattr(OWN, each.name) for each in fields(OWN)}, "applied": applied})
    said = mailing_letter(way, purpose, enclosed, CAMPAIGN, language=language)
    assert "7897" in said.text
    assert ("7897" in said.subject) == (way == "mail")
    assert not way.startswith("sms") or segments(said.text) <= 2


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", ["sms", "mail"])
def test_a_single_message_names_it_too(kind: str, language: str) -> None:
    said = [
        reward_url(kind, OWN.url, "1234567897", CAMPAIGN, language=language),
        code_ready(kind, ("receipt", "7897"), CAMPAIGN, language),
        *(contact_news(news, kind, "1234567897", CAMPAIGN, language) for news in ("asked", "changed", "refused")),
    ]
    assert [True] * 5 == ["7897" in each.text for each in said]


def test_the_promise_speaks_of_both_numbers() -> None:
    spoken = words(FALLBACK)
    for key in ("page.verify.content", "faq.genuine", "sms.instead.faq.genuine"):
        said = spoken.say(key, number_name="お問合せ番号", verify="", phone="")
        assert [True, True] == [name in said for name in ("受付番号", "お問合せ番号")]
