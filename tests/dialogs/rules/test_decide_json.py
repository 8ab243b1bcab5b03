"""`decide` over JSON: what is no case is refused by name, and no line costs another its answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.rules.campaign import load_campaign
from dialogs.rules.decide_json import LONGEST_CASE, CaseError, case_from_json, decide_lines

CAMPAIGN = load_campaign("tochigi-2023-02")
CASE: dict[str, Any] = {
    "at": "2023-04-05T10:00:00+09:00",
    "prefecture": "栃木県",
    "in_scope": True,
    "coupon": {
        "expiry": "2023-02-24",
        "balance_after_extension": 1000,
        "balance_at_snapshot": None,
        "charged_to_app": False,
        "account": "none",
    },
    "event": None,
    "wants": "points",
    "url_sent": False,
    "reward_chosen": False,
}
LINE = json.dumps(CASE, ensure_ascii=False)
SPREAD = json.dumps(CASE, ensure_ascii=False, indent=2)


def answers(*lines: str) -> list[str]:
    """What each case comes to: its path, or the word error."""
    decided = [json.loads(answer) for answer in decide_lines(lines, CAMPAIGN)]
    return ["error" if "error" in answer else answer["path"] for answer in decided]


def test_a_verdict_has_exactly_the_shape_of_the_contract() -> None:
    (answer,) = decide_lines([LINE], CAMPAIGN)

    assert {
        "path": "A_APPLY",
        "also_a1": False,
        "call_centre_case": None,
        "usable_until": None,
        "can_apply_now": True,
        "opens_at": "2023-03-22T00:00:00+09:00",
        "apply_by": "2023-04-30T23:59:00+09:00",
        "receive_by": "2023-05-31T23:59:00+09:00",
        "asks": ["name", "contact", "prefecture", "trip_date", "inquiry_number", "delivery_target"],
        "reason": None,
        "call_centre": {"open": True, "next_open": "2023-04-06T10:00:00+09:00"},
    } == json.loads(answer)


@pytest.mark.parametrize("name", ["栃木県", "栃木", "とちぎ", "トチギ", "Tochigi", "TOCHIGI", "09", "０９"])
def test_a_prefecture_is_read_in_every_spelling(name: str) -> None:
    assert "09" == case_from_json(CASE | {"prefecture": name}).prefecture


@pytest.mark.parametrize("moment", ["2023-04-30T14:59:59Z", "2023-04-30T23:59:59+09:00", "2023-04-30T07:59:59-07:00"])
def test_an_instant_is_the_same_in_every_offset(moment: str) -> None:
    (answer,) = decide_lines([json.dumps(CASE | {"at": moment})], CAMPAIGN)

    assert json.loads(answer)["can_apply_now"]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"at": None}, "at: a time"),
        ({"at": 1680652800}, "at: a time"),
        ({"at": "2023-04-05"}, "at: a time"),
        ({"at": "2023-04-05T10:00:00"}, "at: a time"),
        ({"at": "2023-02-30T10:00:00+09:00"}, "at: a time"),
        ({"at": "9999-12-31T23:59:59+09:00"}, "at: a time"),
        ({"prefecture": 9}, "prefecture: one of"),
        ({"prefecture": ""}, "prefecture: one of"),
        ({"prefecture": "とちぎい県"}, "prefecture: one of"),
        ({"in_scope": "yes"}, "in_scope: true or false"),
        ({"in_scope": 1}, "in_scope: true or false"),
        ({"event": "double"}, "event: one of"),
        ({"event": ["other"]}, "event: one of"),
        ({"wants": "money"}, "wants: one of"),
        ({"url_sent": "false"}, "url_sent: true or false"),
        ({"reward_chosen": 0}, "reward_chosen: true or false"),
        ({"coupons": []}, "coupons: unknown key"),
        ({"coupon": []}, "coupon: an object"),
        ({"coupon": {"expire": "2023-02-24"}}, r"coupon\.expire: unknown key"),
        ({"coupon": {"expiry": "20230224"}}, r"coupon\.expiry: a date"),
        ({"coupon": {"expiry": "2023-02-29"}}, r"coupon\.expiry: a date"),
        ({"coupon": {"expiry": "2023-02-24T23:59:00+09:00"}}, r"coupon\.expiry: a date"),
        ({"coupon": {"balance_after_extension": -1}}, r"coupon\.balance_after_extension: whole yen"),
        ({"coupon": {"balance_after_extension": 1.5}}, r"coupon\.balance_after_extension: whole yen"),
        ({"coupon": {"balance_at_snapshot": True}}, r"coupon\.balance_at_snapshot: whole yen"),
        ({"coupon": {"balance_at_snapshot": 10**10}}, r"coupon\.balance_at_snapshot: whole yen"),
        ({"coupon": {"charged_to_app": "no"}}, r"coupon\.charged_to_app: true or false"),
        ({"coupon": {"account": "closed"}}, r"coupon\.account: one of"),
    ],
)
def test_what_is_no_case_is_refused_with_its_key_and_an_example(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CaseError, match=f"^{complaint}"):
        case_from_json(CASE | wrong)


def test_what_is_left_out_is_unknown_and_a_null_coupon_was_never_issued() -> None:
    least = case_from_json({"at": CASE["at"]})

    assert (None, None, None) == (least.prefecture, least.in_scope, least.event)
    assert least.coupon is not None
    assert least.coupon.expiry is None
    assert case_from_json(CASE | {"coupon": None}).coupon is None


def test_one_case_on_a_line_gives_one_line_each() -> None:
    assert ["A_APPLY", "A_APPLY"] == answers(LINE + "\n", "\n", LINE + "\r\n")


def test_a_case_may_be_spread_over_several_lines() -> None:
    assert ["A_APPLY", "A_APPLY"] == answers(*SPREAD.splitlines(keepends=True), *SPREAD.splitlines())


def test_a_byte_order_mark_does_no_harm() -> None:
    assert ["A_APPLY"] == answers("\ufeff" + LINE)


@pytest.mark.parametrize(
    "bad",
    [
        "junk",
        "[]",
        "3",
        "null",
        "{}",
        LINE[:40],
        LINE[:-1],
        LINE + "}",
        LINE + LINE,
        '{"at": NaN}',
        '{"at": "x", "at": "y"}',
        '{"at": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"\\ud800": 1}',
    ],
)
def test_a_bad_line_costs_no_other_line_its_answer(bad: str) -> None:
    assert ["A_APPLY", "error", "A_APPLY"] == answers(LINE, bad, LINE)


def test_a_case_that_breaks_in_the_middle_is_one_error() -> None:
    broken = SPREAD.replace("true,", "tru,").splitlines()

    assert ["A_APPLY", "error", "A_APPLY"] == answers(LINE, *broken, LINE)


def test_a_case_without_end_is_given_up() -> None:
    endless = ["[", *["1," * 50_000] * 3]

    assert len("".join(endless)) > LONGEST_CASE
    assert ["error", "A_APPLY"] == answers(*endless, LINE)


def test_nothing_in_gives_nothing_out() -> None:
    assert [] == answers()


@given(st.lists(st.text() | st.just(LINE) | st.sampled_from(SPREAD.splitlines()), max_size=12))
def test_whatever_comes_in_every_answer_is_a_line_of_json(lines: list[str]) -> None:
    for answer in decide_lines(lines, CAMPAIGN):
        assert "\n" not in answer
        assert isinstance(json.loads(answer), dict)
        answer.encode("utf-8")
