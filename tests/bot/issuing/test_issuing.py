"""From a choice to its code, whatever the vendor does and wherever a worker dies: one code for one right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from bot import issuing
from bot.issuing import request_id
from bot.parts import Parts
from bot.store import issuing as store
from bot.store.db import autocommit
from bot.store.issuing import DueRight
from bot.worker import Worker, issue_codes
from integrations.emulator.fixture import Emulator
from integrations.rewards.vendor import REQUEST_ID
from tests.bot.issuing_house import TIME_GOES_BY, calls, chosen, hired, later, now
from tests.bot.refunds_house import rows


class Died(BaseException):
    """The process was killed here: no handler of the house sees it."""


def test_a_choice_becomes_a_code_by_two_calls(parts: Parts, work: Worker, emulator: Emulator) -> None:
    right = chosen(parts)
    assert issue_codes(work)
    [gift] = emulator.gifts.all()
    assert ("issued", gift.code) == now(parts, right)
    assert (request_id(right.id, 1), 1200, ["amazon"]) == (gift.request_id, gift.amount, gift.brands)
    assert ["PUT", "redemption"] == calls(emulator)
    assert not issue_codes(work)
    assert [] == rows(parts, "SELECT FROM outgoing WHERE purpose = 'reward_ready'")


def test_a_request_id_is_letters_and_digits_and_one_right_has_one_for_ever() -> None:
    rights = (UUID(int=0), uuid7(), UUID(int=2**128 - 1))
    ids = {request_id(right, request) for right in rights for request in (1, 999_999)}
    assert 6 == len(ids)
    assert all(REQUEST_ID.fullmatch(each) for each in ids)


@pytest.mark.parametrize("place", ["vendor.issue", "vendor.redeem"])
@pytest.mark.parametrize("trouble", ["drop_after", "status_after", "timeout_after"])
def test_a_call_whose_answer_was_lost_is_asked_after_and_gives_the_one_code(
    parts: Parts, work: Worker, emulator: Emulator, place: str, trouble: str
) -> None:
    right = chosen(parts)
    emulator.faults.set({place: [{"do": trouble, "times": 1, "seconds": 1}]})
    issue_codes(work)
    assert ("issuing", None) == now(parts, right)
    assert not issue_codes(work)
    before = len(calls(emulator))
    later(work)
    assert "GET" == calls(emulator)[before]
    [gift] = emulator.gifts.all()
    assert ("issued", gift.code) == now(parts, right)


@pytest.mark.parametrize(
    "fault",
    [{"do": "status", "status": 429}, {"do": "status", "status": 402}, {"do": "status", "status": 401}],
)
def test_what_was_surely_not_done_is_tried_again_after_a_growing_pause(
    parts: Parts, work: Worker, emulator: Emulator, fault: dict[str, object]
) -> None:
    right = chosen(parts)
    emulator.faults.set({"vendor.issue": [{**fault, "times": 3}]})
    for _ in range(3):
        later(work)
        assert ("chosen", None) == now(parts, right)
    assert [(True,)] == rows(parts, "SELECT due_at > now() FROM entitlements")
    later(work)
    assert "issued" == now(parts, right)[0]
    assert 1 == len(emulator.gifts.all())


def test_what_the_vendor_will_never_issue_is_left_to_staff(parts: Parts, work: Worker, emulator: Emulator) -> None:
    right = chosen(parts)
    emulator.gifts.not_issued.add("amazon")
    issue_codes(work)
    assert ("failed", None) == now(parts, right)
    assert [("brand_unavailable",)] == rows(parts, "SELECT reason FROM entitlements")
    emulator.gifts.not_issued.clear()
    later(work)
    assert ("failed", None) == now(parts, right)


@pytest.mark.parametrize("call", ["issue", "redeem"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_between_the_attempt_and_its_answer_costs_a_lease_and_no_second_code(
    parts: Parts, work: Worker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, call: str, when: str
) -> None:
    right = chosen(parts)
    real = getattr(parts.rewards, call)

    def killed(*given: object) -> object:
        answer = real(*given) if when == "after" else None
        raise Died(answer)

    monkeypatch.setattr(parts.rewards, call, killed)
    with pytest.raises(Died):
        issue_codes(work)
    monkeypatch.undo()
    assert ("issuing", None) == now(parts, right)
    assert not issue_codes(work)
    later(work)
    [gift] = emulator.gifts.all()
    assert ("issued", gift.code) == now(parts, right)


def test_a_worker_that_dies_before_it_has_written_the_code_down_gets_the_same_one(
    parts: Parts, work: Worker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = chosen(parts)

    def killed(*_given: object, **_named: object) -> None:
        raise Died

    monkeypatch.setattr(store, "issued", killed)
    with pytest.raises(Died):
        issue_codes(work)
    monkeypatch.undo()
    [gift] = emulator.gifts.all()
    assert gift.code
    later(work)
    assert ("issued", gift.code) == now(parts, right)
    assert [gift] == emulator.gifts.all()


def test_the_late_word_of_an_old_attempt_changes_nothing(parts: Parts, emulator: Emulator) -> None:
    right = chosen(parts)
    old = _claimed(parts)
    with autocommit(parts.db) as connection:
        connection.execute(TIME_GOES_BY)
    new = _claimed(parts)
    issuing.issue(parts, new)
    code = now(parts, right)
    emulator.gifts.not_issued.add("amazon")
    issuing.issue(parts, old)
    assert code == now(parts, right)
    assert "issued" == code[0]


def test_many_workers_share_the_work_and_nobody_gets_two_codes(parts: Parts, emulator: Emulator) -> None:
    many = [chosen(parts, serial) for serial in range(1, 25)]
    emulator.faults.set({"vendor": [{"do": "drop_after", "share": 0.3}, {"do": "delay", "seconds": 0.05}], "seed": 7})

    def until_nothing_is_due(work: Worker) -> None:
        while rows(parts, "SELECT FROM entitlements WHERE state IN ('chosen', 'issuing')"):
            with autocommit(parts.db) as connection:
                connection.execute("UPDATE entitlements SET due_at = now() WHERE state IN ('chosen', 'issuing')")
            issue_codes(work)

    with ExitStack() as stack:
        works = [stack.enter_context(hired(parts)) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(until_nothing_is_due, works))
    codes = {gift.request_id: gift.code for gift in emulator.gifts.all()}
    assert {("issued", codes[request_id(right.id, 1)]) for right in many} == {now(parts, right) for right in many}
    assert 24 == len(codes) == len(set(codes.values()))


def _claimed(parts: Parts) -> DueRight:
    with autocommit(parts.db) as connection:
        [claimed] = store.claim(connection, most=1, lease=60)
    return claimed
