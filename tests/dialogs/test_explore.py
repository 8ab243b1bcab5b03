"""Every path of every script: it ends, and all that is said on it can be said (design, rule 16)."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.local.exploring import explored, refusals
from bot.local.reach import Reach
from dialogs import explore as exploring
from dialogs.explore import explore
from dialogs.flows import Report, pages, write
from dialogs.message import TALKED_BY
from dialogs.questions import YesNo
from dialogs.rules.campaign import CAMPAIGNS, load_campaign
from dialogs.steps import Explained, Say
from tests.dialogs.player import CAMPAIGN

FLOWS = Path(__file__).parents[2] / "docs" / "flows"


@pytest.fixture(scope="module")
def report(told_at_the_end: list[str]) -> Report:
    began = time.process_time()
    found = explored(CAMPAIGN)
    told_at_the_end.append(f"bot explore: {found.summary}, {time.process_time() - began:.0f} s of processor time")
    return found


def test_every_path_ends_asks_nothing_twice_and_says_what_every_channel_can_carry(report: Report) -> None:
    assert [] == report.problems, report.summary
    assert report.flows[0].paths > 500


@pytest.mark.parametrize("campaign", [file.stem for file in CAMPAIGNS.glob("*.toml") if file.stem != CAMPAIGN.id])
def test_the_other_campaigns_are_as_sound(campaign: str) -> None:
    found = explore(load_campaign(campaign), check=refusals, unusual=1)
    assert [] == found.problems, found.summary


def test_every_end_is_reached_in_the_phases_where_the_notice_has_it(report: Report) -> None:
    reached = {
        outcome: {phase for phase in found if found[phase]} for outcome, found in report.flows[0].outcomes.items()
    }
    receiving = {"site open, coupon usable", "applications"}
    everywhere = receiving | {"before the site opens", "receiving only", "all over"}
    assert {
        "submitted": receiving,
        "submitted: refund": receiving,
        "to staff: code": receiving,
        "moved on: to the campaign that is theirs": everywhere,
        "told: A_APP": everywhere,
        "told: A_APPLY": everywhere - receiving,
        "told: NOT_A": everywhere,
        "told: OUT_OF_SCOPE": everywhere,
        "told: closed": receiving,
        "told: later": receiving,
        "told: no_consent": receiving,
        "told: no_coupon_left": receiving,
    } == reached


def test_the_pictures_in_the_documents_are_of_the_scripts_as_they_are(report: Report) -> None:
    drawn = {path.name: path.read_text("utf-8") for path in FLOWS.glob("*.md")}
    assert pages(report) == drawn, "draw them again: bot explore"


def test_the_pages_are_written_where_they_are_wanted(report: Report, tmp_path: Path) -> None:
    assert [tmp_path / f"{flow.script}.md" for flow in report.flows] == write(report, tmp_path)
    assert pages(report)["apply.md"] == (tmp_path / "apply.md").read_text("utf-8")


def by_channel(desk):  # type: ignore[no-untyped-def]  # a script that only this test knows
    yield YesNo(key="coupon.more", facts={"n": 1})
    return Explained(desk.channel)


def test_a_script_that_asks_for_the_door_is_walked_by_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "SCRIPTS", {"doors": {1: by_channel}})
    monkeypatch.setattr(exploring, "SIDES", {})
    found = explore(CAMPAIGN).flows[0]
    assert {f"told: {door}" for door in TALKED_BY} == found.outcomes.keys()


DEAD = """
from dialogs.questions import YesNo
from dialogs.steps import Explained

def dead(desk):
    more = yield YesNo(key="coupon.more", facts={"n": 1})
    if more is None:
        return Explained("never")
    return Explained("always")
"""


def test_an_end_that_no_path_reaches_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "dead.py"
    file.write_text(DEAD)
    made: dict[str, Any] = {}
    exec(compile(DEAD, file, "exec"), made)  # noqa: S102 - the script above
    monkeypatch.setattr(exploring, "SCRIPTS", {"dead": {1: made["dead"]}})
    monkeypatch.setattr(exploring, "SIDES", {})
    reach = Reach(tmp_path)
    report = explore(CAMPAIGN, watch=reach.noting)
    assert ("dead.py, line 8: return Explained('never')",) == reach.unreached
    assert ["no path comes by dead.py, line 8: return Explained('never')"] == replace(
        report, unreached=reach.unreached
    ).problems


def without_text(_desk):  # type: ignore[no-untyped-def]  # a script that only this test knows
    yield Say("never_written")
    yield YesNo(key="coupon.more", facts={"n": 1})
    return Explained("never")


def with_a_circle(_desk):  # type: ignore[no-untyped-def]  # a script that only this test knows
    more = yield YesNo(key="coupon.more", facts={"n": 1})
    if not more:
        yield YesNo(key="coupon.more", facts={"n": 1})
    return Explained("never")


def test_what_is_wrong_with_a_script_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "SCRIPTS", {"bad": {1: without_text}, "round": {1: with_a_circle}})
    monkeypatch.setattr(exploring, "SIDES", {})
    found = explore(CAMPAIGN, check=lambda channel, _outbound: [f"{channel} is too narrow"])
    assert any("no text or fact never_written" in problem for problem in found.problems)
    assert any("asked twice: coupon.more" in problem for problem in found.problems)
    assert any("sms is too narrow" in problem for problem in found.problems)
