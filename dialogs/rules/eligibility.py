"""What the notice says to one person about one coupon: `decide(case, campaign) -> Verdict`, the table of rules.md §1.2.

Nothing here knows a date or a sum: those are the campaign's. Facts of a backend beat the person's words before they
come here. What is not known is None, and a verdict that hangs on it has path None and asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dialogs.rules.calendar import is_open, next_open
from dialogs.rules.campaign import Campaign, told_end
from dialogs.rules.claim import Account, CouponFact


class Path(StrEnum):
    """The A side of a verdict; an event of the outage stands beside it, in CallCentreCase."""

    A_APP = "A_APP"
    A_APPLY = "A_APPLY"
    REFUND = "REFUND"
    NOT_A = "NOT_A"
    NO_BALANCE = "NO_BALANCE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class Event(StrEnum):
    """What happened to a payment during the outage: (B)①, (B)②, or ※上記以外の事象."""

    PAID_AND_DEDUCTED = "paid_and_deducted"
    DOUBLE_CHARGED = "double_charged"
    OTHER = "other"


class CallCentreCase(StrEnum):
    """What the call centre has to look into (rows 2-4)."""

    B1 = "B1"
    B2 = "B2"
    OTHER = "OTHER"


class Wants(StrEnum):
    """キャッシュレスポイント, or a transfer for those who do not want them (row 11)."""

    POINTS = "points"
    REFUND = "refund"


class Reason(StrEnum):
    """Why nothing can be had, or no longer."""

    EXPIRY = "expiry"
    BALANCE = "balance"
    SCOPE = "scope"
    CLOSED = "closed"
    ALREADY_RECEIVED = "already_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One person's coupon at one instant; None is unknown, but `coupon=None` says that none was ever issued.

    `at` is when the person acted (aware). `prefecture` is a JIS code. `in_scope`: a paper coupon of 全国旅行支援 issued
    through region PAY. `url_sent`: the reward site's URL has gone out. `reward_chosen`: a reward has been chosen, or
    the refund is in a transfer file.
    """

    at: datetime
    prefecture: str | None
    in_scope: bool | None
    coupon: CouponFact | None
    event: Event | None = None
    wants: Wants = Wants.POINTS
    url_sent: bool = False
    reward_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What holds for a case. Times are what people are told: 23:59 for an end, JST; None where there is none to tell.

    `path` None: not decided, `asks` begins with the fact that is missing. `opens_at`, `apply_by` and `receive_by` are
    the path's dates in every phase; whether they are past is said by `can_apply_now` and `reason`.
    """

    path: Path | None
    also_a1: bool
    call_centre_case: CallCentreCase | None
    usable_until: datetime | None
    can_apply_now: bool
    opens_at: datetime | None
    apply_by: datetime | None
    receive_by: datetime | None
    asks: tuple[str, ...]
    reason: Reason | None
    call_centre_open: bool
    call_centre_next_open: datetime | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A condition hangs on a fact that is not known; `fact` is its name in Case or CouponFact."""

    fact: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; the first whose condition holds decides. `is_a`: what comes this far falls under (A)."""

    holds: Callable[[Case, Campaign], bool | Missing]
    path: Path
    reason: Reason | None = None
    is_a: bool = False


def decide(case: Case, campaign: Campaign) -> Verdict:
    """The verdict on a case under a notice; pure, never raises for a well-made Case."""
    row, missing = _reach(case, campaign)
    path = None if missing else row.path
    also_a1 = row.is_a and case.at < campaign.dates.usable_end
    can_apply_now = path in APPLYING and campaign.takes_applications(case.at) and not case.reward_chosen
    call_centre_case = None if path is Path.OUT_OF_SCOPE or case.event is None else CALL_CENTRE_CASES[case.event]
    return Verdict(
        path=path,
        also_a1=also_a1,
        call_centre_case=call_centre_case,
        usable_until=told_end(campaign.dates.usable_end) if also_a1 else None,
        can_apply_now=can_apply_now,
        opens_at=campaign.dates.site_opens if path in APPLYING else None,
        apply_by=told_end(campaign.dates.apply_end) if path in APPLYING else None,
        receive_by=told_end(campaign.dates.receive_end) if path in REWARDED else None,
        asks=_asks(campaign, missing, path if can_apply_now else None, call_centre_case),
        reason=None if missing else row.reason or _ended(case, campaign, row.path),
        call_centre_open=is_open(campaign, case.at),
        call_centre_next_open=next_open(campaign, case.at),
    )


def _out_of_scope(case: Case, campaign: Campaign) -> bool | Missing:
    """Row 1. One known reason is enough; a prefecture outside the campaign is never asked for the rest."""
    if case.in_scope is False or (case.prefecture is not None and not campaign.covers(case.prefecture)):
        return True
    if case.prefecture is None:
        return Missing("prefecture")
    return Missing("in_scope") if case.in_scope is None else False


def _no_coupon(case: Case, _: Campaign) -> bool:
    """(A) is for those who hold a coupon; «could not be issued one» is row 4 alone."""
    return case.coupon is None


def _other_expiry(case: Case, campaign: Campaign) -> bool | Missing:
    """Row 5: exactly the date of the notice, neither earlier nor later."""
    if _is_restored(case, campaign):
        return False
    expiry = _fact(case).expiry
    return Missing("expiry") if expiry is None else expiry != campaign.dates.original_expiry


def _nothing_after_extension(case: Case, campaign: Campaign) -> bool | Missing:
    """Row 6. A balance known at the snapshot spares the question: only what was there before can be there then."""
    if _is_restored(case, campaign):
        return False
    balance = _fact(case).balance_after_extension
    if balance is None:
        return False if _snapshot_balance(case, campaign) is not None else Missing("balance_after_extension")
    return balance == 0


def _nothing_at_snapshot(case: Case, campaign: Campaign) -> bool:
    """Row 12, over rows 8-11 and only after the snapshot; a balance that is still unknown closes nothing."""
    return _snapshot_balance(case, campaign) == 0


def _wants_refund(case: Case, _: Campaign) -> bool:
    """Row 11: by choice, also for people of the app, whose URL is then withheld (§1.4(5))."""
    return case.wants is Wants.REFUND


def _by_app(case: Case, _: Campaign) -> bool | Missing:
    """Row 8 against 9 and 10: charged, and either the account is active or the URL is already out (§1.4(8))."""
    coupon = _fact(case)
    if coupon.charged_to_app is False or coupon.account is Account.NONE:
        return False
    if coupon.account is Account.WITHDRAWN and not case.url_sent:
        return False
    if coupon.charged_to_app is None:
        return Missing("charged_to_app")
    return Missing("account") if coupon.account is None and not case.url_sent else True


def _everyone_else(_case: Case, _campaign: Campaign) -> bool:
    """Rows 9 and 10: withdrawn before the URL was sent, or paper only."""
    return True


# rules.md §1.2 in its stages: row 1, rows 5-6, row 12 over the rest, row 11 by choice, exactly one of 8-10.
# Rows 2-4 are CALL_CENTRE_CASES and stop nothing; row 7 is `also_a1` beside whatever follows.
TABLE: tuple[Row, ...] = (
    Row(_out_of_scope, Path.OUT_OF_SCOPE, Reason.SCOPE),
    Row(_no_coupon, Path.NOT_A),
    Row(_other_expiry, Path.NOT_A, Reason.EXPIRY),
    Row(_nothing_after_extension, Path.NOT_A, Reason.BALANCE),
    Row(_nothing_at_snapshot, Path.NO_BALANCE, Reason.BALANCE),
    Row(_wants_refund, Path.REFUND, is_a=True),
    Row(_by_app, Path.A_APP, is_a=True),
    Row(_everyone_else, Path.A_APPLY, is_a=True),
)

CALL_CENTRE_CASES = {
    Event.PAID_AND_DEDUCTED: CallCentreCase.B1,
    Event.DOUBLE_CHARGED: CallCentreCase.B2,
    Event.OTHER: CallCentreCase.OTHER,
}

APPLYING = {Path.A_APPLY, Path.REFUND}
REWARDED = {Path.A_APP, Path.A_APPLY}


def _reach(case: Case, campaign: Campaign) -> tuple[Row, Missing | None]:
    """The row that decides, or the one that cannot be passed for a missing fact."""
    for row in TABLE:
        held = row.holds(case, campaign)
        if held:
            return row, held if isinstance(held, Missing) else None
    raise AssertionError("the last row of the table holds for everyone")


def _fact(case: Case) -> CouponFact:
    return case.coupon or CouponFact()


def _snapshot_balance(case: Case, campaign: Campaign) -> int | None:
    """The balance that counts from the snapshot on; before it there is none, whatever was looked up later."""
    return _fact(case).balance_at_snapshot if case.at >= campaign.dates.snapshot else None


def _is_restored(case: Case, campaign: Campaign) -> bool:
    """§1.4(1): after (B) is settled the restored balance is treated as (A), whatever the expiry or the balance then."""
    settled = case.event in {Event.PAID_AND_DEDUCTED, Event.DOUBLE_CHARGED}
    return settled and (_snapshot_balance(case, campaign) or 0) >= 1


def _asks(
    campaign: Campaign, missing: Missing | None, applying: Path | None, call_centre_case: CallCentreCase | None
) -> tuple[str, ...]:
    """Column «data asked»: the fact that decides, then the application's data, then what the call centre asks."""
    asks = campaign.asks
    names: tuple[str, ...] = (missing.fact,) if missing else ()
    if applying:
        names += asks.refund if applying is Path.REFUND else asks.application
    if call_centre_case:
        names += asks.other_trouble if call_centre_case is CallCentreCase.OTHER else asks.outage_payment
    return tuple(dict.fromkeys(names))


def _ended(case: Case, campaign: Campaign, path: Path) -> Reason | None:
    """§1.3: applications and refunds close on 4/30, the app's URL on 5/31; what was chosen is final (§1.4(4))."""
    if path not in APPLYING | REWARDED:
        return None
    if case.reward_chosen:
        return Reason.ALREADY_RECEIVED
    over = campaign.apply_is_over(case.at) if path in APPLYING else case.at >= campaign.dates.receive_end
    return Reason.CLOSED if over else None
