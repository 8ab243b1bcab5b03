"""The words that always work, the counter's own questions, and a person of the staff (design, rules 13 and 18)."""

from dataclasses import replace

import pytest

from tests.dialogs.player import ONE_COUPON, PAPER, TO_CHECK, Talk


def test_a_word_that_always_works_is_heard_as_the_first_of_all() -> None:
    Talk().check([("English", "Which coupon do you have"), ("person", "Shall we pass you on")])
    Talk().check([("担当者", "担当者におつなぎしましょうか"), ("はい", "順にお返事します")])


def test_three_answers_that_are_not_understood_offer_a_person() -> None:
    talk = (
        Talk()
        .play(PAPER[:1])
        .check(
            [
                ("うーん", "どれのことかわかりませんでした"),
                ("うーん", "どれのことかわかりませんでした"),
                ("うーん", "担当者におつなぎしましょうか"),
                ("[担当者と話す]", "順にお返事します"),
            ]
        )
    )
    assert "queue" == talk.state.owner


def test_the_answer_itself_is_taken_although_a_person_was_offered() -> None:
    Talk().play([*PAPER[:1], "うーん", "うーん", "うーん"]).check([("紙の地域クーポン", "どの都道府県")])


def test_a_yes_to_the_counters_own_question_is_never_a_yes_to_the_scripts() -> None:
    talk = Talk().play(ONE_COUPON[:-1])
    talk.check([("やめる", "申請を中止しますか"), ("いいえ", "ほかにもクーポンがありますか")])
    assert "coupon[1].more" not in talk.state.record
    talk.check([("やめる", "申請を中止しますか"), ("はい", "いったん中止しました")])
    assert "coupon[1].more" not in talk.state.record


def test_back_takes_back_one_answer_at_a_time() -> None:
    Talk().play(PAPER[:4]).check(
        [
            ("もどる", "有効期限はいつですか"),
            ("戻る", "どの都道府県"),
            ("前へ", "どれですか"),
            ("もどる", "まだ直せる答えがありません"),
        ]
    )


def test_back_out_of_a_menu_takes_nothing_back() -> None:
    talk = Talk().play(PAPER)
    talk.check([("変更", "どの答えを直しますか"), ("もどる", "チャージしましたか")])


def test_a_menu_that_was_not_understood_is_shown_again() -> None:
    Talk().play(TO_CHECK).check(
        [
            ("変更", "どの答えを直しますか"),
            ("[1枚目]", "[1枚目の旅行日]"),
            ("1枚目", "あてはまるものが二つ以上"),
            ("99", "どの答えを直しますか"),
            ("さあ", "担当者におつなぎしましょうか"),
        ]
    )


def test_stop_keeps_the_answers_and_goes_on_when_the_person_speaks_again() -> None:
    Talk().play(PAPER[:4]).check(
        [
            ("やめる", "申請を中止しますか"),
            ("[中止する]", "7日後に消します"),
            ("こんにちは", "おかえりなさい"),
            ("なかった", "残額はいくらでしたか"),
        ]
    )


def test_restart_forgets_the_answers_once_it_is_confirmed() -> None:
    talk = (
        Talk().play(PAPER[:4]).check([("やりなおす", "ここまでの答えは消えます"), ("続ける", "お支払いで困ったこと")])
    )
    talk.check([("やりなおす", "ここまでの答えは消えます"), ("やりなおす", "ここまでの答えは消えます")])
    assert "prefecture" in talk.state.record
    talk.check([("最初から", "どれですか")])
    assert "prefecture" not in talk.state.record


def test_help_status_and_language_leave_the_question_waiting() -> None:
    Talk().play(PAPER[:4]).check(
        [
            ("たすけて", "お支払いで困ったこと"),
            ("？", "いつでも使えることば"),
            ("状況", "how the application stands"),
            ("English", "Did you have trouble with a payment"),
            ("やさしい日本語", "クーポンで払うとき、困りましたか"),
            ("日本語", "お支払いで困ったこと"),
            ("なかった", "残額はいくらでしたか"),
        ]
    )


def test_the_counters_questions_can_be_asked_when_nothing_else_is() -> None:
    told = [*PAPER[:1], "[それ以外のクーポン]"]
    Talk().play(told).check([("やめる", "申請を中止しますか"), ("いいえ", "ご案内は以上です")])
    Talk().play(told).check([("担当者", "担当者におつなぎしましょうか"), ("担当者", "順にお返事します")])
    Talk().play(told).check([("変更", "どの答えを直しますか"), ("1", "どれですか"), ("1", "どの都道府県")])
    Talk().play(told).check([("やりなおす", "最初から"), ("[はじめる]", "どれですか")])


def test_a_label_that_is_also_a_word_that_always_works_is_the_answer_on_offer() -> None:
    Talk().play(PAPER[:4]).check([("最初から", "ここまでの答えは消えます"), ("最初から", "どれですか")])
    Talk(language="en").play(["hello"]).check([("stop", "Do you want to stop?"), ("Stop", "Stopped for now")])


@pytest.mark.parametrize(("word", "line"), [("ボットに戻る", "ボットに戻る"), ("quoted", "「ボットに戻る」")])
def test_while_a_person_has_the_chat_only_the_way_back_is_heard(word: str, line: str) -> None:
    talk = Talk().play([*PAPER[:4], "担当者", "はい"])
    for silent in ("なかった", "やめる", "{sticker}", "{image}", "{follow}"):
        assert "" == talk.do(silent), word
    assert "event" not in talk.state.record
    talk.check([(line, "自動のご案内に戻りました"), ("なかった", "残額はいくらでしたか")])


def test_after_staff_closed_the_chat_the_next_word_is_heard_again() -> None:
    talk = Talk().play([*PAPER[:4], "担当者", "はい"])
    talk.state = replace(talk.state, owner="closed")
    assert "お支払いで困ったこと" in talk.do("すみません")
    assert "bot" == talk.state.owner
