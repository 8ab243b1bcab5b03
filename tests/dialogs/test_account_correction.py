"""The account of a refund is another one: shown to be theirs in the chat, the account on our own page, checked anew."""

from __future__ import annotations

from tests.dialogs.player import BANK, REFUND_SUBMITTED, Talk

MINE = ["1234567897"]
TWO = ["1234567897", "2345678908"]
SECOND_FACTOR = ["TG-1111 1111", "2/23"]
ACCOUNT = [*BANK, "web:[お名前と同じ（トチギ ハナコ）]"]


def corrected(talk: Talk) -> dict[str, object]:
    """What the host was told to plan."""
    return dict(next(lookup.args for lookup in reversed(talk.lookups) if lookup.name == "correct_account"))


def test_number_and_day_first_then_the_account_on_our_page_and_home_again() -> None:
    talk = Talk(own=MINE).play(REFUND_SUBMITTED)
    before = talk.state.record
    talk.check(
        [
            ("口座を直す", "受付番号 1234-5678-97 で申請した"),
            ("TG-1111 1111", "旅行日はいつですか"),
            ("2/23", "https://r.example.jp/continue/abc"),
            ("web:あしかが", "銀行を選んでください"),
        ]
    )
    talk.play(ACCOUNT[1:-1]).check([(ACCOUNT[-1], "口座番号：0123456")])
    talk.check([("web:[この口座でよい]", "お振込先を直しました")])
    assert {
        "receipt_no": "1234567897",
        "bank": "0129",
        "branch": "101",
        "type": "1",
        "number": "0123456",
        "check_again": False,
        "bank_name": "足利銀行",
        "branch_name": "宇都宮",
        "holder": "ﾄﾁｷﾞ ﾊﾅｺ",
    } == corrected(talk)
    assert (before, "submitted", None) == (talk.state.record, talk.state.outcome, talk.state.beside)


def test_no_account_is_taken_in_the_chat() -> None:
    talk = Talk(own=MINE).play([*REFUND_SUBMITTED, "口座を直す", *SECOND_FACTOR])
    talk.check([("足利銀行 宇都宮 0123456", "ここには書かないでください")])
    assert "0123456" not in str({key: entry for key, entry in talk.state.record.items() if key.startswith("account/")})


def test_what_was_typed_wrong_is_asked_again_from_the_bank_on() -> None:
    talk = Talk(own=MINE).play([*REFUND_SUBMITTED, "口座を直す", *SECOND_FACTOR, *ACCOUNT])
    talk.check([("web:[入れ直す]", "お振込先の銀行をさがします")])
    talk.play([*BANK[:-1], "web:7654321", ACCOUNT[-1]]).check([("web:[この口座でよい]", "お振込先を直しました")])
    assert "7654321" == corrected(talk)["number"]


def test_who_cannot_show_a_coupon_is_handed_to_staff() -> None:
    talk = Talk(own=MINE, coupon="wrong").play([*REFUND_SUBMITTED, "口座を直す"])
    talk.check([("番号がわからない", "担当者が引き継ぎます")])
    assert ("queue", None) == (talk.state.owner, talk.state.beside)
    assert "holder" not in [lookup.name for lookup in talk.lookups]


def test_of_several_refunds_the_one_is_chosen() -> None:
    talk = Talk(own=TWO).play([*REFUND_SUBMITTED, "口座を直す", "[2345-6789-08]", *SECOND_FACTOR, *ACCOUNT])
    talk.play(["web:[この口座でよい]"])
    assert "2345678908" == corrected(talk)["receipt_no"]


def test_who_has_asked_for_no_refund_is_told_so_and_goes_on() -> None:
    talk = Talk().play(REFUND_SUBMITTED[:4])
    heard = talk.do("振込先を変えたい")
    assert ("返金の申請は見つかりませんでした" in heard, "お支払いで困ったこと" in heard) == (True, True)


def test_in_english_it_is_the_same() -> None:
    talk = Talk(own=MINE, language="en")
    talk.check([("correct my account", "inquiry number"), ("TG11111111", "trip date"), ("Feb 23", "/continue/")])
