"""Trouble in the outage (rules.md §1.2 rows 2-4, §1.5): collected, handed to staff as one case, and (A) goes on."""

from __future__ import annotations

import pytest

from dialogs.steps import Explained
from tests.dialogs.player import Talk, instant
from tests.dialogs.trouble_talk import (
    FOUR,
    NOT_ISSUED,
    PASSED_ON,
    TO_EVENT,
    TOLD_TWICE,
    TWICE,
    handed_in,
    play,
)

# --- what is told, and when


@pytest.mark.parametrize(
    ("at", "first"),
    [
        ("04-28 17:59", False),
        ("04-28 18:00", True),
        ("04-29 12:00", True),
        ("04-30 23:58", True),
        ("04-27 20:00", False),
        ("03-31 20:00", False),
        ("05-01 00:00", False),
    ],
)
def test_who_could_only_call_after_the_deadline_is_told_to_apply_first(at: str, first: bool) -> None:
    assert first is ("お電話を待たずに、先に申請してください" in play(Talk(at=at), TWICE))


@pytest.mark.parametrize(
    ("at", "said", "unsaid"),
    [
        ("03-31 23:58", "お戻しした残額は 2023年3月31日(金) 23:59 まで使えます", "お送りすることになっています"),
        ("04-01 00:00", "キャッシュレスポイントをお送りすることになっています", "残額をお戻しします"),
        ("05-01 00:00", "「担当者」と送ってください", "お戻し"),
        ("06-01 12:00", "お電話だけでお受けしています", "「担当者」"),
    ],
)
def test_what_is_given_back_is_told_as_far_as_that_day_allows(at: str, said: str, unsaid: str) -> None:
    heard = play(Talk(at=at), TWICE)
    assert said in heard
    assert unsaid not in heard


@pytest.mark.parametrize("at", ["05-01 00:00", "05-20 12:00", "06-01 12:00"])
def test_after_the_deadline_nothing_is_collected_and_the_four_items_are_named(at: str) -> None:
    talk = Talk(at=at)
    heard = play(talk, TWICE)
    assert [] == [item for item in FOUR if item not in heard]
    assert ("", [Explained("A_APPLY")]) == (talk.state.pending.key, talk.outcomes)


def test_who_rather_calls_is_told_what_will_be_asked_and_goes_on() -> None:
    heard = play(Talk(), [*TWICE, "[いいえ、電話で伝える]"])
    assert [] == [item for item in FOUR if item not in heard]
    assert "これからどうなさいますか" in heard
    assert "これからどうなさいますか" in play(Talk(), [*TO_EVENT, "[ほかに困ったことがあった]", "500円", "1", "2"])


def test_a_time_is_never_refused_and_a_word_that_always_works_stays_one() -> None:
    talk = Talk().play([*TWICE, *TOLD_TWICE[:3]])
    talk.check([("たすけて", "何時ごろでしたか"), ("暗くなってからです", "何回、決済されましたか")])
    assert "暗くなってからです" == talk.state.record["trouble.when"]["v"]


@pytest.mark.parametrize("story", ["あ" * 501, "", "　\n"])
def test_a_story_has_its_limits(story: str) -> None:
    talk = Talk().play([*NOT_ISSUED, "[はい、ここで伝える]"])
    assert "どんなことがありましたか" in talk.do(story)
    assert ("invalid", "trouble.what") == (talk.manner, talk.state.pending.key)


def test_a_long_story_is_passed_on_whole_and_told_back_by_its_beginning() -> None:
    story = "レジで止まりました。" * 50
    talk = Talk().play([*NOT_ISSUED, "[はい、ここで伝える]", story, "[わからない]", "[わからない]"])
    assert talk.asked.card
    shown = dict(talk.asked.card.rows)["あったこと"]
    assert (80, "...") == (len(shown), shown[-3:])
    talk.play(["[この内容で伝える]"])
    assert story == handed_in(talk)[0][1].words


# --- changed, told again, come back to


def test_a_slip_is_mended_on_the_small_check_before_anything_is_passed_on() -> None:
    talk = Talk().play([*TWICE, *TOLD_TWICE])
    talk.check(
        [
            ("[答えを直す]", "どの答えを直しますか"),
            ("[お困りの件]", "どの答えを直しますか"),
            ("[お店・施設]", "お店や施設の名前"),
            ("那須見本屋", "お店・施設: 那須見本屋"),
            ("[この内容で伝える]", "相談番号は"),
        ]
    )
    assert ["那須見本屋"] == [details.shop for _, details in handed_in(talk)]


def test_what_is_changed_later_is_checked_and_passed_on_once_more() -> None:
    talk = Talk().play(PASSED_ON)
    talk.check(
        [
            ("変更", "どの答えを直しますか"),
            ("お店・施設", "お店や施設の名前"),
            ("那須見本屋", "お困りの件の内容です"),
            ("[この内容で伝える]", "これからどうなさいますか"),
        ]
    )
    assert ["日光見本屋", "那須見本屋"] == [details.shop for _, details in handed_in(talk)]


def test_an_older_tell_the_staff_does_not_pass_on_what_was_not_checked() -> None:
    talk = Talk().play([*TWICE, *TOLD_TWICE])
    older = talk.asked
    talk.play(["変更", "お店・施設", "那須見本屋"])
    talk.tap("この内容で伝える", of=older)
    assert [] == handed_in(talk)


@pytest.mark.parametrize(
    ("state", "said"),
    [("opened", "これからお調べします"), ("checking", "お調べしています"), ("restored", "お戻ししました")],
)
def test_who_tells_it_again_hears_the_number_and_how_it_stands_and_goes_on(state: str, said: str) -> None:
    talk = Talk(case=state).play([*TWICE, *TOLD_TWICE[:1]])
    heard = talk.do(TOLD_TWICE[1])
    for each in ("もう受け付けています。相談番号は C-1234-5678-97", said, "これからどうなさいますか"):
        assert each in heard
    assert [] == handed_in(talk)


def test_a_number_that_is_not_found_is_mended_where_it_was_told() -> None:
    told = [*TOLD_TWICE[:1], "TG-9999 9999", *TOLD_TWICE[2:], "[この内容で伝える]"]
    talk = Talk().play([*TWICE, *told, "[いま申請する]"])
    talk.check(
        [
            ("2/23", "記録が見つかりませんでした"),
            ("[入れ直す]", "「お問合せ番号」を教えてください"),
            ("TG11111111", "お困りの件の内容です"),
            ("[この内容で伝える]", "旅行日はいつですか"),
            ("[前のまま 2023年2月23日(木)]", "ほかにもクーポンがありますか"),
        ]
    )
    assert ["TG99999999", "TG11111111"] == [details.number for _, details in handed_in(talk)]


def test_who_comes_back_after_the_deadline_is_asked_nothing_of_it_any_more() -> None:
    talk = Talk(at="04-30 23:00").play([*TO_EVENT[:3], "2/25", "[二重に決済された]", *TOLD_TWICE, "[この内容で伝える]"])
    talk.clock = instant("05-02 12:00")
    assert "お電話か担当者だけでお受けしています" in talk.do("こんにちは")
    assert "" == talk.state.pending.key


def test_a_case_that_is_passed_on_in_the_last_minute_is_passed_on_though_the_application_comes_too_late() -> None:
    talk = Talk(at="04-30 23:30").play([*TWICE, *TOLD_TWICE])
    talk.clock = instant("05-01 00:00")
    assert "相談番号は" in talk.do("[この内容で伝える]")
    assert "ここからの申請はできません" in talk.said[-2].text


def test_english_and_easy_japanese_play_the_same() -> None:
    english = Talk(language="en", door="sms").play(
        ["hello", "1", "Tochigi", "24 February", "3", "500", "1", "1", "TG11111111", "Mihon", "6:30 pm", "1", "1000"]
    )
    assert english.asked.card
    assert ("Time of day", "18:30") in english.asked.card.rows
    assert "Case number C-1234-5678-97" in english.do("submit")
    easy = Talk(language="ja-easy").play(
        ["こんにちは", "3", "とちぎ", "1", "カードが動かなかった", "わからない", "夕方"]
    )
    assert "相談番号は C-1234-5678-97 です" in easy.do("1")
