"""Every sentence exists in every language, with the same facts, and fits where it is said."""

import ast
import re
import string
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest

from dialogs.facts import campaign_facts
from dialogs.letters import (
    account_corrected,
    addressed,
    by_mail_instead,
    code_ready,
    contact_news,
    one_time_code,
    reminder,
    reward_url,
    transfer_returned,
    way_back,
)
from dialogs.message import Outbound
from dialogs.reading.reasons import REASONS
from dialogs.rules.campaign import CAMPAIGNS, load_campaign
from dialogs.rules.campaign_texts import Terms
from dialogs.rules.refund import ReturnReason
from dialogs.words import FALLBACK, JST, languages, words
from integrations.line.limits import FLEX_BUTTON_LABEL, graphemes
from integrations.sms.segments import segments

JAPANESE, OTHERS = words(FALLBACK), [language for language in languages() if language != FALLBACK]
CAMPAIGN_FILES = sorted(file.stem for file in CAMPAIGNS.glob("*.toml"))
ROOT = Path(__file__).parents[2]
# Keys of which the code names only a part: the other part is a question, an outcome, a reason or a page.
PUT_TOGETHER = (
    *("ask.", "hint.", "option.", "label.", "button.", "why.", "cannot_read.", "verdict.", "trouble."),
    *(
        "call_centre.",
        "wish_told.",
        "coupon_otherwise.",
        "code_again.",
        "code_refused.",
        "status.",
        "push.",
        "sms.",
        "phone.",
        "mail.",
    ),
    *("page.", "reward_page.", "faq.", "withdraw_told.", "resend_told.", "contact_told.", "here_told.", "find_told."),
    *("account_told.", "bank_says."),
    *("help_now.", "remind_told.", "number_lost_others.", "mark.", "staff_reply."),
)

# What the campaign calls its things: a language names them where its sentence needs them.
TERMS = {term.name for term in fields(Terms)}
# Every other fact stands in all languages; the only exceptions, and why.
OWN_FACTS = {
    ("en", "no_consent", "call_centre"): "the number says enough",
    ("en", "call_centre.open", "call_centre"): "called «Compensation call centre (in Japanese)»",
    ("en", "call_centre.closed", "call_centre"): "called «Compensation call centre (in Japanese)»",
    ("en", "trouble.deadline_first", "call_centre"): "called «Compensation call centre (in Japanese)»",
    ("en", "call_centre.ended", "call_centre"): "called «Compensation call centre (in Japanese)»",
    ("en", "why.prefecture_near", "suggestion"): "the name in kanji is of no use to who cannot read it",
    (
        "en",
        "sms.instead.greeting",
        "office",
    ): "where a campaign has no English name, one kanji would more than double the price",
    ("en", "why.prefecture_near", "suggestion_latin"): "the same name in Latin letters",
}
URLS = ("http://127.0.0.1:8000/r/ABCDEFGH1234", "https://r.example.jp/r/ABCDEFGH1234")
RECEIPT = "1234567897"
KANA = re.compile("[ぁ-ん]{3}")  # three hiragana in a row stand in every Japanese sentence


def office(campaign: str, language: str) -> str:
    return words(language).write(campaign_facts(load_campaign(campaign))["office"])


def facts_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_there_are_japanese_easy_japanese_and_english() -> None:
    assert ("en", "ja", "ja-easy") == languages()


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_and_none_of_its_own(language: str) -> None:
    assert sorted(JAPANESE.spare) == sorted(words(language).sentences)


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_names_the_same_facts_in_every_language(language: str) -> None:
    differing = {
        (language, key, fact)
        for key, sentence in words(language).sentences.items()
        for fact in (facts_in(sentence) ^ facts_in(JAPANESE.spare[key])) - TERMS
    }
    assert {own for own in OWN_FACTS if own[0] == language} == differing


@pytest.mark.parametrize("language", languages())
def test_every_reason_of_a_reader_has_its_sentence(language: str) -> None:
    told = {key.removeprefix("why.") for key in words(language).sentences if key.startswith("why.")}
    assert set(REASONS) == told


@pytest.mark.parametrize("language", languages())
def test_a_label_fits_the_button_that_it_stands_on(language: str) -> None:
    labels = {key: text for key, text in words(language).sentences.items() if key.startswith(("option.", "button."))}
    assert {} == {key: text for key, text in labels.items() if graphemes(text) > FLEX_BUTTON_LABEL}


@pytest.mark.parametrize("language", languages())
def test_the_choices_of_one_question_are_told_apart(language: str) -> None:
    options: dict[str, list[str]] = {}
    for key, text in words(language).sentences.items():
        if key.startswith("option."):
            options.setdefault(key.rpartition(".")[0], []).append(text)
    assert {} == {question: texts for question, texts in options.items() if len(set(texts)) < len(texts)}


@pytest.mark.parametrize("language", languages())
def test_dates_and_sums_come_from_the_campaign_and_are_never_written_out(language: str) -> None:
    written = re.compile(r"[0-9０-９]+\s*(?:月[0-9０-９]|年[0-9０-９])|(?<![0-9])20[0-9]{2}(?![0-9])")
    examples = ("hint.", "why.date_")
    found = {
        key: text
        for key, text in words(language).sentences.items()
        if written.search(text) and not key.startswith(examples)
    }
    assert {} == found


@pytest.mark.parametrize("campaign", CAMPAIGN_FILES)
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("url", URLS)
def test_the_message_with_the_url_is_at_most_two_parts(campaign: str, language: str, url: str) -> None:
    text = reward_url("sms", url, RECEIPT, load_campaign(campaign), language=language).text
    assert (True, True) == (segments(text) <= 2, url in text), text
    assert text.lstrip("【").startswith(office(campaign, language))


@pytest.mark.parametrize("campaign", CAMPAIGN_FILES)
@pytest.mark.parametrize("language", languages())
def test_the_message_with_the_way_back_is_at_most_two_parts(campaign: str, language: str) -> None:
    url, until = "https://r.example.jp/c/ABCDEFGH1234", datetime(2023, 4, 12, 10, tzinfo=JST)
    text = way_back("sms", url, until, load_campaign(campaign), language).text
    assert (True, True) == (segments(text) <= 2, url in text), text


@pytest.mark.parametrize("campaign", CAMPAIGN_FILES)
@pytest.mark.parametrize("language", languages())
def test_the_message_that_a_reward_is_ready_is_at_most_two_parts(campaign: str, language: str) -> None:
    for known_by in ("receipt", "coupon"):
        text = code_ready("sms", (known_by, RECEIPT[-4:]), load_campaign(campaign), language).text
        assert (True, True) == (segments(text) <= 2, RECEIPT[-4:] in text), text


@pytest.mark.parametrize("campaign", CAMPAIGN_FILES)
@pytest.mark.parametrize("language", languages())
def test_the_message_with_the_code_is_one_part(campaign: str, language: str) -> None:
    text = one_time_code("sms", "012345", load_campaign(campaign), language).text
    assert (1, True) == (segments(text), "012345" in text), text


@pytest.mark.parametrize("why", ReturnReason)
@pytest.mark.parametrize("campaign", CAMPAIGN_FILES)
@pytest.mark.parametrize("language", languages())
def test_the_message_that_a_transfer_came_back_is_two_parts(campaign: str, language: str, why: ReturnReason) -> None:
    text = transfer_returned("sms", why, RECEIPT, load_campaign(campaign), language=language, url="").text
    assert (True, True) == (segments(text) <= 2, RECEIPT[-4:] in text), text


@pytest.mark.parametrize("campaign", CAMPAIGN_FILES)
@pytest.mark.parametrize("language", languages())
def test_the_message_that_an_account_was_changed_is_two_parts(campaign: str, language: str) -> None:
    text = account_corrected("sms", RECEIPT, load_campaign(campaign), language).text
    assert (True, True) == (segments(text) <= 2, RECEIPT[-4:] in text), text


@pytest.mark.parametrize("name", CAMPAIGN_FILES)
@pytest.mark.parametrize("kind", ["mail", "sms"])
def test_a_mail_is_written_in_the_name_of_the_campaign_that_it_is_about(name: str, kind: str) -> None:
    campaign, until = load_campaign(name), datetime(2023, 4, 12, 10, tzinfo=JST)
    letters = [
        one_time_code(kind, "012345", campaign, "ja"),
        reward_url(kind, URLS[0], RECEIPT, campaign, language="ja"),
        code_ready(kind, ("receipt", RECEIPT[-4:]), campaign, "ja"),
        way_back(kind, URLS[0], until, campaign, "ja"),
        contact_news("changed", kind, RECEIPT, campaign, "ja"),
        account_corrected(kind, RECEIPT, campaign, "ja"),
        transfer_returned(kind, ReturnReason.CLOSED, RECEIPT, campaign, language="ja", url=URLS[0]),
        reminder("apply_end", kind, campaign, "ja", url=URLS[0]),
        addressed(Outbound("…"), kind, RECEIPT, campaign, language="ja"),
    ]
    if kind == "mail":
        letters.append(by_mail_instead([Outbound("…")], RECEIPT, campaign, "ja"))
    assert {campaign.sending.senders["mail"] if kind == "mail" else ""} == {letter.sender for letter in letters}


def test_easy_japanese_is_in_short_sentences_without_eras_and_double_negation() -> None:
    sentences = [
        sentence
        for key, text in words("ja-easy").sentences.items()
        if not key.startswith(("page.", "reward_page.", "mail."))
        for sentence in re.split(r"[。\n]", re.sub(r"{[a-z_]+}", "", text))
    ]
    assert [] == [sentence for sentence in sentences if len(sentence) > 50]
    assert [] == [each for each in sentences if re.search("令和|平成|ないことはな|なければな|ざるを得", each)]


def test_every_campaign_says_its_facts_in_every_language() -> None:
    for campaign in CAMPAIGN_FILES:
        for language in languages():
            for name, fact in campaign_facts(load_campaign(campaign)).items():
                assert words(language).write(fact), (campaign, language, name)


def test_no_sentence_stands_there_that_nothing_says() -> None:
    code = "\n".join(file.read_text("utf-8") for room in ("dialogs", "bot") for file in (ROOT / room).rglob("*.py"))
    assert [] == [key for key in JAPANESE.spare if not key.startswith(PUT_TOGETHER) and f'"{key}"' not in code]


@pytest.mark.parametrize("channel", ["line", "sms", "mail"])
def test_a_channel_has_no_sentence_of_its_own(channel: str) -> None:
    parsed = [ast.parse(file.read_text("utf-8")) for file in (ROOT / "integrations" / channel).glob("*.py")]
    written = [node for each in parsed for node in ast.walk(each) if isinstance(node, ast.Constant)]
    assert [] == [each.value for each in written if isinstance(each.value, str) and KANA.search(each.value)]


TYPED = {
    "ja": "書いて(?!あ)|送って|押して",
    "ja-easy": "書いて(?!あ)|送って(?!確)|押して",
    "en": "write|press|type in|choose",
}
CHAT_ONLY = (
    "ask.aside",
    "ask.move",
    "ask.mend",
    "ask.here",
    "ask.find",
    "ask.withdraw",
    "ask.app",
    "ask.resend",
    "ask.check",
    "ask.trouble.check",
)


@pytest.mark.parametrize("language", languages())
def test_what_staff_read_aloud_asks_nobody_on_the_telephone_to_write(language: str) -> None:
    spoken = words(language, "phone")
    asked = [key for key in spoken.spare if key.startswith("ask.") and not key.startswith(CHAT_ONLY)]
    facts = dict.fromkeys((fact for key in asked for fact in facts_in(JAPANESE.spare[key])), "")
    said = {key: spoken.say(key, **facts, **dict.fromkeys(TERMS - set(facts), "")) for key in asked}
    assert {} == {key: text for key, text in said.items() if re.search(TYPED[language], text)}


# The headings under which the notice says it.
CLAUSES = {
    "補償対象",
    "補償について",
    "選択いただける{points}",
    "申請方法",
    "送付時期",
    "受取期限",
    "申請期限",
    "お問い合わせ先",
}


def test_an_answer_names_its_clause_as_the_notice_does() -> None:
    named = {
        clause
        for key, text in JAPANESE.spare.items()
        if "faq." in key
        for said in re.findall(r"のお知らせ((?:「[^」]+」)+)", text)
        for clause in re.findall(r"「([^」]+)」", said)
    }
    assert CLAUSES == named
