"""From a Reaction to what is said, in the person's language: values that any channel can draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dialogs.engine import Answered
from dialogs.facts import LINK_LIFE, facts_at
from dialogs.message import Card, Link, Outbound
from dialogs.questions import CheckAnswers, Day, Question
from dialogs.reaction import PRIVATE_DOORS, Reaction
from dialogs.refund_questions import asks_for_refund
from dialogs.rules.campaign import Campaign
from dialogs.steps import Say
from dialogs.walking import as_before, asks_for_words, label_of
from dialogs.words import Until, Words

CHECKED_BY_SMS = ("coupon.number", "coupon.trip_date", "target", "trouble.number", "trouble.shop", "trouble.when")

ON_PAGES_ALONE = ("coupon.more",)  # the coupons above say it; on a page its row is the way to one more

OF_THE_URL = ("resend", "contact")  # scripts beside the main one that end with the last day of receipt

LONGEST_ROW, LONGEST_ROW_BY_SMS = 80, 18
CUT = "..."  # not «…», for which an English SMS would cost twice


def phrase(reaction: Reaction, campaign: Campaign, *, link: str = "") -> tuple[Outbound, ...]:
    """All that is to be said after a turn, in order; link is the one-time address of the page where it goes on."""
    spoken = reaction.spoken
    facts = facts_at(campaign, reaction.said.at)
    # Who comes by the same place several times at one go (a code mistyped, then its target given again) reads it once.
    said = [Outbound(text) for text in dict.fromkeys(sentence(say, spoken, facts) for say in reaction.says)]
    if reaction.asking:
        asked = ask(reaction, spoken, facts, link=link)
        if reaction.manner == "invalid" and said:
            why = said.pop().text
            asked = replace(asked, text=f"{why}\n\n{asked.text}")
        said.append(asked)
        if reaction.link_too and link:
            said.append(Outbound(spoken.say("sms.by_page"), link=Link(spoken.say("button.open_page"), link)))
    heard = _day_as_heard(reaction, spoken)
    if heard and said:
        said[0] = replace(said[0], text=f"{heard}\n{said[0].text}")
    return tuple(said)


def _day_as_heard(reaction: Reaction, spoken: Words) -> str:
    """A day that was just given, with its year and weekday: said by the way, so that nobody has to answer it."""
    given = next((answer for answer in reaction.path if answer.question.key == reaction.answered), None)
    if given is None or not isinstance(given.question, Day) or given.question.private:
        return ""
    return spoken.say("day_heard", day=given.question.value(given.stored))


def sentence(say: Say, spoken: Words, facts: Mapping[str, Any]) -> str:
    """One sentence with the campaign's facts and its own."""
    return spoken.say(say.wording or say.key, **{**facts, **say.facts})


def ask(reaction: Reaction, spoken: Words, facts: Mapping[str, Any], *, link: str) -> Outbound:
    """The question that waits, with what can be tapped; the private part only as the way to its page."""
    question, pending = reaction.asking, reaction.state.pending
    assert question is not None  # noqa: S101 - phrase() asks only where there is a question
    if reaction.link_only:
        way = spoken.say(_private_part(reaction), **facts, link_open=_link_open(reaction, spoken, facts))
        return Outbound(way, link=Link(spoken.say("button.open_page"), link))
    text = question_text(question, spoken, facts)
    choices = question.choices(spoken) + as_before(question, reaction.state.record, spoken)
    if asks_for_words(question, reaction.said):
        choices = ()  # its sentence names the words: beside numbers people would reply with one
    if isinstance(question, CheckAnswers):
        card = _card_to_check(reaction, question, spoken)
        return Outbound(text, choices, card=card, ask_id=pending.ask_id)
    return Outbound(text, choices, date_picker=question.picker(spoken), ask_id=pending.ask_id)


def _card_to_check(reaction: Reaction, check: CheckAnswers, spoken: Words) -> Card:
    """All answers; by SMS, where each costs, only what would send the points astray: the rest is a page away."""
    channel = reaction.said.address.channel
    by_sms = channel == "sms"
    path = [
        each
        for each in reaction.path
        if check.covers(each.question) and (not by_sms or each.question.wording in CHECKED_BY_SMS)
    ]
    most = LONGEST_ROW_BY_SMS if by_sms else LONGEST_ROW
    rows = answer_rows(path, spoken, masked=channel not in PRIVATE_DOORS)
    # A story is not told back in full: its beginning says which one it is.
    return Card(
        "" if by_sms else spoken.say("card.check"), tuple((label, _short(shown, most)) for label, shown in rows)
    )


def _private_part(reaction: Reaction) -> str:
    """The sentence that leads to the page, by what is asked there."""
    if reaction.state.beside:
        return "private_part_beside"
    if isinstance(reaction.asking, CheckAnswers):
        return "private_check"
    keys = [answer.question.key for answer in reaction.path] + [reaction.asking.key if reaction.asking else ""]
    return "private_part_refund" if asks_for_refund(keys) else "private_part"


def _link_open(reaction: Reaction, spoken: Words, facts: Mapping[str, Any]) -> str:
    """How long the page opens: for a day, or until what is asked there ends within it."""
    at, end = reaction.said.at, facts.get(_ends(reaction))
    if isinstance(end, Until) and at < end.end < at + LINK_LIFE:
        return spoken.say("link_open.until", end=end)
    return spoken.say("link_open.hours", **facts)


def _ends(reaction: Reaction) -> str:
    """By which fact what is asked there ends; "" where the campaign ends it on no day."""
    if beside := reaction.state.beside:
        return "receive_by" if beside.name in OF_THE_URL else ""
    told_of_trouble = any(answer.question.key.startswith("trouble") for answer in reaction.path)
    return "receive_by" if told_of_trouble else "apply_by"


def question_text(question: Question, spoken: Words, facts: Mapping[str, Any]) -> str:
    """The question and, where one types, an example."""
    facts = {**facts, **question.facts}
    text = spoken.say(f"ask.{question.wording}", **facts)
    return f"{text}\n{spoken.say(question.hint, **facts)}" if spoken.has(question.hint) else text


def answer_rows(path: Sequence[Answered], spoken: Words, *, masked: bool) -> Iterator[tuple[str, str]]:
    """The rows of *check your answers*: what the last walk passed by, nothing else."""
    for answer in path:
        if answer.question.stands(answer.stored) and answer.question.wording not in ON_PAGES_ALONE:
            show = answer.question.mask if masked and answer.question.private else answer.question.show
            yield label_of(answer.question, spoken), show(answer.stored, spoken)


def _short(shown: str, most: int) -> str:
    return shown if len(shown) <= most else f"{shown[: most - len(CUT)]}{CUT}"
