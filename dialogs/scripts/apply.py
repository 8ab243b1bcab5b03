"""A② by application: the paper coupon that never reached the app (notice 2, ≪申請方法≫, the second case)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dialogs.engine import Desk, Step, Walk
from dialogs.facts import call_centre_now, campaign_terms
from dialogs.personal import CHANGE_TARGET, RESEND, Code, Contact, Name, Target
from dialogs.questions import LOST, CheckAnswers, Day, InquiryNumber, PickOne, YesNo
from dialogs.reading.contacts import read_mail
from dialogs.rules.claim import CouponRef, DeliveryTarget
from dialogs.rules.eligibility import Path
from dialogs.scripts.eligibility import eligibility
from dialogs.steps import Explained, HandedOver, Lookup, Moment, MovedOn, Revise, Say, Submitted, digest_of

LONGEST_STAY = timedelta(days=30)
CODES_SENT = 3
NOTHING_TO_APPLY_FOR = (Path.A_APP, Path.NOT_A, Path.NO_BALANCE)
CHECKS_PER_CODE = 5


@dataclass(frozen=True)
class Details:
    """Who applies and where the URL goes (D-PAPER)."""

    name: str = field(repr=False)
    contact: str = field(repr=False)
    target: DeliveryTarget


def apply(desk: Desk) -> Walk:  # noqa: PLR0911 - each way out of the notice stands where the notice has it
    """Eligibility and its verdict; then which coupons, who, and where to send; checked, and sent off."""
    yield Say("greeting")
    verdict = yield from eligibility(desk)
    if isinstance(verdict, MovedOn):
        return verdict
    if verdict.path is not Path.A_APPLY or not verdict.can_apply_now:
        return Explained(f"{verdict.path}")
    wish = yield PickOne(key="wish", options=("apply", "refund", "later"), shown=False)
    if wish != "apply":
        yield Say("wish_told", wording=f"wish_told.{wish}")
        return Explained(wish, again=("wish",))
    coupons = yield from coupon_list(desk)
    if not coupons:
        return Explained("no_coupon_left")
    if desk.campaign.apply_is_over((yield Moment("personal"))):
        yield from too_late(desk)
        return Explained("closed")
    consent = yield PickOne(key="consent", options=("agree", "disagree"), private=True, shown=False)
    if consent == "disagree":
        yield Say("no_consent")
        return Explained("no_consent", again=("consent",))
    details = yield from personal_details()
    if details is None:
        yield Say("code_failed")
        return HandedOver("code", again=("target", *(f"?code[{n}]" for n in range(1, CODES_SENT + 1))))
    yield CheckAnswers()
    if desk.campaign.apply_is_over((yield Moment("submitted"))):
        yield from too_late(desk)
        return Explained("closed")
    return Submitted(coupons=coupons, name=details.name, contact=details.contact, target=details.target)


def coupon_list(desk: Desk) -> Generator[Step, Any, tuple[CouponRef, ...]]:
    """One to ten coupons of one prefecture (rules.md §1.4(9)); empty when none of them can be applied for."""
    coupons: dict[tuple[str, str], CouponRef] = {}
    for n in range(1, desk.campaign.coupons_per_claim + 1):
        coupon = yield from one_coupon(desk, n, coupons)
        if coupon:
            coupons[coupon.key] = coupon
        if n == desk.campaign.coupons_per_claim:
            break
        if not (yield YesNo(key=f"coupon[{n}].more", shown_when=("no",), facts={"n": n})):
            break
    return tuple(coupons.values())


def one_coupon(desk: Desk, n: int, others: dict[tuple[str, str], CouponRef]) -> Generator[Step, Any, CouponRef | None]:
    """Its inquiry number and the day of the trip, looked up; None when it needs no application or cannot have one."""
    key, facts = f"coupon[{n}]", {**campaign_terms(desk.campaign), "n": n}
    number = yield InquiryNumber(key=f"{key}.number", pattern=desk.campaign.inquiry_number.pattern, facts=facts)
    if number == LOST:
        yield Say(f"{key}.lost", wording="number_lost")
        yield Revise((f"{key}.number",))
    expiry = desk.campaign.dates.original_expiry
    trip_date: date = yield Day(
        key=f"{key}.trip_date", earliest=expiry - LONGEST_STAY, latest=expiry, likely=expiry, facts=facts
    )
    coupon = CouponRef(desk.campaign.prefectures[0].code, number, trip_date)
    if coupon.key in others:
        yield Say(f"{key}.twice", {"n": n}, wording="coupon_twice")
        yield Revise((f"{key}.number", f"{key}.trip_date"))
    return (yield from _as_recorded(key, coupon, facts))


def _as_recorded(key: str, coupon: CouponRef, facts: Mapping[str, Any]) -> Generator[Step, Any, CouponRef | None]:
    """What the record says of it beats what was said; one that cannot be found may still be handed in for a check."""
    about = {"prefecture": coupon.prefecture, "number": coupon.number, "trip_date": coupon.trip_date.isoformat()}
    known = yield Lookup(key, "coupon", about)
    if known["found"] == "no_match":
        answer = yield PickOne(
            key=f"{key}.unmatched", options=("fix", "go_on"), about=digest_of("", about), shown=False, facts=facts
        )
        if answer == "fix":
            yield Revise((f"{key}.unmatched", f"{key}.number", f"{key}.trip_date"))
    if known["found"] == "match" and known["path"] in NOTHING_TO_APPLY_FOR:
        yield Say(f"{key}.otherwise", wording=f"coupon_otherwise.{known['path']}")
        return None
    return coupon


def personal_details() -> Generator[Step, Any, Details | None]:
    """Who, and where to: a target that is proven to be theirs. Asked after the purpose was told (APPI art. 21(2))."""
    name = yield Name(key="name")
    contact = yield Contact(key="contact")
    target = yield Target(key="target", contact=contact)
    if target.kind == "mail":
        yield from _mail_as_meant(target)
    if not (yield from _proven(target)):
        return None
    return Details(name, contact, target)


def _mail_as_meant(target: DeliveryTarget) -> Generator[Step, Any, None]:
    """An address that looks mistyped, or of an old carrier form, is shown once more before anything is sent to it."""
    reading = read_mail(target.value)
    if reading.suggestion or reading.unusual:
        key = "mail_ok" if reading.suggestion else "mail_form"
        meant = yield PickOne(
            key=key,
            options=("as_it_is", "fix"),
            about=digest_of("", {"mail": target.value}),
            private=True,
            shown=False,
            facts={"address": target.value, "suggestion": reading.suggestion or target.value},
        )
        if meant == "fix":
            yield Revise((key, "target"))


def _proven(target: DeliveryTarget) -> Generator[Step, Any, bool]:
    """A one-time code to the target: three sendings of five checks each, then a person (rules.md §6)."""
    ended = ""
    for sending in range(1, CODES_SENT + 1):
        sent = yield Lookup(f"code[{sending}]", "send_code", {"kind": target.kind, "value": target.value, "n": sending})
        if not sent["sent"]:
            yield Say(f"code[{sending}].refused", wording=f"code_refused.{sent['why']}")
            return False
        if ended:
            yield Say(f"code[{sending}].again", wording=f"code_again.{ended}")
        ended = yield from _code_entered(target, sending, sent["ticket"])
        if ended == "right":
            return True
    return False


def _code_entered(target: DeliveryTarget, sending: int, ticket: str) -> Generator[Step, Any, str]:
    """How it ended with one code: right, expired, resend, or often (wrong too often)."""
    for check in range(1, CHECKS_PER_CODE + 1):
        key = f"code[{sending}].said[{check}]"
        said = yield Code(key=key, about=ticket, facts={"target": target.kind})
        if said == CHANGE_TARGET:
            yield Revise((key, "target"))
        if said == RESEND:
            return "resend"
        given = {"ticket": ticket, "said": said, "value": target.value}
        checked = yield Lookup(f"code[{sending}].check[{check}]", "check_code", given)
        if checked["code"] != "wrong":
            return str(checked["code"])
        if check < CHECKS_PER_CODE:
            yield Say(f"code[{sending}].not[{check}]", wording="code_not.wrong")
    return "often"


def too_late(desk: Desk) -> Generator[Step, Any, None]:
    """After 申請期限: closed, and whom to call when (rules.md §1.3)."""
    yield Say("closed_meanwhile")
    key, facts = call_centre_now(desk.campaign, (yield Moment("told_too_late")))
    yield Say("closed.call_centre", facts, wording=key)
