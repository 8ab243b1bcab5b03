"""The worked cases of the rules (§1.5) and the boundaries of §1.1, played through the JSON of `decide`."""

import json
from typing import Any

import pytest

from dialogs.rules.campaign import load_campaign
from dialogs.rules.decide_json import decide_lines

CAMPAIGN = load_campaign("tochigi-2023-02")

USABLE_UNTIL = "2023-03-31T23:59:00+09:00"
OPENS_AT = "2023-03-22T00:00:00+09:00"
APPLY_BY = "2023-04-30T23:59:00+09:00"
RECEIVE_BY = "2023-05-31T23:59:00+09:00"

FOUR = ["inquiry_number", "expiry", "prefecture", "shop"]
D_PAPER = ["name", "contact", "prefecture", "trip_date", "inquiry_number", "delivery_target"]
APPLICATION_DATES = {"opens_at": OPENS_AT, "apply_by": APPLY_BY, "receive_by": RECEIVE_BY}
NO_DATES = {"opens_at": None, "apply_by": None, "receive_by": None}
USABLE = {"also_a1": True, "usable_until": USABLE_UNTIL}
NOT_USABLE = {"also_a1": False, "usable_until": None}


def coupon(
    expiry: str = "2023-02-24", after: int | None = 1000, *, charged: bool = False, **more: Any
) -> dict[str, Any]:
    account = "active" if charged else "none"
    known = {"expiry": expiry, "balance_after_extension": after, "balance_at_snapshot": None}
    return known | {"charged_to_app": charged, "account": account} | more


PAPER = coupon()
APP = coupon(charged=True)
WITHDRAWN = coupon(charged=True, account="withdrawn")


def verdict(at: str, held: dict[str, Any] | None = PAPER, **more: Any) -> dict[str, Any]:
    case = {"at": f"2023-{at}+09:00", "prefecture": "栃木県", "in_scope": True, "coupon": held} | more
    (line,) = decide_lines([json.dumps(case)], CAMPAIGN)
    decided: dict[str, Any] = json.loads(line)
    return decided


def chosen(decided: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {key: decided[key] for key in expected}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "1 paper before the site opens: use it, no data asked": (
        verdict("03-05T14:00:00"),
        {"path": "A_APPLY", "can_apply_now": False, "asks": [], "reason": None, "call_centre_case": None}
        | USABLE
        | APPLICATION_DATES,
    ),
    "2 charged to the app: no procedure at all": (
        verdict("03-05T14:00:00", APP),
        {"path": "A_APP", "can_apply_now": False, "asks": [], "reason": None, "call_centre_case": None}
        | USABLE
        | {"opens_at": None, "apply_by": None, "receive_by": RECEIVE_BY},
    ),
    "3 the last second before the site opens": (
        verdict("03-21T23:59:59"),
        {"path": "A_APPLY", "can_apply_now": False, "asks": [], "opens_at": OPENS_AT, "reason": None},
    ),
    "4 the first second of the site": (
        verdict("03-22T00:00:00"),
        {"path": "A_APPLY", "can_apply_now": True, "asks": D_PAPER} | USABLE | APPLICATION_DATES,
    ),
    "7 partly used by the snapshot": (
        verdict("04-01T00:00:00", coupon(after=3000, balance_at_snapshot=1200)),
        {"path": "A_APPLY", "can_apply_now": True} | NOT_USABLE,
    ),
    "9 nothing left on 2/26": (
        verdict("03-05T14:00:00", coupon(after=0, charged=True)),
        {"path": "NOT_A", "reason": "balance", "can_apply_now": False, "asks": []} | NOT_USABLE | NO_DATES,
    ),
    "10 expired the day before": (
        verdict("03-05T14:00:00", coupon("2023-02-23", 500)),
        {"path": "NOT_A", "reason": "expiry", "can_apply_now": False, "asks": []} | NOT_USABLE | NO_DATES,
    ),
    "12 valid a day longer, paid and deducted: the call centre, open on a Sunday of March": (
        verdict("03-05T11:00:00", coupon("2023-02-25"), event="paid_and_deducted"),
        {"path": "NOT_A", "reason": "expiry", "call_centre_case": "B1", "asks": FOUR}
        | {"call_centre": {"open": True, "next_open": "2023-03-06T10:00:00+09:00"}}
        | NOT_USABLE,
    ),
    "15 a wrong amount entered by the shop": (
        verdict("03-10T12:00:00", event="other"),
        {"path": "A_APPLY", "call_centre_case": "OTHER", "can_apply_now": False, "asks": ["what_happened"]},
    ),
    "16 no coupon could be issued: no inquiry number is demanded": (
        verdict("03-10T12:00:00", None, event="other"),
        {"path": "NOT_A", "call_centre_case": "OTHER", "asks": ["what_happened"], "reason": None} | NO_DATES,
    ),
    "17 the charge failed: as paper, whatever the account": (
        verdict("03-25T12:00:00", coupon(after=2000, account="active")),
        {"path": "A_APPLY", "can_apply_now": True, "asks": D_PAPER},
    ),
    "19 a double press beside a balance: both": (
        verdict("03-25T12:00:00", coupon(after=500), event="double_charged"),
        {"path": "A_APPLY", "call_centre_case": "B2", "asks": [*D_PAPER, "expiry", "shop"]} | USABLE,
    ),
    "§1.4(1) restored after 3/31, charged: by the app, no usable period": (
        verdict(
            "04-10T12:00:00",
            coupon("2023-02-25", 0, charged=True, balance_at_snapshot=1500),
            event="paid_and_deducted",
        ),
        {"path": "A_APP", "call_centre_case": "B1", "can_apply_now": False, "receive_by": RECEIVE_BY} | NOT_USABLE,
    ),
    "21 the same on paper: apply by 4/30": (
        verdict("04-10T12:00:00", coupon("2023-02-25", 0, balance_at_snapshot=1500), event="paid_and_deducted"),
        {"path": "A_APPLY", "call_centre_case": "B1", "can_apply_now": True} | APPLICATION_DATES | NOT_USABLE,
    ),
    "23 withdrawn before the URL was sent": (
        verdict("04-05T12:00:00", WITHDRAWN),
        {"path": "A_APPLY", "can_apply_now": True, "asks": D_PAPER},
    ),
    "§1.4(8) withdrawn after it: the URL stays valid": (
        verdict("04-12T12:00:00", WITHDRAWN, url_sent=True),
        {"path": "A_APP", "can_apply_now": False, "asks": [], "apply_by": None, "receive_by": RECEIVE_BY},
    ),
    "25 the URL has not come yet": (
        verdict("04-08T12:00:00", APP),
        {"path": "A_APP", "reason": None, "asks": []} | NOT_USABLE,
    ),
    "30 the last second of the application": (
        verdict("04-30T23:59:59"),
        {"path": "A_APPLY", "can_apply_now": True, "asks": D_PAPER, "reason": None}
        | {"call_centre": {"open": False, "next_open": "2023-05-01T10:00:00+09:00"}},
    ),
    "31 the first second after it": (
        verdict("05-01T00:00:00"),
        {"path": "A_APPLY", "can_apply_now": False, "asks": [], "reason": "closed"}
        | APPLICATION_DATES
        | {"call_centre": {"open": False, "next_open": "2023-05-01T10:00:00+09:00"}},
    ),
    "32 judged by the event's own time": (
        verdict("04-30T23:59:40"),
        {"can_apply_now": True, "reason": None},
    ),
    "35 the first instant at which it can no longer be used": (
        verdict("04-01T00:00:00"),
        {"path": "A_APPLY", "can_apply_now": True} | NOT_USABLE,
    ),
    "35 the last second at which it can": (verdict("03-31T23:59:59"), USABLE),
    "36 a refund before the site opens": (
        verdict("03-10T12:00:00", wants="refund"),
        {"path": "REFUND", "can_apply_now": False, "asks": [], "reason": None}
        | {"opens_at": OPENS_AT, "apply_by": APPLY_BY, "receive_by": None}
        | USABLE,
    ),
    "37 a refund in April: bank and lodging, no delivery target": (
        verdict("04-10T12:00:00", wants="refund"),
        {"path": "REFUND", "can_apply_now": True, "asks": list(CAMPAIGN.asks.refund)} | NOT_USABLE,
    ),
    "§1.4(5) a refund for a person of the app": (
        verdict("04-10T12:00:00", APP, wants="refund", url_sent=True),
        {"path": "REFUND", "can_apply_now": True, "receive_by": None},
    ),
    "§1.4(4) a refund after the reward was chosen": (
        verdict("04-20T12:00:00", APP, wants="refund", url_sent=True, reward_chosen=True),
        {"path": "REFUND", "can_apply_now": False, "asks": [], "reason": "already_received"},
    ),
    "40 a refund in May: closed, the call centre answers": (
        verdict("05-02T15:00:00", wants="refund"),
        {"path": "REFUND", "can_apply_now": False, "asks": [], "reason": "closed"}
        | {"call_centre": {"open": True, "next_open": "2023-05-08T10:00:00+09:00"}},
    ),
    "42 a prefecture without region PAY": (
        verdict("03-25T12:00:00", prefecture="京都"),
        {"path": "OUT_OF_SCOPE", "reason": "scope", "can_apply_now": False, "asks": []} | NOT_USABLE | NO_DATES,
    ),
    "row 1 another prefecture with region PAY": (
        verdict("03-25T12:00:00", prefecture="群馬県", event="double_charged"),
        {"path": "OUT_OF_SCOPE", "reason": "scope", "call_centre_case": None},
    ),
    "44 no paper coupon of region PAY": (
        verdict("03-25T12:00:00", in_scope=False),
        {"path": "OUT_OF_SCOPE", "reason": "scope", "can_apply_now": False, "asks": []} | NOT_USABLE | NO_DATES,
    ),
    "row 12 used up by the snapshot": (
        verdict("04-05T12:00:00", coupon(after=1000, balance_at_snapshot=0)),
        {"path": "NO_BALANCE", "reason": "balance", "can_apply_now": False, "asks": []} | NOT_USABLE | NO_DATES,
    ),
    "row 12 over a wish for a refund": (
        verdict("04-05T12:00:00", coupon(balance_at_snapshot=0), wants="refund"),
        {"path": "NO_BALANCE", "reason": "balance"},
    ),
    "row 12 not before the snapshot": (
        verdict("03-31T23:59:59", coupon(balance_at_snapshot=0)),
        {"path": "A_APPLY", "can_apply_now": True} | USABLE,
    ),
    "row 12 beside an event": (
        verdict("04-05T12:00:00", coupon(balance_at_snapshot=0), event="paid_and_deducted"),
        {"path": "NO_BALANCE", "call_centre_case": "B1", "asks": FOUR},
    ),
    "the app's URL in May": (verdict("05-31T23:59:59", APP), {"path": "A_APP", "reason": None}),
    "the app's URL in June": (verdict("06-01T00:00:00", APP), {"path": "A_APP", "reason": "closed", "asks": []}),
    "a reward already chosen": (
        verdict("05-10T12:00:00", APP, url_sent=True, reward_chosen=True),
        {"path": "A_APP", "reason": "already_received"},
    ),
    "a third trouble restores nothing": (
        verdict("04-10T12:00:00", coupon("2023-02-25", balance_at_snapshot=1500), event="other"),
        {"path": "NOT_A", "reason": "expiry", "call_centre_case": "OTHER"},
    ),
    "one yen is enough": (verdict("03-05T12:00:00", coupon(after=1)), {"path": "A_APPLY"}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_worked_case_of_the_rules_is_decided_as_written(name: str) -> None:
    decided, expected = CASES[name]

    assert expected == chosen(decided, expected)


UNKNOWN: dict[str, tuple[dict[str, Any], str | None, list[str]]] = {
    "the prefecture": (verdict("04-05T12:00:00", prefecture=None), None, ["prefecture"]),
    "the kind of coupon": (verdict("04-05T12:00:00", in_scope=None), None, ["in_scope"]),
    "the expiry": (verdict("04-05T12:00:00", coupon() | {"expiry": None}), None, ["expiry"]),
    "the balance": (verdict("04-05T12:00:00", coupon(after=None)), None, ["balance_after_extension"]),
    "the charge": (
        verdict("04-05T12:00:00", coupon(charged_to_app=None, account="active")),
        None,
        ["charged_to_app"],
    ),
    "the account": (verdict("04-05T12:00:00", coupon(charged_to_app=True, account=None)), None, ["account"]),
    "the charge of a withdrawn account": (
        verdict("04-05T12:00:00", coupon(charged_to_app=None, account="withdrawn")),
        "A_APPLY",
        D_PAPER,
    ),
    "the charge where there is no account": (
        verdict("04-05T12:00:00", coupon(charged_to_app=None, account="none")),
        "A_APPLY",
        D_PAPER,
    ),
    "the account once the URL is out": (
        verdict("04-05T12:00:00", coupon(charged_to_app=True, account=None), url_sent=True),
        "A_APP",
        [],
    ),
    "the charge, for a refund": (
        verdict("04-05T12:00:00", coupon(charged_to_app=None), wants="refund"),
        "REFUND",
        list(CAMPAIGN.asks.refund),
    ),
    "the balance of 2/26 when that of 3/31 is known": (
        verdict("04-05T12:00:00", coupon(after=None, balance_at_snapshot=700)),
        "A_APPLY",
        D_PAPER,
    ),
    "the balance of 3/31": (verdict("04-05T12:00:00"), "A_APPLY", D_PAPER),
    "all but the prefecture of another office": (
        verdict("04-05T12:00:00", prefecture="東京都", in_scope=None),
        "OUT_OF_SCOPE",
        [],
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_unknown_is_asked_for_only_where_the_verdict_hangs_on_it(name: str) -> None:
    decided, path, asks = UNKNOWN[name]

    assert (path, asks) == (decided["path"], decided["asks"])


def test_a_coupon_under_a_is_usable_even_while_it_is_unknown_who_sends_the_points() -> None:
    decided = verdict("03-05T12:00:00", coupon(charged_to_app=None, account=None))

    assert (None, True, USABLE_UNTIL) == (decided["path"], decided["also_a1"], decided["usable_until"])


def test_data_of_a_refund_name_the_bank_and_the_stay_but_no_delivery_target() -> None:
    asks = set(verdict("04-10T12:00:00", wants="refund")["asks"])

    assert {"bank_code", "account_number", "holder_kana", "lodging_name", "check_in", "check_out"} <= asks
    assert {"delivery_target"} == set(D_PAPER) - asks
