"""How the counter takes what people do, whatever they do it in the middle of (design, rules 8, 9, 17 and 19)."""

from datetime import timedelta

import pytest

from dialogs.steps import Submitted
from tests.dialogs.player import (
    ELIGIBLE,
    ONE_COUPON,
    PAGE,
    PAPER,
    PERSON,
    SUBMITTED,
    TO_ACCOUNT,
    TO_CHECK,
    Talk,
    instant,
)


def test_anything_at_all_begins_the_conversation() -> None:
    for line in ("こんにちは", "TG11111111", "{follow}", "{sticker}", "{image}"):
        heard = Talk().do(line)
        assert "補償窓口です" in heard
        assert "どれですか" in heard


@pytest.mark.parametrize(
    ("door", "said", "heard"),
    [
        ("line", "2/23", "2023年2月23日(木)ですね。\n2023年2月24日(金)の障害のとき"),
        ("line", "R5.2.20", "2023年2月20日(月)ですね。\n2023年2月24日(金)の障害のとき"),
        ("sms", "2/23", "2023/2/23(木)ですね。\n障害のとき（2023/2/24(金)）"),
    ],
)
def test_a_day_comes_back_with_its_year_and_weekday_beside_the_next_question(door: str, said: str, heard: str) -> None:
    talk = Talk(door=door).play(PAPER[:3])
    assert heard in talk.do(said)
    assert "ですね" not in talk.do("1")


def test_a_day_of_the_private_page_is_not_told_in_the_chat() -> None:
    stay = [*TO_ACCOUNT[: TO_ACCOUNT.index("web:2/24")], "web:2/24"]
    assert "ですね" not in Talk().play(stay[:-1]).do(stay[-1])


def test_a_changed_answer_comes_back_to_check_and_asks_only_what_is_new() -> None:
    talk = (
        Talk()
        .play(TO_CHECK)
        .check(
            [
                ("変更", "どの答えを直しますか"),
                ("[はじめの質問]", "どの答えを直しますか"),
                ("[有効期限]", "有効期限はいつですか"),
                ("[前のまま 2023年2月24日(金)]", "内容をご確認ください"),
                ("変更", "どの答えを直しますか"),
                ("アプリへのチャージ", "チャージしましたか"),
                ("[チャージした]", "登録は、いまどうなっていますか"),
                ("[退会した]", "内容をご確認ください"),
                ("[この内容で申請する]", ""),
            ]
        )
    )
    assert 1 == len(talk.outcomes)


def test_a_changed_answer_that_leads_elsewhere_keeps_what_was_answered() -> None:
    talk = Talk().play(TO_CHECK)
    answers = {key: entry["v"] for key, entry in talk.state.record.items() if "v" in entry and key[0] not in "?@"}
    talk.check(
        [
            ("変更", "どの答えを直しますか"),
            ("クーポンの種類", "どれですか"),
            ("[それ以外のクーポン]", "紙の地域クーポンが対象です"),
            ("変更", "どの答えを直しますか"),
            ("クーポンの種類", "どれですか"),
            ("[紙の地域クーポン]", "内容をご確認ください"),
        ]
    )
    assert answers == {key: talk.state.record[key]["v"] for key in answers}


def test_an_older_button_with_the_same_value_changes_nothing() -> None:
    talk = Talk().play(PAPER[:2])
    first = next(outbound for outbound in talk.said if outbound.choices)
    before = talk.state
    assert "" == talk.tap("紙の地域クーポン", of=first)
    assert ("repeated", before.record, before.pending) == (talk.manner, talk.state.record, talk.state.pending)


def test_an_older_button_with_another_value_offers_to_change_that_answer() -> None:
    talk = Talk().play(ELIGIBLE)
    event = next(outbound for outbound in talk.said if any(choice.label == "なかった" for choice in outbound.choices))
    assert "「障害のときのお支払い」の答えを「二重に決済された」に変えますか" in talk.tap("二重に決済された", of=event)
    talk.check([("変えない", "これからどうなさいますか")])
    talk.tap("二重に決済された", of=event)
    talk.check([("[変える]", "二重に決済された件は")])
    assert "double_charged" == talk.state.record["event"]["v"]


def test_an_older_calendar_with_another_day_offers_to_change_that_day() -> None:
    talk = Talk().play(PAPER[:3])
    asked = talk.ask_id
    talk.do("<2023-02-24>")
    assert "「有効期限」の答えを「2023年2月23日(木)」に変えますか" in talk.happen("date", "2023-02-23", ask_id=asked)


@pytest.mark.parametrize("line", ["あとにする", "ポイントではなく返金がよい"])
def test_an_older_button_of_a_question_that_is_not_listed_offers_the_change_too(line: str) -> None:
    talk = Talk().play(ELIGIBLE)
    wish = talk.asked
    talk.do("[いま申請する]")
    assert f"「これからのこと」の答えを「{line}」に変えますか" in talk.tap(line, of=wish)


def test_an_older_button_after_the_application_tells_how_it_stands() -> None:
    talk = Talk().play(SUBMITTED)
    for outbound in [outbound for outbound in talk.said if outbound.choices]:
        assert "how the application stands" in talk.tap(outbound.choices[-1].label, of=outbound)
    assert 1 == len(talk.outcomes)


def test_an_older_check_is_shown_anew_before_anything_is_sent_off() -> None:
    talk = Talk().play(TO_CHECK)
    older = talk.asked
    talk.play(["変更", "1枚目の旅行日", "2/22"])
    assert "2023年2月22日(水)" in talk.tap("この内容で申請する", of=older)
    assert [] == talk.outcomes


def test_a_button_of_the_waiting_question_is_good_however_often_it_was_shown() -> None:
    talk = Talk().play(PAPER[:1])
    first = talk.asked
    talk.play(["たすけて", "English", "日本語", "{sticker}"])
    assert "どの都道府県" in talk.tap("紙の地域クーポン", of=first)


def test_a_text_typed_before_the_question_was_asked_is_not_its_answer() -> None:
    talk = Talk().play(PAPER[:5])
    heard = talk.happen("text", "1", at=talk.clock - timedelta(seconds=30))
    assert ("late", "クーポンの残額はいくらでしたか") == (talk.manner, heard.split("、")[1].split("。")[0])
    assert "balance" not in talk.state.record


def test_a_text_typed_before_the_counter_asked_back_is_not_its_answer_either() -> None:
    talk = Talk().play([*PAPER[:3], "やりなおす"])
    assert "最初からやりなおしますか" in talk.happen("text", "1", at=talk.clock - timedelta(seconds=30))
    assert "kind" in talk.state.record


def test_what_was_told_before_is_not_met_with_silence_the_second_time() -> None:
    other = [*PAPER[:1], "[それ以外のクーポン]"]
    Talk().play([*other, "変更", "1"]).check([("[それ以外のクーポン]", "ご案内は以上です")])


def test_who_blocked_us_and_comes_back_goes_on_where_they_were() -> None:
    talk = Talk().play(PAPER[:4])
    assert "" == talk.do("{unfollow}")
    assert talk.state.blocked
    talk.check([("{follow}", "おかえりなさい"), ("{follow}", "お支払いで困ったこと"), ("なかった", "残額は")])
    assert not talk.state.blocked


@pytest.mark.parametrize("kind", ["unknown", "unsend"])
def test_what_we_do_not_understand_is_kept_and_not_answered(kind: str) -> None:
    talk = Talk().play(PAPER[:4])
    before = talk.state.record
    assert "" == talk.do(f"{{{kind}}}")
    assert before == talk.state.record


def test_a_sticker_or_a_photo_in_the_middle_asks_once_more() -> None:
    Talk().play(PAPER[:4]).check(
        [("{sticker}", "スタンプでは"), ("{image}", "写真は"), ("{file}", "困ったこと"), ("なかった", "残額は")]
    )


def test_a_private_question_is_never_read_in_a_chat() -> None:
    for door, told in (("line", "ここには書かないでください"), ("sms", "返信しないでください")):
        talk = Talk(door=door).play(ONE_COUPON)
        assert PAGE in talk.do("同意して進む")
        talk.play(PERSON[:1]).check([("栃木 花子", told)])
        assert "name" not in talk.state.record
        talk.check([("web:栃木 花子", "ご連絡先を書いてください"), ("web:090-1234-5678", "どこにお送りしますか")])


def test_a_private_answer_is_marked_and_masked_in_a_chat() -> None:
    talk = Talk().play(TO_CHECK)
    private = {key for key, entry in talk.state.record.items() if entry.get("p")}
    assert {"consent", "name", "contact", "target", "code[1].said[1]"} == private
    assert "| お名前: 栃木 花子" in talk.do("web:たすけて")
    masked = talk.do("たすけて")
    assert "花子" not in masked
    assert "1234-5678" not in masked


def test_numbers_of_the_choices_are_good_wherever_choices_are_numbered() -> None:
    Talk(door="sms").check(
        [
            ("はじめまして", "どれですか"),
            ("1", "どの都道府県"),
            ("1", "有効期限はいつですか"),
            ("2/24", "お支払いで困ったこと"),
            ("1", "残額はいくらでしたか"),
            ("2", "残額があったクーポンです"),
            ("変更", "どの答えを直しますか"),
            ("5", "残額はいくらでしたか"),
            ("1", "チャージしましたか"),
            ("もどる", "残額はいくらでしたか"),
            ("わかりません", "チャージしましたか"),
            ("変更", "どの答えを直しますか"),
            ("3", "[前のまま 2023/2/24(金)]"),
            ("1", "チャージしましたか"),
        ]
    )


def test_each_turn_names_how_it_was_taken_for_the_funnel() -> None:
    talk = Talk()
    for line, manner in [
        ("こんにちは", "greeted"),
        ("うーん", "invalid"),
        ("紙の地域クーポン", "answered"),
        ("もどる", "changed"),
        ("たすけて", "help"),
        ("変更", "change"),
        ("{sticker}", "unreadable"),
        ("{follow}", "returned"),
    ]:
        talk.do(line)
        assert manner == talk.manner, line


def test_nothing_is_submitted_a_second_time_whatever_is_said_afterwards() -> None:
    talk = Talk().play(SUBMITTED)
    after = [
        "この内容で申請する",
        "はい",
        "変更",
        "もどる",
        "やめる",
        "はい",
        "{follow}",
        "状況",
        "担当者",
        "はい",
        "ボットに戻る",
    ]
    talk.play([*after, "同意して進む", "web:この内容で申請する", "{unfollow}", "{follow}", "English"])
    assert 1 == len([outcome for outcome in talk.outcomes if isinstance(outcome, Submitted)])
    assert "submitted" == talk.state.outcome


def test_a_conversation_that_rests_is_taken_up_where_it_was() -> None:
    talk = Talk().play(PAPER[:5])
    talk.clock = instant("04-09 21:00")
    talk.check([("1000円", "チャージしましたか")])


def test_a_greeting_is_answered_with_the_question_and_counts_no_try() -> None:
    talk = Talk().play(["こんにちは"])
    for greeting in ("こんにちは", "よろしくお願いします", "Hello", "はじめまして"):
        talk.check([(greeting, "どれですか")])
    assert 0 == talk.state.pending.tries
