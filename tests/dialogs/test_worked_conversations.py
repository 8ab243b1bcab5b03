"""Worked cases of the rules (§1.5) as conversations, on each door on which they can happen."""

from __future__ import annotations

import re

import pytest

from dialogs.steps import Explained, Submitted
from tests.dialogs.player import RIGHT_CODE, Talk, instant

DOORS = ["line", "sms", "web"]
# Typed, so that it can be said on every door: numbers pick a choice.
PAPER = ["こんにちは", "1", "栃木県", "2/24", "なかった", "1円以上残っていた"]
NOT_CHARGED, CHARGE_FAILED = [*PAPER, "1"], [*PAPER, "しようとして失敗した"]
CHARGED = [*PAPER, "チャージした"]
ONE = ["TG11111111", "2/23", "いいえ、これで全部"]
WHO = ["web:[同意して進む]", "web:栃木 花子", "web:090-1234-5678", "web:[ご連絡先と同じ]", f"web:{RIGHT_CODE}"]
SUBMIT = "この内容で申請する"
PERSONAL = ("consent", "name", "contact", "target")


def heard(talk: Talk) -> str:
    return in_full("\n".join(outbound.text for outbound in talk.said))


def in_full(text: str) -> str:
    """Days as they are written where room costs nothing."""
    return re.sub(r"2023/(\d+)/(\d+)", r"2023年\1月\2日", text)


def links(talk: Talk) -> list[str]:
    return [outbound.link.url for outbound in talk.said if outbound.link]


@pytest.mark.parametrize("door", DOORS)
def test_case_1_paper_in_early_march(door: str) -> None:
    talk = Talk(at="03-05 14:00", door=door).play(NOT_CHARGED)
    for said in ("3月31日(金)", "3月22日(水)オープン予定", "4月30日(日)", "5月31日(水)"):
        assert said in heard(talk)
    # By SMS the first question names the page on which the same is asked, for phones that cannot reply.
    assert (int(door == "sms"), []) == (len(links(talk)), [key for key in PERSONAL if key in talk.state.record])


@pytest.mark.parametrize("door", DOORS)
def test_case_2_charged_in_early_march(door: str) -> None:
    talk = Talk(at="03-05 14:00", door=door).play([*CHARGED, "登録している"])
    for said in ("3月31日(金)", "いりません", "4月上旬以降", "5月31日(水)"):
        assert said in heard(talk)
    assert ([Explained("A_APP")], int(door == "sms")) == (talk.outcomes, len(links(talk)))


@pytest.mark.parametrize("door", DOORS)
def test_cases_3_and_4_the_second_before_the_site_opens_and_the_second_in_which_it_does(door: str) -> None:
    before = Talk(at="03-21 23:59:24", door=door).play(NOT_CHARGED)
    assert ("オープン予定", False) == (
        "オープン予定" * ("オープン予定" in heard(before)),
        "wish" in before.state.pending.key,
    )
    after = Talk(at="03-22 00:00:00", door=door).play(NOT_CHARGED)
    assert "wish" == after.state.pending.key
    assert "オープン予定" not in heard(after)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("at", "how"),
    [
        pytest.param("03-25 12:00", NOT_CHARGED, id="7: paper, while it can still be used"),
        pytest.param("03-25 12:00", CHARGE_FAILED, id="17: the charge failed"),
        pytest.param("04-05 12:00", [*CHARGED, "退会した"], id="23: withdrawn before its URL was sent"),
    ],
)
def test_cases_7_17_and_23_apply_to_the_end(door: str, at: str, how: list[str]) -> None:
    talk = Talk(at=at, door=door).play([*how, "いま申請する", *ONE])
    assert (door != "web") == bool(talk.last and talk.last.link_only)
    assert isinstance(talk.play([*WHO, SUBMIT]).outcomes[-1], Submitted)


GIVEN_BACK = [*PAPER[:3], "2/25", "二重に決済された", "2"]  # whose balance was put back after a check with the shop


@pytest.mark.parametrize("door", DOORS)
def test_case_21_what_was_given_back_on_paper_is_applied_for(door: str) -> None:
    talk = Talk(at="04-10 12:00", door=door).play(GIVEN_BACK)
    assert "wish" == talk.state.pending.key
    talk.play(["いま申請する", *ONE])
    assert {"event": "double_charged"} == {key: talk.lookups[-1].args[key] for key in ("event",)}
    assert isinstance(talk.play([*WHO, SUBMIT]).outcomes[-1], Submitted)


@pytest.mark.parametrize(("at", "asked"), [("03-25 12:00", ""), ("04-01 00:00", "wish"), ("05-02 12:00", "")])
def test_what_was_given_back_is_applied_for_between_the_snapshot_and_the_deadline(at: str, asked: str) -> None:
    assert asked == Talk(at=at).play(GIVEN_BACK[:-1] if at.startswith("05") else GIVEN_BACK).state.pending.key


def test_what_is_not_given_back_yet_is_said_to_be_not_yet() -> None:
    talk = Talk(at="04-10 12:00").play([*GIVEN_BACK, "いま申請する", "TG55555555"])
    assert "記録ではまだ戻っていません" in talk.do("2/23")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("acted", "outcome"), [("04-30 23:59:59", Submitted), ("05-01 00:00:00", Explained)], ids=["case 30", "case 31"]
)
def test_cases_30_and_31_the_last_second_and_the_first_too_late(door: str, acted: str, outcome: type) -> None:
    talk = Talk(at="04-30 23:30", door=door).play([*NOT_CHARGED, "いま申請する", *ONE, *WHO])
    said = talk.happen("button", "submit", ask_id=talk.asked.ask_id, at=instant(acted))
    assert [outcome] == [type(each) for each in talk.outcomes]
    assert (outcome is Explained) == ("2023年5月1日(月) 10:00" in in_full(said))


@pytest.mark.parametrize("door", DOORS)
def test_case_32_an_event_of_the_last_minute_is_in_time_however_late_it_is_taken(door: str) -> None:
    talk = Talk(at="04-30 23:30", door=door).play([*NOT_CHARGED, "いま申請する", *ONE, *WHO])
    talk.clock = instant("05-01 00:02")
    talk.happen("button", "submit", ask_id=talk.asked.ask_id, at=instant("04-30 23:59:40"))
    assert isinstance(talk.outcomes[-1], Submitted)


@pytest.mark.parametrize("door", DOORS)
def test_case_36_a_refund_is_told_of_before_the_site_opens(door: str) -> None:
    talk = Talk(at="03-10 12:00", door=door).play(PAPER[:3])
    answered = in_full(talk.do("ポイントではなく返金してほしい"))
    for said in ("3月22日(水)オープン予定", "5月中旬以降、順次", "4月30日(日)"):
        assert said in answered
    assert "有効期限" in answered


@pytest.mark.parametrize("door", DOORS)
def test_case_37_an_account_number_is_asked_on_our_own_page_alone(door: str) -> None:
    talk = Talk(at="04-10 12:00", door=door).play([*NOT_CHARGED, "返金がよい", *ONE])
    assert (door != "web") == bool(talk.last and talk.last.link_only)
    if door != "web":
        assert "専用ページ" in talk.do("0123456")
        assert "0123456" not in str(talk.state.record)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("at", ["05-02 12:00", "06-01 12:00"])
def test_after_the_deadlines_it_is_closed_and_said_whom_to_call(door: str, at: str) -> None:
    talk = Talk(at=at, door=door).play(NOT_CHARGED)
    assert re.search(r"2023年4月30日\(日\)( 23:59)? で終わりました", heard(talk))
    assert "0120-479-249" in heard(talk)
    assert [Explained("A_APPLY")] == talk.outcomes
