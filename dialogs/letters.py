"""What the counter says outside a script's questions: receipt, codes, and the message with the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialogs.facts import campaign_facts, facts_at, marked, signed
from dialogs.message import Card, Outbound
from dialogs.reading.contacts import in_japan, mask_mail, mask_phone
from dialogs.rules.campaign import Campaign
from dialogs.rules.cases import CaseState, show_case_no
from dialogs.rules.claim import Claim, DeliveryTarget, last_four, show_receipt_no
from dialogs.standing import Standing
from dialogs.standing_cases import CaseStanding
from dialogs.words import Until, Yen, words


def receipt(
    claim: Claim, campaign: Campaign, language: str, *, by_transfer: bool = False, channel: str = ""
) -> Outbound:
    """The receipt number at once, and what comes next: the URL, or the money. By SMS without a table."""
    spoken, facts = words(language, channel), facts_at(campaign, claim.acted_at)
    number, target = show_receipt_no(claim.receipt_no), masked_target(claim.target)
    transfer = (spoken.say("row.how"), spoken.say("row.by_transfer"))
    rows = (
        (spoken.say("row.receipt_no"), number),
        (spoken.say("row.coupons", **facts), spoken.say("row.coupons_count", n=len(claim.coupons))),
        transfer if by_transfer else (spoken.say("row.target"), target),
    )
    note = spoken.say("receipt.note_refund" if by_transfer else "receipt.note", **{**facts, "target": target})
    text = spoken.say("receipt.text", **{**facts, "receipt_no": number})
    if channel == "sms":
        return Outbound(f"{text}\n{note}")
    return Outbound(text, card=Card(spoken.say("card.receipt"), rows, note))


def told_to_wait(letter: Outbound, campaign: Campaign, language: str, *, channel: str = "") -> Outbound:
    """The receipt of an application that waits for a case about its coupon: it says so."""
    waits = words(language, channel).say("receipt.held", **campaign_facts(campaign))
    if letter.card is None:
        return replace(letter, text=f"{letter.text}\n{waits}")
    return replace(letter, card=replace(letter.card, note=f"{letter.card.note}\n{waits}"))


def decided(standing: Standing, language: str) -> Outbound:
    """The news of a decision that the person has to hear of: rejected or duplicate."""
    facts = {
        **campaign_facts(standing.campaign),
        "receipt_no": show_receipt_no(standing.receipt_no),
        "existing": show_receipt_no(standing.existing_receipt_no or ""),
    }
    return Outbound(words(language).say(f"push.{standing.state}", **facts))


def addressed(letter: Outbound, kind: str, receipt_no: str, campaign: Campaign, *, language: str) -> Outbound:
    """What was meant for a chat, to a number or an address: office first by SMS, with a subject by mail."""
    spoken, facts = words(language, kind), {**campaign_facts(campaign), "last_four": last_four(receipt_no)}
    if kind == "sms":
        return replace(letter, text=spoken.say("sms.news", **facts, news=letter.text))
    return signed(replace(letter, subject=spoken.say("mail.instead_subject", **facts)), campaign)


def one_time_code(kind: str, code: str, campaign: Campaign, language: str) -> Outbound:
    """The six digits, by sms or mail."""
    spoken, facts = words(language, kind), {**campaign_facts(campaign), "code": code}
    subject = spoken.say("mail.code_subject", **facts) if kind == "mail" else ""
    return signed(Outbound(spoken.say(f"{kind}.code", **facts), subject=subject), campaign)


def reward_url(kind: str, url: str, receipt_no: str, campaign: Campaign, *, language: str) -> Outbound:
    """The URL of the reward site, by sms or mail: office first, last four digits, deadline (rules.md §3, smishing)."""
    spoken = words(language, kind)
    facts = {**campaign_facts(campaign), "url": url, "last_four": last_four(receipt_no)}
    subject = spoken.say("mail.reward_subject", **facts) if kind == "mail" else ""
    return signed(Outbound(spoken.say(f"{kind}.reward", **facts), subject=subject), campaign)


def code_ready(kind: str, mark: tuple[str, str], campaign: Campaign, language: str) -> Outbound:
    """That the code of the chosen reward can be seen at the URL that was sent, by sms or mail.

    mark: by what its person knows that it is theirs: ("receipt" or "coupon", the last four of that number).
    """
    spoken = words(language, kind)
    facts = {**campaign_facts(campaign), "mark": marked(*mark, campaign, spoken)}
    subject = spoken.say("mail.code_ready_subject", **facts) if kind == "mail" else ""
    return signed(Outbound(spoken.say(f"{kind}.code_ready", **facts), subject=subject), campaign)


def way_back(kind: str, url: str, until: datetime, campaign: Campaign, language: str) -> Outbound:
    """The link to somebody's own half-filled application, by sms or mail; it works before `until`."""
    spoken, facts = words(language, kind), {**campaign_facts(campaign), "url": url, "until": Until(until)}
    subject = spoken.say("mail.way_back_subject", **facts) if kind == "mail" else ""
    return signed(Outbound(spoken.say(f"{kind}.way_back", **facts), subject=subject), campaign)


def no_more_sms(campaign: Campaign, language: str) -> Outbound:
    """That a STOP was heard, and how to come back."""
    return Outbound(words(language).say("sms.stopped", **campaign_facts(campaign)))


def by_mail_instead(said: Sequence[Outbound], receipt_no: str, campaign: Campaign, language: str) -> Outbound:
    """By mail what an SMS would have said, to somebody who wants no SMS."""
    spoken, facts = words(language), {**campaign_facts(campaign), "last_four": last_four(receipt_no)}
    parts = [part for each in said for part in (each.text, _in_lines(each.card)) if part]
    text = "\n\n".join((spoken.say("mail.instead", **facts), *parts))
    return signed(Outbound(text, subject=spoken.say("mail.instead_subject", **facts)), campaign)


def _in_lines(card: Card | None) -> str:
    rows = [f"{label}: {value}" for label, value in card.rows] if card else []
    return "\n".join(filter(None, [card.title, *rows, card.note])) if card else ""


def contact_news(news: str, kind: str, receipt_no: str, campaign: Campaign, language: str) -> Outbound:
    """What became of a wish to have the URL sent elsewhere: asked, changed, refused; kind: sms, mail, push (a chat)."""
    spoken = words(language)
    facts = {**campaign_facts(campaign), "receipt_no": show_receipt_no(receipt_no), "last_four": last_four(receipt_no)}
    subject = spoken.say("mail.contact_subject", **facts) if kind == "mail" else ""
    return signed(Outbound(spoken.say(f"{kind}.contact_{news}", **facts), subject=subject), campaign)


def transfer_returned(kind: str, why: str, receipt_no: str, campaign: Campaign, *, language: str, url: str) -> Outbound:
    """That the bank sent a refund back, why, and how to correct the account; kind: sms, mail, push (a chat).

    why: a dialogs.rules.refund.ReturnReason; url: where it is corrected on the web.
    """
    spoken = words(language)
    facts = {**campaign_facts(campaign), "receipt_no": show_receipt_no(receipt_no), "last_four": last_four(receipt_no)}
    subject = spoken.say("mail.refund_subject", **facts) if kind == "mail" else ""
    told = {**facts, "why": spoken.say(f"bank_says.{why}"), "url": url}
    return signed(Outbound(spoken.say(f"{kind}.refund_returned", **told), subject=subject), campaign)


def account_corrected(kind: str, receipt_no: str, campaign: Campaign, language: str) -> Outbound:
    """That a refund goes to another account by now, for who did not ask for it; kind: sms or mail."""
    spoken, facts = words(language), {**campaign_facts(campaign), "last_four": last_four(receipt_no)}
    subject = spoken.say("mail.account_subject", **facts) if kind == "mail" else ""
    return signed(Outbound(spoken.say(f"{kind}.account_corrected", **facts), subject=subject), campaign)


def reminder(about: str, channel: str, campaign: Campaign, language: str, *, url: str) -> Outbound:
    """What was to be told on its day: opening, apply_end, number, or "link": url then leads to their own draft."""
    spoken, facts = words(language), {**campaign_facts(campaign), "url": url}
    own = f"{channel}.remind_{about}"
    subject = spoken.say("mail.remind_subject", **facts) if channel == "mail" else ""
    return signed(
        Outbound(spoken.say(own if spoken.has(own) else f"push.remind_{about}", **facts), subject=subject), campaign
    )


def case_news(case: CaseStanding, amount: int | None, language: str, *, at: datetime, channel: str = "") -> Outbound:
    """What staff have decided on a case: what is given back and what is left to do by when; amount in yen."""
    campaign, state = case.campaign, case.state
    late = "late" if state == CaseState.TO_POINTS and campaign.apply_is_over(at) else ""
    how = f"_{case.comes or late}".rstrip("_")
    facts = {**facts_at(campaign, at), "case_no": show_case_no(case.case_no), "amount": Yen(amount or 0)}
    return Outbound(words(language, channel).say(f"push.case_{state}{how}", **facts))


@dataclass(frozen=True, slots=True)
class Lost:
    """A coupon that an application goes on without, or ends for want of.

    coupon_end: the last four of its number. rest: others are left. by_transfer: money was asked for, not points.
    """

    receipt_no: str
    coupon_end: str
    rest: bool
    by_transfer: bool


def coupon_lost(lost: Lost, campaign: Campaign, language: str, *, channel: str = "") -> Outbound:
    """That staff have found a coupon to be of another application, and whom to call if that is wrong."""
    receipt_no = show_receipt_no(lost.receipt_no)
    facts = {**campaign_facts(campaign), "receipt_no": receipt_no, "coupon_end": lost.coupon_end}
    key = f"push.coupon_lost{'_rest' if lost.rest else ''}{'_refund' if lost.by_transfer else ''}"
    return Outbound(words(language, channel).say(key, **facts))


def masked_target(target: DeliveryTarget) -> str:
    """Where the URL goes, as it may stand in a chat."""
    return mask_mail(target.value) if target.kind == "mail" else mask_phone(in_japan(target.value))
