"""How somebody's applications stand: one card for each, with its coupons, and what comes next and by when.

A list of cards in order, so that what else a person has with us may stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dialogs.facts import campaign_facts, facts_at
from dialogs.message import Card, Outbound
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import show_receipt_no
from dialogs.words import Words, Yen, words

UNDECIDED = ("filed", "pending", "disputed")
GOES_WELL = ("filed", "pending", "accepted")
DISPUTED = (("rejected", "taken"), ("held", "dispute"))  # told otherwise than what is rejected or held for a case
MOST_CARDS = 3  # with a sentence before them and the question after them, they still go out as one reply on LINE
MOST_BY_SMS = 2
TITLE = "card.status"


@dataclass(frozen=True)
class CouponStanding:
    """One coupon of an application, as it may stand in a chat: its number is masked already."""

    number: str
    trip_date: date


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an application stands, as its person is told under its own campaign; amount in yen, target masked already.

    url: what became of the message with the URL: "" (none yet), "planned", "sent", "failed". reward: what became of
    the choice: "" (none yet), "chosen", "ready" (its code is there), "shown", "failed". refund: the state of the money
    that was asked for in place of points (bot.refunds), else "". why: the reason of its state, where that has another
    sentence: "taken" or "dispute", of a coupon that another application is for too.
    """

    receipt_no: str
    state: str
    acted_at: datetime
    campaign: Campaign
    amount: int | None = None
    existing_receipt_no: str | None = None
    url: str = ""
    reward: str = ""
    coupons: tuple[CouponStanding, ...] = ()
    target: str = ""
    refund: str = ""
    why: str = ""


def status(standings: Sequence[Standing], language: str, *, at: datetime, channel: str = "") -> tuple[Outbound, ...]:
    """Each application on a card of its own, the newest first; or that there is none. By SMS the newest, in words."""
    spoken = words(language, channel)
    if not standings:
        return (Outbound(spoken.say("no_claims")),)
    if channel == "sms":
        return tuple(_in_words(one, spoken, at) for one in standings[:MOST_BY_SMS])
    told = len(standings) if len(standings) <= MOST_CARDS else MOST_CARDS - 1
    cards = [Card(spoken.say(TITLE), status_rows(one, language, at=at)) for one in standings[:told]]
    if older := standings[told:]:
        rows = tuple((show_receipt_no(one.receipt_no), _state(one, spoken, at)) for one in older)
        cards.append(Card(spoken.say("card.status_older"), rows))
    return tuple(Outbound("", card=card) for card in cards)


def _in_words(one: Standing, spoken: Words, at: datetime) -> Outbound:
    coming = f"status.{_next_key(one, at)}_next"
    told = [_state(one, spoken, at), spoken.say(coming, **_facts(one, at)) if spoken.has(coming) else ""]
    return Outbound("\n".join(filter(None, (show_receipt_no(one.receipt_no), *told))))


def draft(left: int, campaign: Campaign, *, at: datetime, language: str, channel: str = "") -> Outbound:
    """That an application is half filled in, how much is left and by when; the question that waits follows."""
    key = "draft_closed" if campaign.apply_is_over(at) else "draft"
    return Outbound(words(language, channel).say(key, **campaign_facts(campaign), n=left))


def status_rows(one: Standing, language: str, *, at: datetime) -> tuple[tuple[str, str], ...]:
    """The rows of one application's card; the receipt number is the first."""
    spoken = words(language)
    rows = [
        (spoken.say("row.receipt_no"), show_receipt_no(one.receipt_no)),
        (spoken.say("row.acted_at"), spoken.write(one.acted_at)),
        *(_coupon_row(n, coupon, one.campaign, spoken) for n, coupon in enumerate(one.coupons, start=1)),
        (spoken.say("row.state"), _state(one, spoken, at)),
    ]
    if one.refund:
        rows.append((spoken.say("row.how"), spoken.say("row.by_transfer")))
    if one.amount is not None and one.state == "accepted":
        rows.append((spoken.say("row.amount"), spoken.write(Yen(one.amount))))
    coming = f"status.{_next_key(one, at)}_next"
    if spoken.has(coming):
        rows.append((spoken.say("row.next"), spoken.say(coming, **_facts(one, at))))
    return tuple(rows)


def _coupon_row(n: int, coupon: CouponStanding, campaign: Campaign, spoken: Words) -> tuple[str, str]:
    facts = {**campaign_facts(campaign), "n": n, "number": coupon.number, "trip_date": coupon.trip_date}
    return spoken.say("row.coupon", **facts), spoken.say("row.coupon_is", **facts)


def _state(one: Standing, spoken: Words, at: datetime) -> str:
    return spoken.say(f"status.{state_key(one, at)}", **_facts(one, at))


def state_key(one: Standing, at: datetime) -> str:
    """The name of its state's sentence; one that goes well is told by what comes of it: the money, choice or URL."""
    if one.refund and one.state in GOES_WELL:
        return f"refund_{one.refund}"
    if one.state == "accepted" and one.reward:
        return f"reward_{one.reward}"
    if one.state == "accepted" and one.url in ("sent", "failed"):
        over = at >= one.campaign.dates.receive_end
        return "url_over" if over else f"url_{one.url}"
    return f"{one.state}_{one.why}" if (one.state, one.why) in DISPUTED else one.state


def _next_key(one: Standing, at: datetime) -> str:
    """Until the balances are fixed nobody can say how much it will be, and the coupon is still good for something."""
    key, dates = state_key(one, at), one.campaign.dates
    if key in UNDECIDED:
        return "usable" if at < dates.usable_end else "waiting"
    if key == "cancelled" and one.campaign.apply_is_over(at):
        return "cancelled_late"
    return key


def _facts(one: Standing, at: datetime) -> Mapping[str, Any]:
    existing = show_receipt_no(one.existing_receipt_no) if one.existing_receipt_no else ""
    return {**facts_at(one.campaign, at), "existing": existing, "target": one.target}
