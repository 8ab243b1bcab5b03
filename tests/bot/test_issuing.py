"""From a choice to its code, whatever the vendor does and wherever a worker dies: one code for one right."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from bot import issuing, rewards
from bot.issuing import request_id
from bot.parts import Parts
from bot.store import entitlements, erasure
from bot.store import issuing as store
from bot.store.db import autocommit
from bot.store.entitlements import Right
from bot.store.issuing import DueRight
from bot.worker import Worker, issue_codes, send_outgoing
from dialogs.rules.campaign_versions import Campaigns
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.rewards.circuit import Circuit
from integrations.rewards.client import HttpRewards, HttpRewardsConfig
from integrations.rewards.vendor import REQUEST_ID
from tests.bot.refunds_house import APRIL, application, counter, due, move, rows, settle

# What time would do: every lease is over and everything put off is due.
TIME_GOES_BY = "UPDATE entitlements SET lease_until = '-infinity', due_at = now() WHERE state IN ('chosen', 'issuing')"


OF_A_LIST = """
INSERT INTO entitlements (id, coupon_number, campaign, campaign_version, amount, token_hash, token, created_at, state,
    brand, chosen_at, target)
SELECT gen_random_uuid(), 'AB99887766', 'tochigi-2023-02', 2, 900, sha256('2'), '', now(), 'chosen', 'edy', %s, %s
"""


class Died(BaseException):
    """The process was killed here: no handler of the house sees it."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as found:
        found.clock.set(APRIL)
        yield found


@pytest.fixture
def parts(database_url: str, redis_url: str, emulator: Emulator) -> Iterator[Parts]:
    config = HttpRewardsConfig(emulator.rewards_url, emulator.config.rewards_key, read_seconds=0.5)
    account = {"TWILIO_ACCOUNT_SID": emulator.config.twilio_account_sid, "TWILIO_API_BASE": emulator.url}
    token = {"TWILIO_AUTH_TOKEN": emulator.config.twilio_auth_token, "TWILIO_FROM": emulator.config.twilio_from}
    # Its clock leaps, so that it never rests: of that tests/integrations/rewards tells.
    circuit = Circuit(clock=itertools.count(0, 60).__next__)
    with (
        closing(HttpRewards(config, circuit=circuit)) as vendor,
        counter(database_url, redis_url, SMS_RATE="1000", **account, **token) as opened,
    ):
        yield replace(opened, rewards=vendor)


@pytest.fixture
def work(parts: Parts) -> Iterator[Worker]:
    with hired(parts) as worker:
        yield worker


@contextmanager
def hired(parts: Parts) -> Iterator[Worker]:
    """A worker whose jobs are run by hand."""
    worker = Worker(parts)
    try:
        yield worker
    finally:
        worker.stop()
        worker.run()  # ends at once, and closes what it holds


def chosen(parts: Parts, serial: int = 1, brand: str = "amazon") -> Right:
    """A right for 1,200 yen whose person has just chosen a reward."""
    settle(parts, due(parts, application(parts, serial)))
    [(token,)] = rows(parts, "SELECT token_hash FROM entitlements ORDER BY id DESC LIMIT 1")
    right = entitlements.find(parts.db, token)
    assert right
    with autocommit(parts.db) as connection:
        for state in ("opened", "choosing"):
            entitlements.move(connection, right.id, state, at=APRIL)
    assert "chosen" == rewards.choose(parts, right, brand, at=parts.clock.now())
    return right


def now(parts: Parts, right: Right) -> tuple[str, str | None]:
    """The state of a right, and its code."""
    found = entitlements.by_id(parts.db, right.id)
    assert found
    code = rewards.code_of(parts, found)
    return found.state, code.code if code else None


def later(work: Worker) -> None:
    with autocommit(work.parts.db) as connection:
        connection.execute(TIME_GOES_BY)
    issue_codes(work)


def send_all(work: Worker) -> None:
    """Send what is planned; a pace that nobody has kept yet lets the first ones wait a little."""
    for _ in range(100):
        with autocommit(work.parts.db) as connection:
            connection.execute("UPDATE outgoing SET due_at = now() WHERE state = 'planned'")
        send_outgoing(work)
        if not rows(work.parts, "SELECT FROM outgoing WHERE state = 'planned'"):
            return
        time.sleep(0.05)
    raise AssertionError("messages still wait")


def calls(emulator: Emulator) -> list[str]:
    """What the vendor was asked for, in order."""
    asked = [row for row in emulator.wire if row["party"] == "vendor"]
    return [row["method"] if row["method"] != "POST" else row["url"].rpartition("/")[2] for row in asked]


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


def test_who_waited_long_is_told_when_the_code_is_there(parts: Parts, work: Worker, emulator: Emulator) -> None:
    right = chosen(parts)
    emulator.faults.set({"vendor.issue": [{"do": "status", "status": 429, "times": 1}]})
    issue_codes(work)
    move(parts, APRIL + timedelta(minutes=2))
    later(work)
    send_all(work)
    text = emulator.sms.wait_for("+819011112222", "コードができました")["body"]
    assert right.receipt_no[-4:] in text
    assert "http" not in text
    assert emulator.gifts.all()[0].code not in text


def test_who_never_applied_is_told_by_the_end_of_their_coupons_number(
    parts: Parts, work: Worker, emulator: Emulator
) -> None:
    target = parts.vault.seal_json(["sms", "+818011112222"], "entitlements.target")
    with autocommit(parts.db) as connection:
        connection.execute(OF_A_LIST, (APRIL - timedelta(hours=1), target))
    issue_codes(work)
    send_all(work)
    assert "お問合せ番号末尾7766の方へ" in emulator.sms.wait_for("+818011112222", "コードができました")["body"]


def test_without_a_vendor_a_choice_waits_and_is_kept(parts: Parts, work: Worker) -> None:
    right = chosen(parts)
    alone = replace(parts, rewards=None)
    with hired(alone) as without:
        issue_codes(without)
    assert ("chosen", None) == now(parts, right)
    assert "cannot_issue" == rewards.choose(alone, right, "edy", at=APRIL)
    assert {"unavailable"} == {offer.why_not for offer in rewards.offers(alone, right, at=APRIL)}
    later(work)
    assert "issued" == now(parts, right)[0]


def test_a_choice_of_the_last_second_is_issued_however_long_the_vendor_was_away(
    parts: Parts, work: Worker, emulator: Emulator
) -> None:
    move(parts, parts.campaign.dates.receive_end - timedelta(seconds=1))
    right = chosen(parts)
    move(parts, parts.campaign.dates.receive_end + timedelta(days=3))
    emulator.clock.set(parts.clock.now())
    later(work)
    assert "issued" == now(parts, right)[0]


def test_what_is_not_chosen_ends_an_hour_after_the_last_day_and_what_was_does_not(parts: Parts) -> None:
    right = chosen(parts, 1)
    settle(parts, due(parts, application(parts, 2)))
    end = parts.campaign.dates.receive_end
    for moment, expected in ((end, "planned"), (end + timedelta(hours=1), "expired")):
        move(parts, moment)
        rewards.expire(parts)
        assert [("chosen",), (expected,)] == rows(parts, "SELECT state FROM entitlements ORDER BY id")
    assert "chosen" == now(parts, right)[0]


def test_each_version_of_a_campaign_has_its_own_last_day(parts: Parts) -> None:
    settle(parts, due(parts, application(parts, 1)))
    first = parts.campaign
    later_end = replace(first.dates, receive_end=first.dates.receive_end + timedelta(days=30))
    third = replace(first, version=first.version + 1, dates=later_end)
    both = replace(parts, campaigns=Campaigns([first, third]))
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE entitlements SET campaign_version = %s", (third.version,))
    move(parts, first.dates.receive_end + timedelta(hours=2))
    rewards.expire(both)
    assert [("planned",)] == rows(parts, "SELECT state FROM entitlements")


def test_a_code_is_erased_on_its_date(parts: Parts, work: Worker) -> None:
    right = chosen(parts)
    issue_codes(work)
    kept = rewards.kept_until(parts.campaign)
    for moment, left in ((kept - timedelta(days=1), 1), (kept, 0)):
        erasure.erase(parts.db, now=moment, chats_are_over=False, pages_before=moment, messages_before=APRIL)
        assert [(left,)] == rows(parts, "SELECT count(code) FROM entitlements")
    assert ("issued", None) == now(parts, right)


def test_a_url_that_has_gone_out_is_noted(parts: Parts, work: Worker) -> None:
    settle(parts, due(parts, application(parts, 1)))
    send_all(work)
    noted = rows(parts, "SELECT state, notified_at FROM entitlements")
    assert [("notified", True)] == [(state, isinstance(at, datetime)) for state, at in noted]


def _claimed(parts: Parts) -> DueRight:
    with autocommit(parts.db) as connection:
        [claimed] = store.claim(connection, most=1, lease=60)
    return claimed
