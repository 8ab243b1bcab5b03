"""The way through an application: which coupons, whose, proven by a code, sent off once (rules.md §1.2, §1.4, §1.5)."""

from datetime import date

import pytest

from dialogs.rules.claim import CouponRef, DeliveryTarget
from dialogs.steps import Explained, HandedOver, Submitted
from tests.dialogs.player import (
    CAMPAIGN,
    ELIGIBLE,
    KNOWN,
    OLD_CODE,
    ONE_COUPON,
    PERSON,
    RIGHT_CODE,
    SUBMITTED,
    TO_CHECK,
    Talk,
)

APPLYING = [*ELIGIBLE, "[いま申請する]"]
TO_TARGET = [*ONE_COUPON, *PERSON[:3]]
TO_CODE = [*ONE_COUPON, *PERSON[:4]]


def submitted(talk: Talk) -> Submitted:
    outcome = talk.outcomes[-1]
    assert isinstance(outcome, Submitted)
    return outcome


def coupon(number: str, day: int = 23) -> CouponRef:
    return CouponRef("09", number, date(2023, 2, day))


def test_an_application_holds_what_was_answered_and_nothing_else() -> None:
    talk = Talk().play(SUBMITTED)
    assert Submitted(
        coupons=(coupon("TG11111111"),),
        name="栃木 花子",
        contact="+819012345678",
        target=DeliveryTarget("sms", "+819012345678"),
    ) == submitted(talk)


def test_a_coupon_that_is_off_the_path_is_kept_and_never_sent() -> None:
    talk = Talk().play([*ONE_COUPON[:-1], "[はい、あります]", "TG22222222", "2/22", "[いいえ、これで全部]", *PERSON])
    talk.play(["変更", "1枚目のほかに", "[いいえ、これで全部]", "[この内容で申請する]"])
    assert (coupon("TG11111111"),) == submitted(talk).coupons
    assert "TG22222222" == talk.state.record["coupon[2].number"]["v"]


def test_the_same_coupon_twice_is_told_and_asked_again() -> None:
    talk = (
        Talk()
        .play([*ONE_COUPON[:-1], "[はい、あります]"])
        .check(
            [
                ("tg1111-1111", "旅行日はいつですか"),
                ("2/22", "2枚目の番号は、前のクーポンと同じです"),
                ("TG22222222", "旅行日はいつですか"),
                ("[前のまま 2023年2月22日(水)]", "ほかにもクーポンがありますか"),
            ]
        )
    )
    talk.play(["[いいえ、これで全部]", *PERSON, "[この内容で申請する]"])
    assert (coupon("TG11111111"), coupon("TG22222222", 22)) == submitted(talk).coupons


def test_an_unmatched_coupon_is_mended() -> None:
    talk = (
        Talk()
        .play(APPLYING)
        .check(
            [
                ("TG9999999X", "旅行日はいつですか"),
                ("2/23", "記録が見つかりませんでした"),
                ("[入れ直す]", "[前のまま TG9999999X]"),
                ("TG11111111", "[前のまま 2023年2月23日(木)]"),
                ("[前のまま 2023年2月23日(木)]", "ほかにもクーポンがありますか"),
            ]
        )
    )
    talk.play(["[いいえ、これで全部]", *PERSON, "[この内容で申請する]"])
    assert (coupon("TG11111111"),) == submitted(talk).coupons


def test_an_unmatched_coupon_may_be_handed_in_for_a_check() -> None:
    talk = Talk().play([*APPLYING, "TG99999999", "2/23", "[このまま進む]", "[いいえ、これで全部]", *PERSON])
    assert (coupon("TG99999999"),) == submitted(talk.play(["[この内容で申請する]"])).coupons


def test_an_older_go_on_does_not_carry_over_to_another_number() -> None:
    talk = Talk().play([*APPLYING, "TG99999999", "2/23"])
    unmatched = talk.asked
    talk.play(["[入れ直す]", "TG88888888", "2/23"])
    assert "記録が見つかりませんでした" in talk.tap("このまま進む", of=unmatched)
    assert "ほかにもクーポンがありますか" in talk.do("[このまま進む]")


def test_records_that_cannot_be_asked_hold_nobody_up() -> None:
    talk = Talk().play([*APPLYING, "DOWN123456", "2/23", "[いいえ、これで全部]", *PERSON, "[この内容で申請する]"])
    assert (coupon("DOWN123456"),) == submitted(talk).coupons


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("TG44444444", "アプリにチャージされているので、申請はいりません"),
        ("TG55555555", "補償の対象ではありません"),
        ("TG66666666", "すべて使われています"),
    ],
)
def test_the_record_beats_the_persons_word_and_needs_no_application(number: str, told: str) -> None:
    talk = Talk().play(APPLYING).check([(number, "旅行日"), ("2/23", told)]).play(["[いいえ、これで全部]"])
    assert [Explained("no_coupon_left")] == talk.outcomes


def test_ten_coupons_are_one_application_and_an_eleventh_is_not_asked() -> None:
    talk = Talk().play(APPLYING)
    for number in [number for number in KNOWN if number.startswith("TEN")]:
        talk.play([number, "2/23"])
        if "はい、あります" in [choice.label for choice in talk.said[-1].choices]:
            talk.do("[はい、あります]")
    assert CAMPAIGN.coupons_per_claim == 10
    assert 10 == len(submitted(talk.play([*PERSON, "[この内容で申請する]"])).coupons)


def test_consent_comes_before_the_first_personal_question_and_may_be_given_later() -> None:
    talk = Talk().play([*ONE_COUPON, "web:[同意しない]"])
    assert "name" not in talk.state.record
    talk.check([("こんにちは", "専用ページ"), ("web:[同意して進む]", "お名前を書いてください")])


def test_a_landline_is_no_target_and_the_reason_is_told() -> None:
    Talk().play(TO_TARGET[:-1]).check(
        [
            ("web:028-623-3210", "どこにお送りしますか"),
            ("web:028-623-3210", "固定電話にはSMSが届きません"),
            ("web:050-1234-5678", "050の番号には"),
            ("web:０９０－１２３４－５６７８", "認証番号"),
        ]
    )


def test_a_mistyped_or_old_mail_address_is_shown_once_more_before_anything_is_sent() -> None:
    talk = (
        Talk()
        .play(TO_TARGET)
        .check(
            [
                ("web:hanako@gmail.con", "もしかして：hanako@gmail.com"),
                ("web:[入れ直す]", "どこにお送りしますか"),
                ("web:a..b@docomo.ne.jp", "めずらしい形のアドレスです"),
                ("web:[はい、このまま]", "認証番号"),
                (f"web:{RIGHT_CODE}", "内容をご確認ください"),
            ]
        )
    )
    assert ["coupon", "send_code", "check_code"] == [lookup.name for lookup in talk.lookups]
    assert DeliveryTarget("mail", "a..b@docomo.ne.jp") == submitted(talk.play(["web:[この内容で申請する]"])).target


def test_a_wrong_code_is_asked_again_and_five_of_them_bring_a_new_one() -> None:
    talk = Talk().play(TO_CODE)
    talk.check([("web:111111", "番号が違います")] * 4)
    talk.check([("web:111111", "何度か違いました"), (f"web:{RIGHT_CODE}", "内容をご確認ください")])
    assert 2 == len([lookup for lookup in talk.lookups if lookup.name == "send_code"])


def test_an_expired_code_brings_a_new_one() -> None:
    Talk().play(TO_CODE).check(
        [(f"web:{OLD_CODE}", "使える時間を過ぎました"), (f"web:{RIGHT_CODE}", "内容をご確認ください")]
    )


def test_a_code_is_sent_again_on_request_and_only_once_for_two_taps() -> None:
    talk = Talk().play(TO_CODE)
    asked = talk.page
    talk.check([("web:[もう一度送る]", "新しい番号をお送りしました")])
    talk.tap("もう一度送る", of=asked, channel="web")
    assert 2 == len([lookup for lookup in talk.lookups if lookup.name == "send_code"])
    talk.check([(f"web:{RIGHT_CODE}", "内容をご確認ください")])


def test_another_target_gets_its_own_code() -> None:
    talk = (
        Talk()
        .play(TO_CODE)
        .check(
            [
                ("web:[送り先を変える]", "どこにお送りしますか"),
                ("web:hanako@example.jp", "認証番号"),
                (f"web:{RIGHT_CODE}", "内容をご確認ください"),
            ]
        )
    )
    sent = [lookup.args["value"] for lookup in talk.lookups if lookup.name == "send_code"]
    assert ["+819012345678", "hanako@example.jp"] == sent
    assert DeliveryTarget("mail", "hanako@example.jp") == submitted(talk.play(["[この内容で申請する]"])).target


def test_a_target_that_is_changed_at_the_check_is_proven_again() -> None:
    talk = (
        Talk()
        .play(TO_CHECK)
        .check(
            [
                ("web:変更", "どの答えを直しますか"),
                ("web:URLの送り先", "どこにお送りしますか"),
                ("web:080-1234-5678", "認証番号"),
                (f"web:{RIGHT_CODE}", "内容をご確認ください"),
            ]
        )
    )
    assert DeliveryTarget("sms", "+818012345678") == submitted(talk.play(["web:[この内容で申請する]"])).target


def test_three_codes_are_sent_and_then_a_person_takes_over() -> None:
    talk = Talk().play([*TO_CODE, "web:[もう一度送る]", "web:[もう一度送る]"])
    talk.check([("web:[もう一度送る]", "担当者が引き継ぎます")])
    assert (["code"], "queue") == (
        [out.reason for out in talk.outcomes if isinstance(out, HandedOver)],
        talk.state.owner,
    )
    talk.check([("ボットに戻る", "自動のご案内に戻りました"), ("web:080-1234-5678", "認証番号")])


def test_a_code_that_cannot_be_sent_goes_to_a_person_at_once() -> None:
    talk = Talk(can_send_codes=False).play(TO_CODE)
    assert "何度もお送りした" in talk.said[-2].text
    assert "担当者が引き継ぎます" in talk.said[-1].text
    talk.can_send_codes = True
    talk.check(
        [("ボットに戻る", "自動のご案内"), ("web:[ご連絡先と同じ]", "認証番号"), (f"web:{RIGHT_CODE}", "ご確認")]
    )


def test_an_event_of_the_outage_stands_beside_the_application_and_never_instead() -> None:
    talk = (
        Talk()
        .play([*PAPER_WITH_EVENT])
        .check([("[していない（紙のまま）]", "いまうかがってよいですか"), ("[いいえ、電話で伝える]", "お店の名前")])
        .check([("[いま申請する]", "お問合せ番号")])
    )
    assert "補償コールセンター" in "\n".join(outbound.text for outbound in talk.said)


PAPER_WITH_EVENT = [
    "こんにちは",
    "[紙の地域クーポン]",
    "[栃木県]",
    "<2023-02-24>",
    "[二重に決済された]",
    "[1円以上残っていた]",
]


@pytest.mark.parametrize(
    ("door", "condition"), [("line", "1円以上残っていれば"), ("sms", "残っていれば"), ("web", "1円以上残っていれば")]
)
def test_who_does_not_know_what_was_left_is_told_on_what_it_hangs(door: str, condition: str) -> None:
    talk = Talk(door=door).play([*ELIGIBLE[:-2], "わからない"])
    told = talk.do(ELIGIBLE[-1])
    assert [True, True] == [part in told for part in (condition, "補償の対象です")]
    assert told.index(condition) < told.index("補償の対象です")
    assert condition not in Talk(door=door).play(ELIGIBLE[:-1]).do(ELIGIBLE[-1])
