"""A② by application: the paper coupon that never reached the app (notice 2, ≪申請方法≫, the second case)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dialogs.coupon_questions import WITHOUT, InquiryNumber
from dialogs.engine import Desk, Step, Walk
from dialogs.facts import campaign_terms
from dialogs.personal import Contact, Name
from dialogs.questions import LOST, CheckAnswers, Day, PickOne, YesNo
from dialogs.rules.claim import CouponRef, DeliveryTarget, show_receipt_no
from dialogs.rules.eligibility import Path, Verdict
from dialogs.scripts.eligibility import LONGEST_STAY, eligibility, explain, in_time
from dialogs.scripts.proof import not_proven, proven_target
from dialogs.scripts.refund import refund
from dialogs.scripts.reminding import number_lost, opening_reminder
from dialogs.scripts.trouble import NUMBER, RESTORING, trouble
from dialogs.steps import Explained, Lookup, Moment, MovedOn, Outcome, Revise, Say, Submitted, digest_of

NOTHING_TO_APPLY_FOR = (Path.A_APP, Path.NOT_A, Path.NO_BALANCE)


@dataclass(frozen=True)
class Details:
    """Who applies and where the URL goes (D-PAPER)."""

    name: str = field(repr=False)
    contact: str = field(repr=False)
    target: DeliveryTarget


@dataclass(frozen=True)
class First:
    """What was told of the first coupon before it is asked for: its number, and the trouble by which it counts."""

    number: str = ""
    event: str = ""


NOTHING_TOLD = First()


def apply(desk: Desk) -> Walk:
    """Eligibility; trouble in the outage beside it; its verdict; then which coupons, and points or their money."""
    yield Say("greeting")
    judged = yield from eligibility(desk)
    if isinstance(judged, MovedOn):
        return judged
    case, verdict = judged
    number = (yield from trouble(desk, case, verdict.call_centre_case)) if verdict.call_centre_case else ""
    if verdict.can_apply_now and not (yield from in_time(desk)):
        return Explained("closed")
    yield from explain(desk, case, verdict)
    given_back = yield from may_be_given_back(desk, verdict)
    if not given_back and (verdict.path is not Path.A_APPLY or not verdict.can_apply_now):
        if verdict.path is Path.A_APPLY and not verdict.reason:
            yield from opening_reminder()
        return Explained(f"{verdict.path}")
    wish = yield PickOne(key="wish", options=("apply", "refund", "later"), shown=False, fleeting=given_back)
    if wish != "apply":
        yield Say("wish_told", wording=f"wish_told.{wish}")
    if wish == "later":
        return Explained(wish, again=("wish",))
    told = First(number, f"{case.event}" if given_back else "")
    return (yield from coupons_and_person(desk, told, by_transfer=wish == "refund"))


def coupons_and_person(desk: Desk, told: First, *, by_transfer: bool) -> Generator[Step, Any, Outcome]:
    """Which coupons, and who gets points or their money for them."""
    if told.event and not (yield from in_time(desk)):
        return Explained("closed")
    coupons = yield from coupon_list(desk, told)
    if not coupons:
        return Explained("no_coupon_left")
    return (yield from (refund(desk, coupons) if by_transfer else points(coupons)))


def points(coupons: tuple[CouponRef, ...]) -> Generator[Step, Any, Outcome]:
    """Who, and where the URL goes; checked, and sent off."""
    consent = yield PickOne(key="consent", options=("agree", "disagree"), private=True, shown=False)
    if consent == "disagree":
        yield Say("no_consent")
        return Explained("no_consent", again=("consent",))
    details = yield from personal_details()
    if details is None:
        return (yield from not_proven("target"))
    yield CheckAnswers()
    return Submitted(coupons=coupons, name=details.name, contact=details.contact, target=details.target)


def may_be_given_back(desk: Desk, verdict: Verdict) -> Generator[Step, Any, bool]:
    """(B) alone: what the shop's record gave back is paid out as under (A), once the snapshot has it (§1.4(1))."""
    if verdict.path is not Path.NOT_A or verdict.call_centre_case not in RESTORING:
        return False
    now = yield Moment("given_back")
    if now < desk.campaign.dates.snapshot or not desk.campaign.takes_applications(now):
        return False
    yield Say("given_back")
    return True


def coupon_list(desk: Desk, first: First) -> Generator[Step, Any, tuple[CouponRef, ...]]:
    """One to ten coupons of one prefecture (rules.md §1.4(9)); empty when none of them can be applied for."""
    coupons: dict[tuple[str, str], CouponRef] = {}
    for n in range(1, desk.campaign.coupons_per_claim + 1):
        coupon = yield from one_coupon(desk, n, coupons, told=first if n == 1 else NOTHING_TOLD)
        if coupon:
            coupons[coupon.key] = coupon
        if n == desk.campaign.coupons_per_claim:
            break
        if not (yield YesNo(key=f"coupon[{n}].more", shown_when=("no",), facts={"n": n})):
            break
    return tuple(coupons.values())


def one_coupon(
    desk: Desk, n: int, others: dict[tuple[str, str], CouponRef], *, told: First
) -> Generator[Step, Any, CouponRef | None]:
    """Its inquiry number, unless told, and the day of the trip, looked up; None when it needs no application or cannot
    have one."""
    key, facts = f"coupon[{n}]", {**campaign_terms(desk.campaign), "n": n}
    ways = (LOST, WITHOUT) if others else (LOST,)
    form = desk.campaign.inquiry_number.pattern
    number = told.number or (yield InquiryNumber(key=f"{key}.number", pattern=form, ways=ways, facts=facts))
    if number == LOST:
        yield from number_lost(key, beside=bool(others))
        yield Revise((f"{key}.number",))
    if number == WITHOUT:
        yield Say(f"{key}.left_out", {"n": n}, wording="left_out")
        return None
    expiry = desk.campaign.dates.original_expiry
    trip_date: date = yield Day(
        key=f"{key}.trip_date", earliest=expiry - LONGEST_STAY, latest=expiry, likely=expiry, facts=facts
    )
    coupon = CouponRef(desk.campaign.prefectures[0].code, number, trip_date)
    if coupon.key in others:
        yield Say(f"{key}.twice", {"n": n}, wording="coupon_twice")
        yield Revise((f"{key}.number", f"{key}.trip_date"))
    return (yield from _as_recorded(key, coupon, facts, told=told))


def _as_recorded(
    key: str, coupon: CouponRef, facts: Mapping[str, Any], *, told: First
) -> Generator[Step, Any, CouponRef | None]:
    """What the record says of it beats what was said; one that cannot be found may still be handed in for a check."""
    about = {"prefecture": coupon.prefecture, "number": coupon.number, "trip_date": coupon.trip_date.isoformat()}
    known = yield Lookup(key, "coupon", {**about, "event": told.event} if told.event else about)
    if known["found"] == "no_match":
        answer = yield PickOne(
            key=f"{key}.unmatched", options=("fix", "go_on"), about=digest_of("", about), shown=False, facts=facts
        )
        if answer == "fix":
            yield Revise((f"{key}.unmatched", NUMBER if told.number else f"{key}.number", f"{key}.trip_date"))
    if known["found"] == "mine":
        yield from _applied_for(key, known, facts)
        return None
    if known["found"] == "match" and known["path"] in NOTHING_TO_APPLY_FOR:
        not_yet = told.event and known["path"] == Path.NOT_A
        yield Say(f"{key}.otherwise", wording=f"coupon_otherwise.{'NOT_YET' if not_yet else known['path']}")
        return None
    return coupon


def _applied_for(key: str, known: Mapping[str, Any], facts: Mapping[str, Any]) -> Generator[Step, Any, None]:
    """The same coupon once more: the application that is there, and how it stands (rules.md §1.5, case 45)."""
    yield Say(f"{key}.mine", {**facts, "receipt_no": show_receipt_no(known["receipt_no"])}, wording="coupon_mine")
    told = {"target": known["target"], "existing": show_receipt_no(known["receipt_no"])}
    yield Say(f"{key}.mine_stands", told, wording=f"status.{known['state']}")


def personal_details() -> Generator[Step, Any, Details | None]:
    """Who, and where to: a target that is proven to be theirs. Asked after the purpose was told (APPI art. 21(2))."""
    name = yield Name(key="name")
    contact = yield Contact(key="contact")
    target = yield from proven_target("target", contact)
    return Details(name, contact, target) if target else None
