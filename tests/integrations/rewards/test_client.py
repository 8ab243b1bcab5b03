"""Whatever a gift vendor does, its client answers in its own words and in time, and never asks a thing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate
from werkzeug.wrappers import Request, Response

from integrations.rewards.circuit import FAILURES, REST_SECONDS, Circuit
from integrations.rewards.client import HttpRewards, HttpRewardsConfig
from integrations.rewards.code import RewardCode
from integrations.rewards.document import PROBLEM_TYPE
from integrations.rewards.vendor import (
    Gift,
    GiftStatus,
    Order,
    VendorAway,
    VendorError,
    VendorRefused,
    VendorUnknown,
)
from tests.integrations.claims.far_side import FarSide, Play, cut, dripping, dropped, gives, html, served, silent

DOCUMENT = Path(__file__).parents[3] / "integrations" / "rewards" / "openapi.yaml"
ORDER = Order(1700, ("amazon",), datetime(2023, 6, 1, tzinfo=UTC))
GIFT = {"request_id": "M1V1", "vendor_ref": "G-1", "status": "issued", "amount": 1700, "brand": None, "url": None}
CODE = {"brand": "amazon", "code": "SAMPLE-1", "pin": "", "url": "https://www.example.jp/", "expires_on": "2024-03-31"}
ANOTHER = {**GIFT, **CODE, "request_id": "M2V1", "brand": "edy", "status": "redeemed"}

Act = Callable[[HttpRewards], object]
ISSUE: Act = lambda client: client.issue("M1V1", ORDER)  # noqa: E731 - a table of acts
GET: Act = lambda client: client.get("M1V1")  # noqa: E731 - as above
REDEEM: Act = lambda client: client.redeem("M1V1", "amazon")  # noqa: E731 - as above
CANCEL: Act = lambda client: client.cancel("M1V1")  # noqa: E731 - as above
WRITING = [ISSUE, REDEEM, CANCEL]


def problem(word: str, status: int, **more: object) -> Play:
    body = {"type": PROBLEM_TYPE + word, "title": word, "status": status}
    headers = {"Retry_After": str(more.pop("retry_after"))} if "retry_after" in more else {}
    return gives({**body, **more}, status, **headers)


@pytest.fixture
def far_side() -> FarSide:
    return FarSide()


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def client(far_side: FarSide, now: list[float]) -> Iterator[HttpRewards]:
    with served(far_side) as url:
        config = HttpRewardsConfig(url, "the shared key", read_seconds=60)  # no slow machine is a slow vendor
        with closing(HttpRewards(config, circuit=Circuit(clock=lambda: now[0]))) as opened:
            yield opened


@pytest.fixture
def impatient(far_side: FarSide) -> Iterator[HttpRewards]:
    with served(far_side) as url, closing(HttpRewards(HttpRewardsConfig(url, "the key", read_seconds=1))) as opened:
        yield opened


def failure(client: HttpRewards, act: Act = ISSUE) -> tuple[type[VendorError], str]:
    with pytest.raises(VendorError) as error:
        act(client)
    return type(error.value), error.value.reason


def test_the_document_is_openapi_3_1() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    assert "3.1.0" == document["openapi"]
    validate(document)


def test_a_gift_is_issued_under_our_id_and_with_our_key(client: HttpRewards, far_side: FarSide) -> None:
    seen: list[bytes] = []

    def play(request: Request) -> Response:
        seen.append(request.get_data())
        return gives(GIFT)(request)

    far_side.plays = [play]
    assert Gift("M1V1", "G-1", GiftStatus.ISSUED, 1700) == client.issue("M1V1", ORDER)
    [(method, path, headers)] = far_side.seen
    assert ("PUT", "/gifts/M1V1", "the shared key") == (method, path, headers["X-Api-Key"])
    assert [b'{"amount":1700,"brands":["amazon"],"choose_until":"2023-06-01T00:00:00+00:00"}'] == seen


def test_a_code_comes_with_all_that_belongs_to_it(client: HttpRewards, far_side: FarSide) -> None:
    far_side.plays = [gives(CODE), gives({"brand": "amazon", "code": "SAMPLE-2"})]
    first = RewardCode("SAMPLE-1", url="https://www.example.jp/", expires_on=date(2024, 3, 31))
    assert [first, RewardCode("SAMPLE-2")] == [client.redeem("M1V1", "amazon") for _ in range(2)]


def test_a_gift_that_is_not_there_is_none_and_no_error(client: HttpRewards, far_side: FarSide) -> None:
    far_side.plays = [problem("no-such-gift", 404), gives({**GIFT, "status": "redeemed", "brand": "amazon"})]
    assert [None, Gift("M1V1", "G-1", GiftStatus.REDEEMED, 1700, "amazon")] == [client.get("M1V1") for _ in range(2)]


@pytest.mark.parametrize("act", WRITING)
@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (problem("brand-unavailable", 422), (VendorRefused, "brand_unavailable")),
        (problem("key-reused", 409), (VendorRefused, "key_reused")),
        (problem("no-such-gift", 404), (VendorRefused, "no_such_gift")),
        (problem("busy", 429, retry_after=7), (VendorAway, "busy")),
        (problem("insufficient-funds", 402), (VendorAway, "insufficient_funds")),
        (problem("unauthorised", 401), (VendorAway, "unauthorised")),
        (problem("unavailable", 503, surely_not_done=True), (VendorAway, "unavailable")),
        (problem("unavailable", 503), (VendorUnknown, "unavailable")),
        (problem("failed", 500), (VendorUnknown, "failed")),
        (html(502), (VendorUnknown, "failed")),
        (html(200), (VendorUnknown, "nonsense")),
        (html(404), (VendorUnknown, "nonsense")),
        (gives({}), (VendorUnknown, "nonsense")),
        (gives([]), (VendorUnknown, "nonsense")),
        (
            gives({**GIFT, **CODE, "request_id": "M2V1", "brand": "edy", "status": "redeemed"}),
            (VendorUnknown, "nonsense"),
        ),
        (dropped, (VendorUnknown, "broken")),
        (cut, (VendorUnknown, "broken")),
    ],
)
def test_every_answer_is_one_of_three_errors_and_asked_for_once(
    client: HttpRewards, far_side: FarSide, act: Act, play: Play, expected: tuple[type[VendorError], str]
) -> None:
    far_side.plays = [play]
    assert expected == failure(client, act)
    assert 1 == len(far_side.seen)


@pytest.mark.parametrize("act", WRITING)
def test_a_silent_vendor_may_have_done_it_and_is_asked_once(
    impatient: HttpRewards, far_side: FarSide, act: Act
) -> None:
    far_side.plays = [silent]
    assert (VendorUnknown, "timeout") == failure(impatient, act)
    assert 1 == len(far_side.seen)


def test_an_answer_that_drips_is_given_up(impatient: HttpRewards, far_side: FarSide) -> None:
    far_side.plays = [dripping]
    assert (VendorUnknown, "timeout") == failure(impatient)


def test_a_look_at_a_silent_vendor_is_later(impatient: HttpRewards, far_side: FarSide) -> None:
    far_side.plays = [silent]
    assert (VendorAway, "timeout") == failure(impatient, GET)


@pytest.mark.parametrize("play", [problem("failed", 500), html(200), dropped, problem("busy", 429)])
def test_a_look_has_no_effect_so_whatever_goes_wrong_with_it_is_later(
    client: HttpRewards, far_side: FarSide, play: Play
) -> None:
    far_side.plays = [play]
    assert VendorAway is failure(client, GET)[0]


def test_a_vendor_that_is_not_there_has_surely_done_nothing() -> None:
    with closing(HttpRewards(HttpRewardsConfig("http://127.0.0.1:9", "key"))) as client:
        assert [(VendorAway, "connect")] * 4 == [failure(client, act) for act in (GET, *WRITING)]


def test_the_time_that_the_vendor_names_is_told(client: HttpRewards, far_side: FarSide) -> None:
    far_side.plays = [problem("busy", 429, retry_after=7)]
    with pytest.raises(VendorAway) as error:
        client.issue("M1V1", ORDER)
    assert 7.0 == error.value.retry_after


@pytest.mark.parametrize(
    "changes",
    [
        {"code": ""},
        {"code": "two words"},
        {"code": "コード"},
        {"url": "javascript:alert(1)"},
        {"url": "http://www.example.jp/"},
        {"expires_on": "soon"},
        {"brand": "edy"},
    ],
)
def test_a_code_that_the_document_does_not_allow_is_shown_to_nobody(
    client: HttpRewards, far_side: FarSide, changes: dict[str, str]
) -> None:
    far_side.plays = [gives({**CODE, **changes})]
    assert (VendorUnknown, "nonsense") == failure(client, REDEEM)


@pytest.mark.parametrize("request_id", ["", "M" * 41, "M-1", "M/../1", "Ｍ1"])
def test_an_id_that_some_vendor_could_not_keep_never_leaves_the_house(
    client: HttpRewards, far_side: FarSide, request_id: str
) -> None:
    with pytest.raises(ValueError, match="40 letters and digits"):
        client.issue(request_id, ORDER)
    assert [] == far_side.seen


def test_after_some_failures_in_a_row_nobody_calls_for_a_while(
    client: HttpRewards, far_side: FarSide, now: list[float]
) -> None:
    far_side.plays = [*[problem("failed", 500)] * FAILURES, gives(GIFT), *[problem("failed", 500)] * 99]
    assert [VendorUnknown] * FAILURES == [failure(client)[0] for _ in range(FAILURES)]
    assert (VendorAway, "resting") == failure(client)
    assert FAILURES == len(far_side.seen)
    now[0] += REST_SECONDS
    client.issue("M1V1", ORDER)
    assert [VendorUnknown] * FAILURES == [failure(client)[0] for _ in range(FAILURES)]
    now[0] += REST_SECONDS
    assert VendorUnknown is failure(client)[0]
    assert (VendorAway, "resting") == failure(client)


def test_refusals_rest_nobody(client: HttpRewards, far_side: FarSide) -> None:
    far_side.plays = [problem("brand-unavailable", 422)]
    assert [VendorRefused] * (2 * FAILURES) == [failure(client)[0] for _ in range(2 * FAILURES)]


def test_no_key_and_no_code_shows_when_things_are_printed() -> None:
    printed = repr(HttpRewardsConfig("http://x", "secret1")) + repr(RewardCode("secret2", "secret3", "secret4"))
    assert "secret" not in printed
