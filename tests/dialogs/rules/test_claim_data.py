"""What a claim, a coupon and a receipt number can be."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.rules.claim import (
    RECEIPT_NUMBERS,
    Claim,
    CouponRef,
    DeliveryTarget,
    MalformedClaim,
    is_receipt_no,
    last_four,
    make_receipt_no,
    normalise_number,
    read_receipt_no,
    show_receipt_no,
)

COUPON = CouponRef("09", "AB12345678", date(2023, 2, 24))
CLAIM = Claim(
    receipt_no=make_receipt_no(123456789),
    coupons=(COUPON,),
    name="栃木 花子",
    contact="+819012345678",
    target=DeliveryTarget("sms", "+819012345678"),
    campaign="tochigi-2023-02",
    campaign_version=2,
    acted_at=datetime(2023, 4, 5, 1, tzinfo=UTC),
    channel="line",
    applicant_key="k1",
)

receipts = st.integers(0, RECEIPT_NUMBERS - 1).map(make_receipt_no)


def test_a_receipt_number_ends_with_the_luhn_check_of_the_rest() -> None:
    assert "1234567897" == make_receipt_no(123456789)
    assert "0000000000" == make_receipt_no(0)


@given(receipts)
def test_a_receipt_number_is_read_back_from_what_people_are_shown(receipt_no: str) -> None:
    assert receipt_no == read_receipt_no(show_receipt_no(receipt_no))
    assert (4, receipt_no[-4:]) == (len(last_four(receipt_no)), last_four(receipt_no))


@given(receipts, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_makes_no_receipt_number(receipt_no: str, place: int, shift: int) -> None:
    wrong = str((int(receipt_no[place]) + shift) % 10)

    assert not is_receipt_no(receipt_no[:place] + wrong + receipt_no[place + 1 :])


@pytest.mark.parametrize("text", ["", "123456789", "12345678970", "１２３４５６７８９７", "1234-5678-97", "abcdefghij"])
def test_only_ten_plain_digits_are_a_stored_receipt_number(text: str) -> None:
    assert not is_receipt_no(text)


@pytest.mark.parametrize("text", ["1234-5678-97", "１２３４－５６７８－９７", " 1234 5678 97 ", "1234ー5678ー97"])
def test_a_receipt_number_is_read_as_people_type_it(text: str) -> None:
    assert "1234567897" == read_receipt_no(text)


def test_what_is_no_receipt_number_is_read_as_none() -> None:
    assert read_receipt_no("1234-5678-90") is None


@pytest.mark.parametrize("number", [-1, RECEIPT_NUMBERS])
def test_a_receipt_number_has_room_for_nine_digits(number: int) -> None:
    with pytest.raises(MalformedClaim):
        make_receipt_no(number)


@pytest.mark.parametrize("typed", ["ab12-345678", "ＡＢ１２３４５６７８", "AB 12‐34―56−78", "AB12345678"])
def test_every_spelling_of_a_number_is_one_coupon(typed: str) -> None:
    assert COUPON.number == normalise_number(typed)


def test_a_coupon_is_the_same_whatever_trip_date_is_told() -> None:
    assert COUPON.key == replace(COUPON, trip_date=date(2023, 2, 23)).key


@pytest.mark.parametrize(
    ("prefecture", "number"), [("9", "AB12345678"), ("48", "AB12345678"), ("09", "ab-1"), ("09", "")]
)
def test_a_coupon_has_a_prefecture_code_and_a_normalised_number(prefecture: str, number: str) -> None:
    with pytest.raises(MalformedClaim):
        CouponRef(prefecture, number, COUPON.trip_date)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"receipt_no": "1234567890"}, "receipt_no"),
        ({"coupons": ()}, "coupons"),
        ({"coupons": tuple(replace(COUPON, number=f"AB1234567{n}") for n in range(11))}, "coupons"),
        ({"coupons": (COUPON, replace(COUPON, trip_date=date(2023, 2, 23)))}, "coupons"),
        ({"coupons": (COUPON, replace(COUPON, prefecture="10"))}, "coupons"),
        ({"acted_at": CLAIM.acted_at.replace(tzinfo=None)}, "acted_at"),
    ],
)
def test_a_claim_that_no_application_can_be_is_refused_by_name(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(MalformedClaim, match=f"^{named}: "):
        replace(CLAIM, **wrong)  # type: ignore[arg-type]


def test_ten_coupons_fit_into_one_claim() -> None:
    ten = tuple(replace(COUPON, number=f"AB1234567{n}") for n in range(10))

    assert ten == replace(CLAIM, coupons=ten).coupons


def test_a_claim_shows_nothing_personal_when_it_is_printed() -> None:
    assert "花子" not in repr(CLAIM)
    assert "9012345678" not in repr(CLAIM)
