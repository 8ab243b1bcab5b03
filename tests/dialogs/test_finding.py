"""The same person through another door: the papers by SMS, number and code elsewhere; nothing for who only guesses."""

import pytest

from dialogs.rules.claim import make_receipt_no
from tests.dialogs.player import OLD_CODE, PAPER, RIGHT_CODE, SUBMITTED, Talk

MINE = ["1234567897"]
NOBODYS = make_receipt_no(2)
TOLD = "(how the application stands)"


def told(talk: Talk) -> bool:
    """Whether the last word led to the status."""
    assert talk.last
    return talk.last.tell_status


def test_by_sms_from_the_same_number_the_end_of_a_paper_shows_the_claim_at_once() -> None:
    talk = Talk(door="sms", here=1)
    assert "最後の4文字を送ってください" in talk.do("状況")
    assert not told(talk)
    talk.do("7897")
    assert told(talk)
    assert talk.state.beside is None
    talk.do("どうなりましたか")
    assert told(talk)


@pytest.mark.parametrize("said", ["７８９７", "1234-5678-97", " 7897 ", "TG12347897"])
def test_the_end_of_a_number_is_read_as_people_write_it(said: str) -> None:
    talk = Talk(door="sms", here=1).play(["状況"])
    talk.do(said)
    assert told(talk)


def test_who_does_not_know_the_end_is_shown_nothing_that_is_anothers() -> None:
    talk = Talk(door="sms", here=1)
    talk.check([("状況", "最後の4文字"), ("1111", "見つかりませんでした"), ("番号がわからない", "お電話")])
    assert 1 == talk.here
    talk = Talk(door="sms", here=1).play(["状況", "1111", "2222"])
    talk.check([("3333", "お見せできません")])
    assert 1 == talk.here


def test_what_is_no_end_of_a_number_is_asked_again() -> None:
    Talk(door="sms", here=1).check([("状況", "最後の4文字"), ("12", "最後の4文字（英数字）"), ("😀", "最後の4文字")])


@pytest.mark.parametrize(
    ("word", "then"),
    [("取り下げ", "取り下げますか"), ("URLが届かない", "もう一度"), ("送り先を変えたい", "ひとつ教えてください")],
)
def test_every_affair_by_sms_begins_with_the_papers_and_goes_on_at_once(word: str, then: str) -> None:
    talk = Talk(door="sms", here=1, own=MINE)
    talk.check([(word, "最後の4文字を送ってください"), ("7897", then)])


def test_by_sms_an_application_is_taken_back_only_with_the_end_of_a_coupon() -> None:
    talk = Talk(door="sms", own=MINE)
    talk.check([("取り下げ", "取り下げますか"), ("1", "最後の4文字を送ってください"), ("7897", "見つかりません")])
    talk.check([("1111", "取り下げます")])
    assert "withdraw" == talk.lookups[-1].name
    talk = Talk(door="sms", own=MINE).play(["取り下げ", "1", "7897", "7897"])
    talk.check([("7897", "取り下げていません")])
    assert "withdraw" not in [lookup.name for lookup in talk.lookups]
    Talk(own=MINE).check([("取り下げ", "取り下げますか"), ("はい", "取り下げます")])


def test_where_nothing_goes_to_that_number_nothing_is_asked() -> None:
    talk = Talk(door="sms")
    talk.do("状況")
    assert told(talk)
    assert "最後の4文字" not in talk.transcript[-1]


def test_in_the_middle_of_an_application_the_question_waits_meanwhile() -> None:
    talk = Talk(door="sms", here=1).play(PAPER[:1])
    before = talk.state
    talk.check([("状況", "最後の4文字を送ってください"), ("7897", "どれですか")])
    assert (before.record, before.pending.key) == (talk.state.record, talk.state.pending.key)


def test_on_line_the_receipt_number_and_a_code_on_our_page_find_it() -> None:
    talk = Talk()
    talk.check(
        [
            ("ウェブで申請したのですが", "受付番号（10けた）"),
            ("1234-5678-90", "受付番号は10けたの数字です"),
            ("１２３４－５６７８－９７", "https://r.example.jp/continue/abc"),
            (f"web:{RIGHT_CODE}", "申請が見つかりました"),
        ]
    )
    assert told(talk)
    assert ["send_code_to_claim", "check_code_of_claim", "know_claim"] == [
        lookup.name for lookup in talk.lookups if lookup.name != "claims_here"
    ]


def test_a_number_that_nobody_has_is_answered_like_a_wrong_code() -> None:
    known = Talk().play(["申請をさがす", "1234-5678-97"]).do("web:000000")
    unknown = Talk().play(["申請をさがす", NOBODYS]).do(f"web:{RIGHT_CODE}")
    assert known == unknown
    assert "番号が違います" in known


def test_after_all_tries_it_is_not_found_and_nothing_was_learned() -> None:
    talk = Talk().play(["申請をさがす", NOBODYS])
    for _ in range(15):
        talk.do(f"web:{RIGHT_CODE}")
    assert "申請を確かめられませんでした" in talk.transcript[-1]
    assert "know_claim" not in [lookup.name for lookup in talk.lookups]


def test_a_mistyped_receipt_number_is_mended_on_the_page() -> None:
    talk = Talk().play(["申請をさがす", NOBODYS, "web:[受付番号を入れ直す]"])
    talk.check([("1234-5678-97", "専用ページ"), (f"web:{OLD_CODE}", "使える時間を過ぎました")])
    talk.check([(f"web:{RIGHT_CODE}", "申請が見つかりました")])


def test_in_english_and_after_an_own_application_too() -> None:
    talk = Talk(language="en").play(SUBMITTED_SHORT)
    talk.check([("I applied on the web", "receipt number"), ("1234567897", "/continue/")])
    talk.check([(f"web:{RIGHT_CODE}", "We found your application")])
    assert "submitted" == talk.state.outcome


SUBMITTED_SHORT = [
    *("hello", "1", "Tochigi", "24 February", "1", "1000", "1", "1", "TG11111111", "Feb 23", "2"),
    *("web:1", "web:John Smith", "web:090-1234-5678", "web:[Same as my contact]", f"web:{RIGHT_CODE}", "1"),
]
assert len(SUBMITTED_SHORT) == len(SUBMITTED)
