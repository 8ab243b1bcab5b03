"""Who falls under the notice: the questions whose answers make a Case, in the order in which they can end it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dialogs.coupon_questions import Balance, Prefecture
from dialogs.engine import Desk, Step
from dialogs.facts import call_centre_now, campaign_terms, url_phase
from dialogs.questions import Day, PickOne
from dialogs.reading.prefectures import prefecture_name
from dialogs.rules.claim import Account, CouponFact
from dialogs.rules.eligibility import Case, Event, Path, Verdict, decide
from dialogs.steps import Moment, MovedOn, Say
from dialogs.words import Phrase

LONGEST_STAY = timedelta(days=30)
EXPIRY_WINDOW = timedelta(days=60)  # a coupon ran for the nights of one trip: a date further off is a slip


def eligibility(desk: Desk) -> Generator[Step, Any, tuple[Case, Verdict] | MovedOn]:
    """Rows 1-12 of the table, asked only as far as they are still open; gives what was told and the verdict on it.

    Nothing is decided here about a prefecture that has its own campaign at this counter.
    """
    terms = campaign_terms(desk.campaign)
    kind = yield PickOne(key="kind", options=("paper", "other", "not_issued"), facts=terms)
    case = Case(at=(yield Moment("began")), prefecture=None, in_scope=kind != "other", coupon=None)
    if kind != "other":
        case = replace(case, prefecture=(yield Prefecture(key="prefecture", likely=_covered(desk))))
    if case.prefecture and case.prefecture in desk.elsewhere:
        return MovedOn(desk.elsewhere[case.prefecture])
    if case.prefecture and desk.campaign.covers(case.prefecture):
        case = replace(case, event=Event.OTHER)
        if kind == "paper":
            case = yield from _about_the_coupon(desk, case)
    return case, decide(replace(_as_if_left(case), at=(yield Moment("decided"))), desk.campaign)


def _as_if_left(case: Case) -> Case:
    """Who does not know what was left may go on: the record of the coupon knows, and beats every word."""
    coupon = case.coupon
    return replace(case, coupon=replace(coupon, balance_after_extension=1)) if coupon and _not_known(coupon) else case


def _not_known(coupon: CouponFact) -> bool:
    return coupon.charged_to_app is not None and coupon.balance_after_extension is None


def _covered(desk: Desk) -> tuple[str, ...]:
    return tuple(prefecture.code for prefecture in desk.campaign.prefectures)


def _about_the_coupon(desk: Desk, case: Case) -> Generator[Step, Any, Case]:
    """(A) 有効期限 and 残額, (B) the outage, then how the coupon was used."""
    likely = desk.campaign.dates.original_expiry
    expiry = yield Day(key="expiry", earliest=likely - EXPIRY_WINDOW, latest=likely + EXPIRY_WINDOW, likely=likely)
    happened = yield PickOne(key="event", options=("nothing", *Event), facts=campaign_terms(desk.campaign))
    event = None if happened == "nothing" else Event(happened)
    coupon = CouponFact(expiry=expiry)
    if expiry == likely:
        left = yield Balance(key="balance")
        coupon = replace(coupon, balance_after_extension=left)
        if left != 0:
            coupon = yield from _how_it_was_used(desk, coupon)
    return replace(case, event=event, coupon=coupon)


def _how_it_was_used(desk: Desk, coupon: CouponFact) -> Generator[Step, Any, CouponFact]:
    """Charged to the app or not («charge failed» is not), and whether the account still stands."""
    charged = yield PickOne(key="charged", options=("no", "failed", "yes"), facts=campaign_terms(desk.campaign))
    if charged != "yes":
        return replace(coupon, charged_to_app=False, account=Account.NONE)
    account = yield PickOne(key="account", options=("active", "withdrawn"))
    return replace(coupon, charged_to_app=True, account=Account(account))


def explain(desk: Desk, case: Case, verdict: Verdict) -> Generator[Step, Any, None]:
    """The verdict in plain words, with its dates. Who has a case for the call centre has heard of that, and of its
    hours; what stands in the way of (A) is then no news to them."""
    decided = yield Moment("decided.told")
    if verdict.path is Path.OUT_OF_SCOPE and case.prefecture:
        names = {"prefecture": Phrase(_names_of(case.prefecture))}
        advice = Phrase(desk.campaign.elsewhere.advice(case.prefecture), names)
        yield Say("verdict", {"advice": advice}, wording="verdict.OUT_OF_SCOPE.prefecture")
    elif not (verdict.call_centre_case and verdict.path is Path.NOT_A):
        if not verdict.reason and case.coupon and _not_known(case.coupon):
            yield Say("balance_unknown")
        yield Say("verdict", wording=f"verdict.{_which(verdict, decided, url=url_phase(desk.campaign, decided))}")
    if verdict.also_a1:
        yield Say("also_a1")
    if not verdict.call_centre_case and (verdict.path in (Path.NOT_A, Path.OUT_OF_SCOPE) or verdict.reason):
        key, facts = call_centre_now(desk.campaign, decided)
        yield Say("call_centre", facts, wording=key)


def _which(verdict: Verdict, decided: datetime, *, url: str) -> str:
    """The name of the verdict's sentence: the path, and what about it has to be told apart."""
    match verdict.path:
        case Path.A_APP:
            return f"A_APP.{url}"
        case Path.A_APPLY if not verdict.can_apply_now:
            is_late = verdict.opens_at is not None and decided >= verdict.opens_at
            return f"A_APPLY.{'closed' if verdict.reason else 'delayed' if is_late else 'not_open'}"
        case Path.A_APPLY:
            return "A_APPLY.open"
        case Path.OUT_OF_SCOPE:
            return "OUT_OF_SCOPE.general"
        case _:
            return f"{verdict.path}.{verdict.reason}"


def _names_of(code: str) -> dict[str, str]:
    return {language: prefecture_name(code, language) for language in ("ja", "en")}


def in_time(desk: Desk) -> Generator[Step, Any, bool]:
    """Whether one can still apply, wherever one stands; after 申請期限 that it is closed, and whom to call when
    (rules.md §1.3)."""
    now = yield Moment("in_time", anew=True)
    if not desk.campaign.apply_is_over(now):
        return True
    yield Say("closed_meanwhile")
    key, facts = call_centre_now(desk.campaign, now)
    yield Say("closed.call_centre", facts, wording=key)
    return False
