"""What the vendor refused is mended by staff: asked for again, or chosen anew, and never two codes for one right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from bot import refused_rewards, rewards
from bot.issuing import request_id
from bot.local.mishaps import sentence_of
from bot.local.reward_commands import COMMANDS
from bot.parts import Parts
from bot.refused_rewards import CannotMend
from bot.store import entitlements
from bot.store.db import autocommit
from bot.worker import Worker, issue_codes
from dialogs.rules.claim import show_receipt_no
from integrations.emulator.fixture import Emulator
from tests.bot.issuing_house import chosen, later, now
from tests.bot.refunds_house import APRIL, move, rows

REDEEMED_ELSEWHERE = "UPDATE entitlements SET state = 'failed', reason = 'other_amount'"
ACTS = "SELECT actor, action, subject FROM audit WHERE action LIKE 'reward%%'"


def refused(parts: Parts, work: Worker, emulator: Emulator) -> str:
    """A right whose reward the vendor refused for good; gives its receipt number."""
    right = chosen(parts)
    emulator.gifts.not_issued.add("amazon")
    issue_codes(work)
    assert "failed" == now(parts, right)[0]
    assert right.receipt_no
    return right.receipt_no


def test_a_refused_reward_is_asked_for_again_under_another_id(parts: Parts, work: Worker, emulator: Emulator) -> None:
    number = refused(parts, work, emulator)
    [waiting] = refused_rewards.waiting(parts)
    assert ("amazon", "brand_unavailable", 1) == (waiting.brand, waiting.reason, waiting.request)
    emulator.gifts.not_issued.clear()
    refused_rewards.ask_again(parts, number, by="佐藤")
    later(work)
    [gift] = emulator.gifts.all()
    assert request_id(waiting.id, 2) == gift.request_id
    assert [("issued",)] == rows(parts, "SELECT state FROM entitlements")
    assert [] == refused_rewards.waiting(parts)
    assert [("佐藤", "reward.asked_again", f"right:{waiting.id}")] == rows(parts, ACTS)


def test_a_choice_that_is_undone_can_be_made_anew(parts: Parts, work: Worker, emulator: Emulator) -> None:
    number = refused(parts, work, emulator)
    [waiting] = refused_rewards.waiting(parts)
    refused_rewards.choose_anew(parts, number, by="佐藤")
    right = entitlements.by_id(parts.db, waiting.id)
    assert right
    assert ("opened", None) == (right.state, right.brand)
    assert "chosen" == rewards.choose(parts, right, "edy", at=parts.clock.now())
    issue_codes(work)
    [gift] = emulator.gifts.all()
    assert ("issued", gift.code) == now(parts, right)


def test_a_gift_that_is_there_all_the_same_is_cancelled_first(parts: Parts, work: Worker, emulator: Emulator) -> None:
    right = chosen(parts)
    emulator.faults.set({"vendor.redeem": [{"do": "status", "status": 429}]})
    issue_codes(work)
    with autocommit(parts.db) as connection:
        connection.execute(REDEEMED_ELSEWHERE)
    emulator.faults.set({})
    assert right.receipt_no
    refused_rewards.ask_again(parts, right.receipt_no, by="佐藤")
    later(work)
    assert [True, False] == [gift.cancelled for gift in emulator.gifts.all()]
    assert "issued" == now(parts, right)[0]


@pytest.mark.parametrize("trouble", ["redeemed", "away"])
def test_nothing_moves_while_the_gift_before_may_be_worth_something(
    parts: Parts, work: Worker, emulator: Emulator, trouble: str
) -> None:
    right = chosen(parts)
    issue_codes(work)
    with autocommit(parts.db) as connection:
        connection.execute(REDEEMED_ELSEWHERE)
    if trouble == "away":
        emulator.faults.set({"vendor": [{"do": "status", "status": 503}]})
    assert right.receipt_no
    for mend in (refused_rewards.ask_again, refused_rewards.choose_anew):
        with pytest.raises(CannotMend, match=request_id(right.id, 1)):
            mend(parts, right.receipt_no, by="佐藤")
    assert [("failed", 1)] == rows(parts, "SELECT state, request FROM entitlements")
    assert [] == rows(parts, ACTS)


def test_the_commands_name_what_waits_and_not_who(parts: Parts, work: Worker, emulator: Emulator) -> None:
    group = {command.name: command for command in COMMANDS}

    def typed(name: str, *arguments: str) -> Result:
        return CliRunner().invoke(group[name], list(arguments), obj=lambda: parts.settings)

    assert "No reward was refused." in typed("list").output
    number = show_receipt_no(refused(parts, work, emulator))
    listed = typed("list").output
    assert (True, True, True) == (number in listed, "amazon" in listed, "brand_unavailable" in listed)
    assert "11112222" not in listed
    for name in ("retry", "cancel"):
        told = typed(name, number, "--by", "佐藤").exception
        assert isinstance(told, CannotMend)
        assert "REWARDS_URL" in (sentence_of(told) or "")


def test_after_the_last_day_a_choice_is_not_undone_for_nobody_could_choose(
    parts: Parts, work: Worker, emulator: Emulator
) -> None:
    number = refused(parts, work, emulator)
    move(parts, parts.campaign.dates.receive_end)
    with pytest.raises(CannotMend, match="last day"):
        refused_rewards.choose_anew(parts, number, by="佐藤")
    move(parts, APRIL + timedelta(days=1))
    for unknown in ("1234567897", ""):
        with pytest.raises(CannotMend, match="bot rewards list"):
            refused_rewards.choose_anew(parts, unknown, by="佐藤")
