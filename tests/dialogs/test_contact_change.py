"""The URL is to go elsewhere: asked for in the chat, the new contact on our own page, done only by staff."""

from dialogs.reading.contacts import mask_phone
from tests.dialogs.player import ONE_COUPON, PAPER, RIGHT_CODE, SUBMITTED, Talk

MINE = ["1234567897"]
TWO = ["1234567897", "2345678908"]
SECOND_FACTOR = ["TG-1111 1111", "2/23"]
NEW_TARGET = ["web:080-9876-5432", f"web:{RIGHT_CODE}"]


def asked_of(talk: Talk) -> dict[str, object]:
    """What the host was told to plan."""
    return dict(next(lookup.args for lookup in reversed(talk.lookups) if lookup.name == "change_contact"))


def test_number_and_day_first_then_the_new_contact_on_our_page_and_home_again() -> None:
    talk = Talk(own=MINE).play(SUBMITTED)
    before = talk.state.record
    talk.check(
        [
            ("送り先を変えたい", "受付番号 1234-5678-97 で申請した"),
            ("TG-1111 1111", "旅行日はいつですか"),
            ("2/23", "https://r.example.jp/continue/abc"),
            ("web:080-9876-5432", "認証番号を書いてください"),
            (f"web:{RIGHT_CODE}", "担当者が確かめてから変えます"),
        ]
    )
    assert {"receipt_no": "1234567897", "kind": "sms", "value": "+818098765432"} == asked_of(talk)
    assert (before, "submitted", None) == (talk.state.record, talk.state.outcome, talk.state.beside)


def test_nothing_of_the_new_contact_is_taken_in_the_chat() -> None:
    talk = Talk(own=MINE).play([*SUBMITTED, "送り先を変えたい", *SECOND_FACTOR])
    talk.check([("080-9876-5432", "ここには書かないでください")])
    assert "8098765432" not in str(talk.state.record)
    assert "change_contact" not in [lookup.name for lookup in talk.lookups]


def test_a_wrong_coupon_is_told_without_saying_what_was_wrong_and_leads_to_staff() -> None:
    talk = Talk(own=MINE, coupon="wrong").play([*SUBMITTED, "送り先を変えたい"])
    talk.check([("TG99999999", "旅行日はいつですか"), ("2/23", "申請の内容と合いませんでした")])
    talk.play(["TG11111111", "2/22", "TG11111111"]).check([("2/21", "担当者が引き継ぎます")])
    assert ("queue", None) == (talk.state.owner, talk.state.beside)
    assert "send_code" not in [lookup.name for lookup in talk.lookups[len(SUBMITTED) :]]


def test_who_has_lost_the_coupon_is_handed_to_staff() -> None:
    talk = Talk(own=MINE).play([*SUBMITTED, "送り先を変えたい"])
    talk.check([("番号がわからない", "担当者が引き継ぎます")])
    assert "queue" == talk.state.owner


def test_a_change_that_waits_is_not_asked_for_twice_and_can_be_called_off() -> None:
    talk = Talk(own=MINE, asked_before=MINE).play(SUBMITTED)
    talk.check([("送り先を変えたい", "もう受け付けています"), ("[そのまま待つ]", "担当者が確かめています")])
    talk.check([("送り先を変えたい", "取りやめますか"), ("[取りやめる]", "いまのままです")])
    assert "call_off_change" == talk.lookups[-1].name


def test_of_several_applications_the_one_is_chosen() -> None:
    talk = Talk(own=TWO).play([*SUBMITTED, "送り先を変えたい", "[2345-6789-08]", *SECOND_FACTOR, *NEW_TARGET])
    assert "2345678908" == asked_of(talk)["receipt_no"]


def test_who_has_not_applied_is_told_where_to_write_the_new_one() -> None:
    talk = Talk().play(PAPER[:4])
    heard = talk.do("メールアドレスが変わった")
    assert "申請のときに新しい送り先を書いてください" in heard
    assert "お支払いで困ったこと" in heard


def test_who_asked_for_a_refund_is_not_told_that_there_is_no_application() -> None:
    talk = Talk(by_transfer=True).play(PAPER[:4])
    heard = talk.do("送り先を変えたい")
    assert (True, True) == ("「口座を直す」と送ると直せます" in heard, "お支払いで困ったこと" in heard)


def test_the_private_part_of_an_application_waits_meanwhile() -> None:
    talk = Talk(own=MINE).play([*ONE_COUPON, "web:[同意して進む]", "web:栃木 花子"])
    talk.play(["送り先を変えたい", *SECOND_FACTOR, *NEW_TARGET])
    talk.check([("web:090-1234-5678", "どこにお送りしますか")])
    assert ("栃木 花子", None) == (talk.state.record["name"]["v"], talk.state.beside)


def test_on_the_page_one_may_leave_it_too() -> None:
    talk = Talk(own=MINE).play([*SUBMITTED, "送り先を変えたい", *SECOND_FACTOR, "web:080-9876-5432", "web:やめる"])
    assert ("submitted", None) == (talk.state.outcome, talk.state.beside)
    assert "change_contact" not in [lookup.name for lookup in talk.lookups]


def test_by_sms_and_in_english_it_is_the_same() -> None:
    talk = Talk(own=MINE, door="sms", language="en").play(SUBMITTED_IN_ENGLISH)
    talk.check([("change my contact", "inquiry number"), ("TG11111111", "trip date"), ("Feb 23", "/continue/")])
    talk.check([("web:hanako@example.jp", "code"), (f"web:{RIGHT_CODE}", "Staff check it")])
    assert "mail" == asked_of(talk)["kind"]


def test_a_landline_is_refused_and_full_width_digits_are_read() -> None:
    talk = Talk(own=MINE).play([*SUBMITTED, "送り先を変えたい", *SECOND_FACTOR])
    talk.check(
        [
            ("web:028-623-3210", "固定電話にはSMSが届きません"),
            ("web:050-1234-5678", "050の番号にはSMSが届きません"),
            ("web:a..b@docomo.ne.jp", "このままでよいですか"),
            ("web:[入れ直す]", "新しい送り先を書いてください"),
            ("web:０９０－１２３４－５６７８", "認証番号を書いてください"),
            (f"web:{RIGHT_CODE}", "担当者が確かめてから変えます"),
        ]
    )
    assert "+819012345678" == asked_of(talk)["value"]
    assert "090-****-5678" == mask_phone("+819012345678")


SUBMITTED_IN_ENGLISH = [
    *("hello", "1", "Tochigi", "24 February", "1", "1000", "1", "1", "TG11111111", "Feb 23", "2"),
    *("web:1", "web:John Smith", "web:090-1234-5678", "web:[Same as my contact]", f"web:{RIGHT_CODE}", "1"),
]
