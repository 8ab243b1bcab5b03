"""What people may do with their own applications by a word in the chat: take one back, have its URL sent again.

What is to be written comes back with the answer, and is written with the turn or not at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.filing import open_claim, standing_of
from bot.letterbox import message_to
from bot.other_way import stopped
from bot.parts import Parts
from bot.store import contact_changes, meter, refunds, submissions, suppressions
from bot.store.contact_changes import Movable
from bot.store.db import autocommit
from bot.store.known_claims import Whose
from bot.store.outgoing import NewOutgoing
from bot.store.submissions import SentUrl
from dialogs.letters import masked_target, reward_url
from dialogs.reading import Unreadable
from dialogs.reading.contacts import read_target
from dialogs.reading.numbers import LAST
from dialogs.rules.calendar import third_is_over
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import Claim, CouponRef, DeliveryTarget
from dialogs.standing import state_key

MOST_RESENDS = 3  # of one URL; who still has not got it needs a person
ON_THE_WAY = ("planned", "sending", "unknown")
FAILED = ("undelivered", "refused")
LIVE = ("filed", "pending", "held", "accepted", "disputed")


def withdrawable(parts: Parts, whose: Whose) -> dict[str, Any]:
    """The receipt numbers that can still be taken back; why, where there are none: "none" ever, or "sent" by now."""
    mine = submissions.withdrawable(parts.db, whose)
    return {"receipt_nos": [number for number, open_ in mine if open_], "why": "sent" if mine else "none"}


def applied_for(parts: Parts, whose: Whose, ref: CouponRef, *, at: datetime) -> dict[str, Any] | None:
    """Their own application that has this coupon already, and how it stands; None where none that lives has it."""
    for filed in submissions.of_person(parts.db, whose):
        if filed.claim and filed.state in LIVE and ref in open_claim(parts, filed.claim).coupons:
            one = standing_of(parts, filed)
            told = {"receipt_no": one.receipt_no, "state": state_key(one, at), "target": one.target}
            return {"found": "mine", **told}
    return None


def movable(parts: Parts, whose: Whose, campaign: Campaign, at: datetime) -> dict[str, Any]:
    """The receipt numbers whose URL may still go elsewhere, those for which that was asked already; else why not."""
    if at >= campaign.dates.receive_end:
        return {"receipt_nos": [], "asked": [], "why": "over"}
    mine = contact_changes.movable(parts.db, whose)
    asked = [each.receipt_no for each in mine if each.asked]
    why = "refund" if not mine and refunds.of_person(parts.db, whose) else "none"
    return {"receipt_nos": [each.receipt_no for each in mine], "asked": asked, "why": why}


def movable_one(parts: Parts, whose: Whose, receipt_no: str) -> Movable | None:
    """One of the person's own, by its receipt number."""
    return next((each for each in contact_changes.movable(parts.db, whose) if each.receipt_no == receipt_no), None)


def is_in_claim(parts: Parts, whose: Whose, receipt_no: str, number: str, trip_date: date) -> bool:
    """Whether an application of that person has this coupon, by number and day."""
    mine = movable_one(parts, whose, receipt_no)
    coupons = open_claim(parts, mine.claim).coupons if mine else ()
    return (number, trip_date) in [(coupon.number, coupon.trip_date) for coupon in coupons]


def ends_a_coupon(parts: Parts, whose: Whose, receipt_no: str, digits: str) -> bool:
    """Whether an application of that person has a coupon whose number ends so."""
    mine = movable_one(parts, whose, receipt_no)
    coupons = open_claim(parts, mine.claim).coupons if mine else ()
    return digits in [coupon.number[-LAST:] for coupon in coupons]


def url_again(
    parts: Parts, whose: Whose, campaign: Campaign, *, at: datetime, language: str, to: str = ""
) -> tuple[dict[str, Any], NewOutgoing | None]:
    """How the URL stands, in one word; and the same URL once more, where that may help.

    to: "same" or "other" of the application's two contacts. With "" it goes the other way where the last one failed,
    and the word is "choose" where the person may.
    """
    if at >= campaign.dates.receive_end:
        return {"url": "over"}, None
    sent = submissions.url_of_person(parts.db, whose)
    if sent is None:
        return {"url": _before_any(parts, whose, campaign, at)}, None
    if sent.state in ON_THE_WAY:
        return {"url": "planned", "target": masked_target(open_claim(parts, sent.claim).target)}, None
    return _sent_again(parts, whose, sent, language=language, to=to)


def _sent_again(
    parts: Parts, whose: Whose, sent: SentUrl, *, language: str, to: str
) -> tuple[dict[str, Any], NewOutgoing | None]:
    claim = open_claim(parts, sent.claim)
    stop, target = stopped(parts, claim), masked_target(claim.target)
    other = None if stop else _other_contact(parts, claim)
    if other and not to and sent.state not in FAILED:
        return {"url": "choose", "target": target, "other": masked_target(other)}, None
    if sent.resent >= MOST_RESENDS or not meter.take(parts.redis, meter.RESENDS, whose.person.hex()):
        return {"url": "too_often", "target": target}, None
    here = stop.instead if stop else claim.target
    if here is None:
        return {"url": "stopped", "target": target}, None
    failed_here = sent.state in FAILED and sent.person == parts.vault.fingerprint(here.kind, here.value)
    if other and (to == "other" or (not to and failed_here)):
        told = {"url": "other_way", "target": target, "other": masked_target(other)}
        return told, _same_url(parts, sent, claim, other, language=language)
    told = {"url": "undelivered" if sent.state in FAILED else "again", "target": masked_target(here)}
    return told, _same_url(parts, sent, claim, here, language=language)


def _other_contact(parts: Parts, claim: Claim) -> DeliveryTarget | None:
    """ご連絡先, where it is another than 受取案内配信先 and something can be sent to it (rules.md §1.4(6))."""
    try:
        other = DeliveryTarget(*read_target(claim.contact))
    except Unreadable:
        return None
    with autocommit(parts.db) as connection:
        stands = suppressions.stands(connection, other.kind, parts.vault.fingerprint(other.kind, other.value))
    return None if stands or other == claim.target or other.kind not in parts.channels else other


def _same_url(parts: Parts, sent: SentUrl, claim: Claim, to: DeliveryTarget, *, language: str) -> NewOutgoing:
    """To look at it a code is asked for, which goes to the delivery target alone: the URL by itself opens nothing."""
    url = parts.public_url(f"/r/{parts.vault.open(sent.token, 'entitlements.token').decode()}")
    campaign = parts.campaigns.seen_by(claim)
    letter = reward_url(to.kind, url, claim.receipt_no, campaign, language=language)
    message = message_to(parts.vault, to.kind, to.value, letter, purpose="reward_url_again")
    return replace(message, once_key=_once_key(sent))


def _before_any(parts: Parts, whose: Whose, campaign: Campaign, at: datetime) -> str:
    """No URL of theirs yet: still being checked, too early for any, or none from here (an app user's)."""
    if any(open_ for _, open_ in submissions.withdrawable(parts.db, whose)):
        return "waiting"
    return "none" if third_is_over(campaign.dates.app_send_from, at) else "early"


def _once_key(sent: SentUrl) -> str:
    return f"reward_url_again:{sent.entitlement}:{sent.resent + 1}"
