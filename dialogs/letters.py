"""What the counter says outside a script's questions: receipt, status, codes, and the message with the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogs.facts import campaign_facts
from dialogs.message import Card, Outbound
from dialogs.reading.contacts import in_japan, mask_mail, mask_phone
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import Claim, DeliveryTarget, last_four, show_receipt_no
from dialogs.words import Until, Words, Yen, words

WAITING = ("filed", "pending", "disputed")
PAID_FOR = ("filed", "pending", "accepted")


@dataclass(frozen=True)
class Standing:
    """How an application stands, as its person is told; amount in yen, target masked already.

    refund: the state of the money that was asked for in place of points (bot.refunds), else "".
    """

    receipt_no: str
    state: str
    acted_at: datetime
    amount: int | None
    existing_receipt_no: str | None
    url_sent: bool
    coupons: int
    target: str
    refund: str = ""


def receipt(claim: Claim, campaign: Campaign, language: str, *, by_transfer: bool = False) -> Outbound:
    """The receipt number at once, and what comes next: the URL, or the money."""
    spoken, facts = words(language), campaign_facts(campaign)
    number, target = show_receipt_no(claim.receipt_no), masked_target(claim.target)
    transfer = (spoken.say("row.how"), spoken.say("row.by_transfer"))
    rows = (
        (spoken.say("row.receipt_no"), number),
        (spoken.say("row.coupons", **facts), spoken.say("row.coupons_count", n=len(claim.coupons))),
        transfer if by_transfer else (spoken.say("row.target"), target),
    )
    note = spoken.say("receipt.note_refund" if by_transfer else "receipt.note", **{**facts, "target": target})
    text = spoken.say("receipt.text", **{**facts, "receipt_no": number})
    return Outbound(text, card=Card(spoken.say("card.receipt"), rows, note))


def status(standings: Sequence[Standing], campaign: Campaign, language: str) -> Outbound:
    """Each application, how it stands and what comes next; or that there is none."""
    spoken = words(language)
    if not standings:
        return Outbound(spoken.say("no_claims"))
    if len(standings) == 1:
        rows = _standing_rows(standings[0], campaign, spoken)
        return Outbound(spoken.say("card.status"), card=Card(spoken.say("card.status"), rows))
    rows = tuple((show_receipt_no(one.receipt_no), _state(one, campaign, spoken)) for one in standings)
    return Outbound(spoken.say("card.status"), card=Card(spoken.say("card.status"), rows))


def _standing_rows(one: Standing, campaign: Campaign, spoken: Words) -> tuple[tuple[str, str], ...]:
    facts = campaign_facts(campaign)
    rows = [
        (spoken.say("row.receipt_no"), show_receipt_no(one.receipt_no)),
        (spoken.say("row.acted_at"), spoken.write(one.acted_at)),
        (spoken.say("row.coupons", **facts), spoken.say("row.coupons_count", n=one.coupons)),
        (spoken.say("row.state"), _state(one, campaign, spoken)),
    ]
    if one.refund:
        rows.append((spoken.say("row.how"), spoken.say("row.by_transfer")))
    if one.amount is not None and one.state == "accepted":
        rows.append((spoken.say("row.amount"), spoken.write(Yen(one.amount))))
    key = _state_key(one)
    next_key = "waiting_next" if key in WAITING else f"{key}_next"
    if spoken.has(f"status.{next_key}"):
        rows.append((spoken.say("row.next"), spoken.say(f"status.{next_key}", **facts)))
    return tuple(rows)


def _state(one: Standing, campaign: Campaign, spoken: Words) -> str:
    existing = show_receipt_no(one.existing_receipt_no) if one.existing_receipt_no else ""
    return spoken.say(f"status.{_state_key(one)}", **{**campaign_facts(campaign), "existing": existing})


def _state_key(one: Standing) -> str:
    """An application that goes well is told by what comes of it: the money, or the URL."""
    if one.refund and one.state in PAID_FOR:
        return f"refund_{one.refund}"
    return "url_sent" if one.url_sent else one.state


def decided(standing: Standing, campaign: Campaign, language: str) -> Outbound:
    """The news of a decision that the person has to hear of: rejected or duplicate."""
    facts = {
        **campaign_facts(campaign),
        "receipt_no": show_receipt_no(standing.receipt_no),
        "existing": show_receipt_no(standing.existing_receipt_no or ""),
    }
    return Outbound(words(language).say(f"push.{standing.state}", **facts))


def one_time_code(kind: str, code: str, campaign: Campaign, language: str) -> Outbound:
    """The six digits, by sms or mail."""
    spoken, facts = words(language), {**campaign_facts(campaign), "code": code}
    subject = spoken.say("mail.code_subject", **facts) if kind == "mail" else ""
    return Outbound(spoken.say(f"{kind}.code", **facts), subject=subject)


def reward_url(kind: str, url: str, receipt_no: str, campaign: Campaign, *, language: str) -> Outbound:
    """The URL of the reward site, by sms or mail: office first, last four digits, deadline (rules.md §3, smishing)."""
    spoken = words(language)
    facts = {**campaign_facts(campaign), "url": url, "last_four": last_four(receipt_no)}
    subject = spoken.say("mail.reward_subject", **facts) if kind == "mail" else ""
    return Outbound(spoken.say(f"{kind}.reward", **facts), subject=subject)


def way_back(kind: str, url: str, until: datetime, campaign: Campaign, language: str) -> Outbound:
    """The link to somebody's own half-filled application, by sms or mail; it works before `until`."""
    spoken, facts = words(language), {**campaign_facts(campaign), "url": url, "until": Until(until)}
    subject = spoken.say("mail.way_back_subject", **facts) if kind == "mail" else ""
    return Outbound(spoken.say(f"{kind}.way_back", **facts), subject=subject)


def masked_target(target: DeliveryTarget) -> str:
    """Where the URL goes, as it may stand in a chat."""
    return mask_mail(target.value) if target.kind == "mail" else mask_phone(in_japan(target.value))
