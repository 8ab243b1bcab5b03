"""What is said when (rules.md §1.3): every phase of the notice, its first and last second, and people who come back."""

import pytest

from dialogs.steps import Explained, Submitted
from tests.dialogs.player import ELIGIBLE, ONE_COUPON, PAPER, PERSON, REFUND, STAY, TO_CHECK, WHERE, WHO, Talk, instant

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
            "アプリに登録した電話番号かメールアドレスへ、ポイント受取のURLを順にお送りして",
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


WAITING = {
    "wish": ELIGIBLE,
    "coupon[1].number": ONE_COUPON[:-3],
    "coupon[1].trip_date": ONE_COUPON[:-2],
    "coupon[1].more": ONE_COUPON[:-1],
    "consent": ONE_COUPON,
    "name": [*ONE_COUPON, *PERSON[:1]],
    "check": TO_CHECK,
    "transfer.consent": [*REFUND, *WHO, "web:123456", *WHERE, *STAY],
}


@pytest.mark.parametrize("door", ["line", "sms", "web"])
@pytest.mark.parametrize("waits", WAITING)
@pytest.mark.parametrize("said", ["こんにちは", "TG-1111 1111", "2/23", "はい", "{sticker}"])
def test_a_draft_that_comes_back_too_late_is_told_at_once_and_asked_nothing(door: str, waits: str, said: str) -> None:
    talk = Talk(at="04-30 23:30", door=door).play(WAITING[waits])
    assert waits == talk.state.pending.key
    talk.clock = instant("05-01 00:00")
    heard = talk.do(said)
    assert ("told", "") == (talk.state.outcome, talk.state.pending.ask_id)
    assert "で終わりました" in heard
    assert "0120-479-249" in heard
    assert talk.outcomes[-1] == Explained("closed")


@pytest.mark.parametrize("waits", WAITING)
def test_a_draft_that_comes_back_in_the_last_second_goes_on(waits: str) -> None:
    talk = Talk(at="04-30 23:30").play(WAITING[waits])
    talk.happen("text", "もどる" if waits == "check" else "手数料はかかりますか", at=instant("04-30 23:59:59"))
    assert ("", True) == (talk.state.outcome, bool(talk.state.pending.ask_id))


@pytest.mark.parametrize(
    ("word", "told"), [("状況", "how the application stands"), ("人と話したい", "おつなぎしましょうか")]
)
def test_a_word_that_always_works_is_heard_too_late_as_well(word: str, told: str) -> None:
    talk = Talk(at="04-30 23:30").play(ONE_COUPON[:-2])
    talk.clock = instant("05-01 00:00")
    heard = talk.do(word)
    assert ("told", True, True) == (talk.state.outcome, "で終わりました" in heard, told in heard)


def test_who_comes_home_from_a_side_script_too_late_is_told_there() -> None:
    talk = Talk(at="04-30 23:30").play([*ONE_COUPON[:-2], "申請をさがす"])
    talk.clock = instant("05-01 00:00")
    talk.check([("やめる", "ここからの申請はできません")])
    assert "told" == talk.state.outcome


@pytest.mark.parametrize(
    ("at", "said", "unsaid"),
    [
        ("04-30 23:00", "ご案内は以上です", "0120-479-249"),
        ("05-01 12:00", "0120-479-249（ただいま受付中、18:00まで）", "次の受付"),
        ("06-03 12:00", "次の受付は 2023年6月5日(月) 10:00 から", "受付中"),
    ],
)
def test_the_end_of_a_closed_phase_names_whom_to_call(at: str, said: str, unsaid: str) -> None:
    talk = Talk(at=at).play([*PAPER[:1], "[それ以外のクーポン]"])
    heard = talk.do("ありがとう")
    assert "ご案内は以上です" in heard
    assert said in heard
    assert unsaid not in heard
