"""Trouble in the outage (rules.md §1.2 rows 2-4, §1.5): collected, handed to staff as one case, and (A) goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from dialogs.facts import campaign_facts
from dialogs.rules.cases import CaseDetails, details_from
from dialogs.steps import Explained, Submitted
from dialogs.words import words
from tests.dialogs.player import CAMPAIGN, PAPER, PERSON, Talk, instant

DOORS = ("line", "sms", "web")
TO_EVENT = PAPER[:4]
TWICE = [*TO_EVENT, "[二重に決済された]", "500円", "[していない（紙のまま）]"]
TOLD_TWICE = ["[はい、ここで伝える]", "TG-1111 1111", "日光見本屋", "夕方6時半ごろ", "[2回]", "1000円"]
PASSED_ON = [*TWICE, *TOLD_TWICE, "[この内容で伝える]"]
OTHER = [*TO_EVENT, "[ほかに困ったことがあった]", "0円"]
NOT_ISSUED = ["こんにちは", "[クーポンを受け取れなかった]", "[栃木県]"]
FOUR = ("お問合せ番号", "有効期限", "旅行先の都道府県", "お店の名前")


def at_the_door(door: str, at: str) -> Talk:
    return Talk(at=at, door=door)


def play(talk: Talk, lines: Iterable[str]) -> str:
    """As it is done at that door: an SMS types the number of a choice, and a day; all that was answered."""
    heard = ""
    for line in lines:
        tapped, day = re.fullmatch(r"\[(.+)]", line), re.fullmatch(r"<\d+-0?(\d+)-0?(\d+)>", line)
        if talk.door == "sms" and tapped:
            labels = [choice.label for choice in talk.asked.choices]
            line = str(labels.index(tapped[1]) + 1)  # noqa: PLW2901 - the same act, as this telephone does it
        elif talk.door != "line" and day:
            line = f"{day[1]}/{day[2]}"  # noqa: PLW2901 - as above
        heard += talk.do(line) + "\n"
    return heard


def sentence(door: str, key: str, **more: Any) -> str:
    """What is said under that key at that door."""
    return words("ja", door).say(key, **{**campaign_facts(CAMPAIGN), **more})


def handed_in(talk: Talk) -> list[tuple[str, CaseDetails]]:
    """What was given to staff, in order."""
    args: list[Any] = [lookup.args for lookup in talk.lookups if lookup.name == "open_case"]
    return [(arg["kind"], details_from(arg)) for arg in args]


# --- the worked cases


@pytest.mark.parametrize("door", DOORS)
def test_case_19_a_double_payment_beside_a_coupon_that_falls_under_a(door: str) -> None:
    talk = at_the_door(door, "03-25 12:00")
    told = play(talk, TWICE)
    assert sentence(door, "trouble.restored.usable") in told
    assert "お問合せ番号」を教えてください" in play(talk, TOLD_TWICE[:1])
    checked = play(talk, TOLD_TWICE[1:])
    rows = ["お店・施設: 日光見本屋", "あった時刻: 18:30", "TG11111111"]
    for row in (
        rows if door == "sms" else [*rows, "決済の回数: 2回", "1回の金額: 1,000円", "有効期限: 2023年2月24日(金)"]
    ):
        assert row in checked
    assert "延長後の残額" not in checked
    done = play(talk, ["[この内容で伝える]"])
    assert sentence(door, "trouble.case.opened", case_no="C-1234-5678-97") in done or door == "web"
    assert sentence(door, "verdict.A_APPLY.open") in done
    assert [
        (
            "B2",
            CaseDetails(
                number="TG11111111",
                expiry=CAMPAIGN.dates.original_expiry,
                prefecture="09",
                shop="日光見本屋",
                happened="18:30",
                times="two",
                amount=1000,
            ),
        )
    ] == handed_in(talk)


def test_the_application_goes_on_with_the_number_that_was_told_and_never_asks_for_it_again() -> None:
    talk = Talk(at="03-25 12:00").play(PASSED_ON)
    assert "旅行日はいつですか" in talk.do("[いま申請する]")
    talk.play(["2/23", "[いいえ、これで全部]", *PERSON])
    check = talk.asked
    assert check.card
    assert ("お問合せ番号", "TG11111111") in check.card.rows
    assert [] == [row for row in check.card.rows if row[0] in ("お店・施設", "あった時刻", "決済の回数")]
    talk.play(["[この内容で申請する]"])
    (submitted,) = [outcome for outcome in talk.outcomes if isinstance(outcome, Submitted)]
    assert ["TG11111111"] == [coupon.number for coupon in submitted.coupons]
    assert 1 == len(handed_in(talk))


@pytest.mark.parametrize("door", DOORS)
def test_case_12_b1_needs_neither_the_expiry_nor_a_balance(door: str) -> None:
    talk = at_the_door(door, "03-05 11:00")
    told = play(talk, [*TO_EVENT[:3], "2/25", "[払ったのに残額も減った]"])
    assert sentence(door, "call_centre.open") in told
    done = play(
        talk,
        [
            *("[はい、ここで伝える]", "[番号がわからない]", "わかりません", "わからない", "[現金]", "1,500円"),
            "[この内容で伝える]",
        ],
    )
    assert "C-1234-5678-97" in done
    assert "申し訳ございません" not in done
    assert [Explained("NOT_A")] == talk.outcomes
    ((kind, details),) = handed_in(talk)
    assert ("B1", "2023-02-25", "cash", 1500) == (kind, str(details.expiry), details.paid_by, details.amount)
    assert ("", "", "") == (details.number, details.shop, details.happened)


@pytest.mark.parametrize("door", DOORS)
def test_case_15_other_trouble_is_told_in_words_and_nothing_of_it_is_demanded(door: str) -> None:
    talk = at_the_door(door, "03-10 12:00")
    assert sentence(door, "trouble.kind.OTHER") in play(talk, OTHER)
    story = "お店の人が金額を打ちまちがえました。\n1,000円のはずが10,000円でした。"
    told = play(talk, ["[はい、ここで伝える]", "[番号がわからない]", story, "[わからない]", "[わからない]"])
    assert ("あったこと: お店の人が金額を打ちまちがえました" in told) is (door != "sms")
    play(talk, ["[この内容で伝える]"])
    ((kind, details),) = handed_in(talk)
    assert ("OTHER", story, "", None) == (kind, details.words, details.number, details.amount)


@pytest.mark.parametrize("door", DOORS)
def test_case_16_who_got_no_coupon_is_asked_for_no_number_and_no_expiry(door: str) -> None:
    talk = at_the_door(door, "03-10 12:00")
    told = play(talk, NOT_ISSUED)
    assert sentence(door, "call_centre.open") in told
    told = play(talk, ["[はい、ここで伝える]", "ホテルで発券できないと言われました", "日光見本ホテル", "15時"])
    assert "お問合せ番号" not in told
    assert "有効期限" not in told
    assert "C-1234-5678-97" in play(talk, ["[この内容で伝える]"])
    ((kind, details),) = handed_in(talk)
    assert ("OTHER", None, "09", "15:00") == (kind, details.expiry, details.prefecture, details.happened)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("at", "lines", "said"),
    [
        (
            "03-05 14:00",
            [*TO_EVENT, "[なかった]", "0円"],
            "verdict.NOT_A.balance",
        ),
        ("03-05 14:00", [*TO_EVENT[:3], "2/23", "[なかった]"], "verdict.NOT_A.expiry"),
        ("05-02 15:00", [*PAPER, "[していない（紙のまま）]"], "verdict.A_APPLY.closed"),
        ("03-25 12:00", ["こんにちは", "[紙の地域クーポン]", "京都"], "京都府のクーポンは region PAY ではない"),
        ("03-25 12:00", ["こんにちは", "[紙の地域クーポン]", "岩手"], "または補償コールセンターへ"),
        (
            "03-25 12:00",
            ["こんにちは", "[クーポンを受け取れなかった]", "京都"],
            "京都府のクーポンは region PAY ではない",
        ),
        ("03-25 12:00", ["こんにちは", "[それ以外のクーポン]"], "verdict.OUT_OF_SCOPE.general"),
    ],
)
def test_cases_9_10_40_42_and_44_hear_why_and_whom_to_call_and_are_asked_nothing_more(
    door: str, at: str, lines: list[str], said: str
) -> None:
    talk = at_the_door(door, at)
    heard = play(talk, lines)
    assert (sentence(door, said) if said.startswith("verdict.") else said) in heard
    assert sentence(door, "call_centre.open") in heard
    assert 1 == len(talk.outcomes)
    assert [] == talk.lookups


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("03-04 11:00", "ただいま受付中"),
        ("03-21 18:00", "次の受付は 2023年3月22日(水) 10:00"),
        ("03-31 18:00", "次の受付は 2023年4月3日(月) 10:00"),
        ("04-29 12:00", "次の受付は 2023年5月1日(月) 10:00"),
        ("05-02 18:00", "次の受付は 2023年5月8日(月) 10:00"),
    ],
)
def test_the_call_centre_is_named_with_its_hours_of_that_moment(at: str, said: str) -> None:
    assert said in play(Talk(at=at), NOT_ISSUED)


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
        ("03-31 23:58", "お戻しした残額は 2023年3月31日(金) 23:59 まで使えます", "その額をキャッシュレスポイントで"),
        ("04-01 00:00", "その額をキャッシュレスポイントでお送りします", "残額をお戻しします"),
        ("05-01 00:00", "「担当者」と送ってください", "お戻し"),
        ("06-01 12:00", "お電話だけでお受けしています", "担当者"),
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
    assert "ここからの申請はできません" in play(talk, ["[いま申請する]", "2/23", "[いいえ、これで全部]"])


def test_english_and_easy_japanese_play_the_same() -> None:
    english = Talk(language="en", door="sms").play(
        ["hello", "1", "Tochigi", "24 February", "3", "500", "1", "1", "TG11111111", "Mihon", "6:30 pm", "1", "1000"]
    )
    assert english.asked.card
    assert ("Time of day", "18:30") in english.asked.card.rows
    assert "Case number C-1234-5678-97" in english.do("1")
    easy = Talk(language="ja-easy").play(
        ["こんにちは", "3", "とちぎ", "1", "カードが動かなかった", "わからない", "夕方"]
    )
    assert "相談番号は C-1234-5678-97 です" in easy.do("1")
