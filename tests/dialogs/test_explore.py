"""Every path of every script: it ends, and all that is said on it can be said (design, rule 16)."""

from pathlib import Path

import pytest

from dialogs import explore as exploring
from dialogs.explore import explore
from dialogs.flows import Report, pages, write
from dialogs.message import Outbound
from dialogs.questions import YesNo
from dialogs.rules.campaign import CAMPAIGNS, load_campaign
from dialogs.steps import Explained, Say
from integrations.line import limits
from integrations.line.drawing import BUTTONS, draw_all
from integrations.sms.drawing import draw
from integrations.sms.segments import segments
from tests.dialogs.player import CAMPAIGN

FLOWS = Path(__file__).parents[2] / "docs" / "flows"
MOST_SEGMENTS = 10  # what Japanese carriers join into one message


def refusals(channel: str, outbound: Outbound) -> list[str]:
    """What a channel would refuse or have to cut."""
    if channel == "line":
        # More answers to change than quick replies: they are numbered in the text, and a number is read as the answer.
        cut = [loss for loss in limits.losses(outbound) if not loss.startswith(("choices:", "label:"))]
        most = limits.FLEX_BUTTON_LABEL if len(outbound.choices) <= BUTTONS else limits.QUICK_REPLY_LABEL
        labels = [choice.label for choice in outbound.choices if limits.graphemes(choice.label) > most]
        return [*cut, *labels] + [found for message in draw_all([outbound]) for found in limits.check(message)]
    if channel == "sms":
        count = segments(draw([outbound]))
        return [f"{count} segments of {MOST_SEGMENTS}"] if count > MOST_SEGMENTS else []
    return []


@pytest.fixture(scope="module")
def report() -> Report:
    return explore(CAMPAIGN, check=refusals)


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
        "to staff: code": receiving,
        "told: A_APP": everywhere,
        "told: A_APPLY": everywhere - receiving,
        "told: NOT_A": everywhere,
        "told: OUT_OF_SCOPE": everywhere,
        "told: closed": receiving,
        "told: later": receiving,
        "told: no_consent": receiving,
        "told: no_coupon_left": receiving,
        "told: refund": receiving,
    } == reached


def test_the_pictures_in_the_documents_are_of_the_scripts_as_they_are(report: Report) -> None:
    drawn = {path.name: path.read_text("utf-8") for path in FLOWS.glob("*.md")}
    assert pages(report) == drawn, "draw them again: bot explore"


def test_the_pages_are_written_where_they_are_wanted(report: Report, tmp_path: Path) -> None:
    assert [tmp_path / "apply.md"] == write(report, tmp_path)
    assert pages(report)["apply.md"] == (tmp_path / "apply.md").read_text("utf-8")


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
    monkeypatch.setattr(exploring, "newest", lambda _name: 1)
    found = explore(CAMPAIGN, check=lambda channel, _outbound: [f"{channel} is too narrow"])
    assert any("no text or fact never_written" in problem for problem in found.problems)
    assert any("asked twice: coupon.more" in problem for problem in found.problems)
    assert any("sms is too narrow" in problem for problem in found.problems)
