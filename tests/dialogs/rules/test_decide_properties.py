"""What holds for every case, whoever asks and whenever."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dialogs.rules.campaign import JST, load_campaign
from dialogs.rules.claim import Account, CouponFact
from dialogs.rules.decide_json import verdict_to_json
from dialogs.rules.eligibility import CallCentreCase, Case, Event, Path, Reason, Wants, decide

CAMPAIGN = load_campaign("tochigi-2023-02")
CLOSED_SITE = replace(CAMPAIGN, site=replace(CAMPAIGN.site, open=False))
DATES = CAMPAIGN.dates
PERSONAL = {*CAMPAIGN.asks.application, *CAMPAIGN.asks.refund} - {*CAMPAIGN.asks.outage_payment, "prefecture"}
BOUNDARIES = (DATES.site_opens, DATES.snapshot, DATES.apply_end, DATES.receive_end)

yen = st.none() | st.integers(0, 3000)
moments = st.datetimes(datetime(2023, 3, 1), datetime(2023, 6, 10), timezones=st.just(JST)) | st.builds(  # noqa: DTZ001 - bounds are local by contract
    lambda end, off: end + timedelta(seconds=off), st.sampled_from(BOUNDARIES), st.integers(-2, 2)
)
coupons = st.builds(
    CouponFact,
    expiry=st.none() | st.dates(DATES.original_expiry - timedelta(days=1), DATES.original_expiry + timedelta(days=1)),
    balance_after_extension=yen,
    balance_at_snapshot=yen,
    charged_to_app=st.none() | st.booleans(),
    account=st.none() | st.sampled_from(Account),
)
cases = st.builds(
    Case,
    at=moments,
    prefecture=st.sampled_from([None, "09", "09", "09", "26"]),
    in_scope=st.sampled_from([None, True, True, True, False]),
    coupon=st.none() | coupons,
    event=st.none() | st.sampled_from(Event),
    wants=st.sampled_from(Wants),
    url_sent=st.booleans(),
    reward_chosen=st.booleans(),
)


@given(cases)
def test_personal_data_are_asked_exactly_while_one_can_apply(case: Case) -> None:
    verdict = decide(case, CAMPAIGN)

    assert verdict.can_apply_now == bool(PERSONAL & set(verdict.asks))


@given(cases)
def test_one_can_apply_only_while_the_site_is_open_and_nothing_was_chosen(case: Case) -> None:
    verdict = decide(case, CAMPAIGN)

    in_time = DATES.site_opens <= case.at < DATES.apply_end
    expected = verdict.path in {Path.A_APPLY, Path.REFUND} and in_time and not case.reward_chosen
    assert expected == verdict.can_apply_now


@given(cases)
def test_while_the_office_keeps_the_site_closed_nobody_applies_but_the_planned_date_is_told(case: Case) -> None:
    verdict, with_site = decide(case, CLOSED_SITE), decide(case, CAMPAIGN)

    assert not verdict.can_apply_now
    assert (with_site.path, with_site.opens_at) == (verdict.path, verdict.opens_at)


@given(cases)
def test_the_coupon_is_usable_only_before_april_and_only_under_a(case: Case) -> None:
    verdict = decide(case, CAMPAIGN)

    assert verdict.also_a1 == (verdict.usable_until is not None)
    assert not verdict.also_a1 or (
        case.at < DATES.usable_end and verdict.path in {None, Path.A_APP, Path.A_APPLY, Path.REFUND}
    )


@given(cases)
def test_every_event_within_scope_reaches_the_call_centre_and_changes_nothing_on_the_a_side_before_april(
    case: Case,
) -> None:
    verdict, quiet = decide(case, CAMPAIGN), decide(replace(case, event=None), CAMPAIGN)

    expected = {
        Event.PAID_AND_DEDUCTED: CallCentreCase.B1,
        Event.DOUBLE_CHARGED: CallCentreCase.B2,
        Event.OTHER: CallCentreCase.OTHER,
        None: None,
    }[case.event]
    assert (None if verdict.path is Path.OUT_OF_SCOPE else expected) == verdict.call_centre_case
    assert case.at >= DATES.snapshot or quiet.path == verdict.path


@given(cases)
def test_an_unknown_balance_at_the_snapshot_never_closes_a_case(case: Case) -> None:
    known = case.coupon or CouponFact()

    verdict = decide(replace(case, coupon=replace(known, balance_at_snapshot=None)), CAMPAIGN)

    assert verdict.path is not Path.NO_BALANCE


@given(cases)
def test_a_wish_for_money_changes_only_who_pays(case: Case) -> None:
    points = decide(replace(case, wants=Wants.POINTS), CAMPAIGN)
    refund = decide(replace(case, wants=Wants.REFUND), CAMPAIGN)

    paid = points.path in {Path.A_APP, Path.A_APPLY} or (points.path is None and refund.path is Path.REFUND)
    assert paid == (refund.path is Path.REFUND)
    assert paid or points == refund


@given(cases)
def test_an_undecided_case_names_the_fact_that_it_hangs_on_and_promises_nothing(case: Case) -> None:
    verdict = decide(case, CAMPAIGN)

    facts = {"prefecture", "in_scope", "expiry", "balance_after_extension", "charged_to_app", "account"}
    assert verdict.path is not None or verdict.asks[0] in facts
    assert verdict.path is not None or (None, None, None) == (verdict.reason, verdict.apply_by, verdict.receive_by)


@given(cases)
def test_what_is_refused_has_a_reason(case: Case) -> None:
    verdict = decide(case, CAMPAIGN)

    refused = verdict.path in {Path.OUT_OF_SCOPE, Path.NO_BALANCE} or (verdict.path is Path.NOT_A and case.coupon)
    assert not refused or verdict.reason in {Reason.SCOPE, Reason.BALANCE, Reason.EXPIRY}


@given(cases)
def test_a_verdict_in_json_has_the_keys_of_the_contract(case: Case) -> None:
    plain = verdict_to_json(decide(case, CAMPAIGN))

    expected = "path also_a1 call_centre_case usable_until can_apply_now opens_at apply_by receive_by asks reason"
    assert [*expected.split(), "call_centre"] == list(plain)
    assert ["open", "next_open"] == list(plain["call_centre"])
