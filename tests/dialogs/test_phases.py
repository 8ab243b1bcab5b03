"""What is said when (rules.md §1.3): every phase of the notice, its first and last second, and people who come back."""

import pytest

from dialogs.steps import Explained, Submitted
from tests.dialogs.player import ELIGIBLE, ONE_COUPON, PAPER, PERSON, TO_CHECK, Talk, instant

APP = [*PAPER, "[チャージした]", "[登録している]"]
DOUBLE = [*PAPER[:4], "[二重に決済された]", "[1円以上残っていた]", "[していない（紙のまま）]", "[いいえ、電話で伝える]"]


def told(at: str, lines: list[str]) -> str:
    talk = Talk(at=at).play(lines)
    return "\n".join(outbound.text for outbound in talk.said)


@pytest.mark.parametrize(
    ("at", "said", "unsaid"),
    [
        ("03-10 12:00", "3月22日(水)オープン予定", "これからどうなさいますか"),
        ("03-21 23:59", "3月22日(水)オープン予定", "これからどうなさいますか"),
        ("03-22 00:00", "これからどうなさいますか", "オープン予定"),
        ("03-25 12:00", "これからどうなさいますか", "オープン予定"),
        ("04-05 12:00", "これからどうなさいますか", "まで使えます"),
        ("04-30 23:58", "これからどうなさいますか", "終わりました"),
        ("05-01 00:00", "申請の受付は 2023年4月30日(日) 23:59 で終わりました", "これからどうなさいますか"),
        ("05-02 12:00", "ただいま受付中、18:00まで", "これからどうなさいますか"),
        ("06-01 12:00", "で終わりました", "これからどうなさいますか"),
    ],
)
def test_who_used_paper_hears_what_the_day_allows(at: str, said: str, unsaid: str) -> None:
    heard = told(at, ELIGIBLE)
    assert said in heard
    assert unsaid not in heard


@pytest.mark.parametrize(
    ("at", "said", "unsaid"),
    [
        ("03-10 12:00", "2023年3月31日(金) 23:59 まで使えます", "終わりました"),
        ("03-25 12:00", "手続きはいりません", "終わりました"),
        (
            "04-03 09:59",
            "4月上旬以降、アプリに登録した電話番号かメールアドレスへ、ポイント受取のURLをお送りします",
            "まで使えます",
        ),
        (
            "04-03 10:00",
            "4月上旬以降、アプリに登録した電話番号かメールアドレスへ、ポイント受取のURLを順にお送りして",
            "まで使えます",
        ),
        ("05-01 00:00", "お送りしています。2023年5月31日(水) 23:59 までにお受け取りください", "4月上旬以降"),
        ("05-02 12:00", "「URLが届かない」と送ってください", "終わりました"),
        ("06-01 00:00", "ご案内は終わりました", "手続きはいりません"),
    ],
)
def test_who_charged_the_app_need_do_nothing_in_any_phase(at: str, said: str, unsaid: str) -> None:
    heard = told(at, APP)
    assert said in heard
    assert unsaid not in heard
    assert "どうなさいますか" not in heard


def test_before_the_site_opens_nothing_personal_is_asked_and_nothing_linked() -> None:
    talk = Talk(at="03-10 12:00").play([*ELIGIBLE, "[お知らせはいらない]"])
    assert [Explained("A_APPLY")] == talk.outcomes
    assert [] == [outbound.link for outbound in talk.said if outbound.link]


def test_who_was_told_too_early_just_speaks_again_when_it_has_opened() -> None:
    talk = Talk(at="03-10 12:00").play([*ELIGIBLE, "[お知らせはいらない]"]).check([("まだですか", "ご案内は以上です")])
    talk.clock = instant("03-25 12:00")
    talk.check([("こんにちは", "おかえりなさい"), ("[いま申請する]", "お問合せ番号")])


def test_who_put_it_off_is_asked_again_and_hears_when_it_is_too_late() -> None:
    talk = (
        Talk()
        .play([*ELIGIBLE, "[あとにする]"])
        .check([("やっぱり", "おかえりなさい"), ("[あとにする]", "わかりました")])
    )
    talk.clock = instant("05-01 00:00")
    talk.check([("申請します", "で終わりました"), ("申請します", "ご案内は以上です")])


@pytest.mark.parametrize(("at", "outcome"), [("04-30 23:59:59", Submitted), ("05-01 00:00:00", Explained)])
def test_the_deadline_is_judged_by_when_the_person_acted(at: str, outcome: type) -> None:
    talk = Talk(at="04-30 23:30").play(TO_CHECK)
    check = talk.asked
    talk.happen("button", "submit", ask_id=check.ask_id, at=instant(at))
    assert [outcome] == [type(each) for each in talk.outcomes]


def test_an_event_of_the_last_second_is_in_time_however_late_it_is_played() -> None:
    talk = Talk(at="04-30 23:30").play(TO_CHECK)
    in_time = instant("04-30 23:59:40")
    talk.clock = instant("05-01 00:02")
    talk.happen("button", "submit", ask_id=talk.asked.ask_id, at=in_time)
    assert isinstance(talk.outcomes[-1], Submitted)


def test_who_is_late_hears_whom_to_call_and_nothing_is_sent_off_by_older_events() -> None:
    talk = Talk(at="04-30 23:30").play(TO_CHECK)
    check = talk.asked
    talk.clock = instant("05-01 00:00")
    heard = talk.happen("button", "submit", ask_id=check.ask_id)
    assert "ここからの申請はできません" in heard
    assert "次の受付は 2023年5月1日(月) 10:00" in heard
    for text in ("お願いします", "submit"):
        talk.happen("text", text, at=instant("04-30 23:59:50"))
    assert [Explained("closed")] == [outcome for outcome in talk.outcomes if outcome != Explained("A_APPLY")]


def test_after_the_deadline_a_draft_is_asked_nothing_personal() -> None:
    talk = Talk(at="04-30 23:30").play(ONE_COUPON[:-1])
    talk.clock = instant("05-01 00:00")
    assert "ここからの申請はできません" in talk.do("[いいえ、これで全部]")


def test_who_had_trouble_in_the_outage_and_is_late_is_told_both() -> None:
    talk = Talk(at="04-30 23:30").play([*DOUBLE, *ONE_COUPON[-4:], *PERSON])
    talk.clock = instant("05-01 00:00")
    assert "ここからの申請はできません" in talk.do("[この内容で申請する]")
