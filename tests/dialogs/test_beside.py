"""Side scripts: they run beside the conversation, leave nothing in it, and whoever wants out of one is out."""

from dialogs.steps import Submitted
from tests.dialogs.player import ONE_COUPON, PAPER, SUBMITTED, Talk

MINE = ["1234567897"]
TWO = ["1234567897", "2345678908"]


def answers(talk: Talk) -> dict[str, object]:
    return {key: entry for key, entry in talk.state.record.items() if key[0] not in "!?@"}


def test_an_application_is_withdrawn_after_one_more_question() -> None:
    talk = Talk(own=MINE).play(SUBMITTED)
    before = talk.state.record
    talk.check(
        [
            ("取り下げ", "受付番号 1234-5678-97 の申請を取り下げますか"),
            ("[取り下げる]", "終わりましたら、お知らせします"),
        ]
    )
    assert ["withdrawable", "withdraw"] == [lookup.name for lookup in talk.lookups[-2:]]
    assert {"receipt_no": "1234567897"} == talk.lookups[-1].args
    assert (before, "submitted", None) == (talk.state.record, talk.state.outcome, talk.state.beside)
    assert "how the application stands" in talk.do("状況")


def test_who_thinks_better_of_it_keeps_the_application() -> None:
    talk = Talk(own=MINE).play(SUBMITTED)
    talk.check([("withdraw my application", "取り下げますか"), ("いいえ", "そのまま受け付けています")])
    assert "withdraw" not in [lookup.name for lookup in talk.lookups]


def test_of_several_applications_one_is_chosen_by_its_number() -> None:
    talk = Talk(own=TWO).play(SUBMITTED)
    talk.check([("取り下げ", "[2345-6789-08]"), ("2", "受付番号 2345-6789-08 の"), ("はい", "取り下げます")])
    assert {"receipt_no": "2345678908"} == talk.lookups[-1].args


def test_every_time_is_asked_anew() -> None:
    talk = Talk(own=MINE).play(SUBMITTED).play(["取り下げ", "いいえ"])
    talk.check([("取り下げ", "取り下げますか"), ("はい", "取り下げます")])
    talk.own = []
    assert "取り下げられる申請はありません" in talk.do("取り下げ")


def test_in_the_middle_of_an_application_the_question_waits_meanwhile() -> None:
    talk = Talk(own=MINE).play(PAPER[:4])
    before = talk.state
    heard = talk.do("URLが届かない")
    assert "もう一度 090-****-5678 へお送りしました" in heard
    assert "お支払いで困ったこと" in heard
    assert (before.record, before.pending) == (talk.state.record, talk.state.pending)
    talk.check([("取り下げ", "取り下げますか"), ("うーん", "取り下げますか"), ("いいえ", "お支払いで困ったこと")])
    talk.check([("なかった", "残額はいくらでしたか")])


def test_back_and_stop_lead_out_of_it_and_no_further() -> None:
    for word in ("もどる", "やめる"):
        talk = Talk(own=MINE).play([*PAPER[:4], "取り下げ"])
        assert "お支払いで困ったこと" in talk.do(word)
        assert (None, "") == (talk.state.beside, talk.state.outcome)
        assert {"kind", "prefecture", "expiry"} == set(answers(talk))
    talk = Talk(own=MINE).play([*SUBMITTED, "取り下げ"])
    assert "how the application stands" in talk.do("やめる")
    assert "submitted" == talk.state.outcome


def test_other_words_that_always_work_still_work() -> None:
    talk = Talk(own=MINE).play([*PAPER[:4], "取り下げ"])
    talk.check([("たすけて", "取り下げますか"), ("English", "Withdraw the application"), ("日本語", "取り下げますか")])
    talk.check([("変更", "どの答えを直しますか"), ("続ける", "わかりませんでした")])
    talk = Talk(own=MINE).play([*PAPER[:4], "取り下げ"])
    talk.check([("担当者", "担当者におつなぎしましょうか"), ("はい", "順にお返事します")])
    talk.check([("ボットに戻る", "お支払いで困ったこと")])
    talk = Talk(own=MINE).play([*PAPER[:4], "取り下げ"])
    talk.check([("やりなおす", "ここまでの答えは消えます"), ("[最初から]", "どれですか")])


def test_three_answers_that_are_not_understood_lead_to_a_person_and_out_of_it() -> None:
    talk = Talk(own=MINE).play([*PAPER[:4], "取り下げ", "うーん", "うーん"])
    talk.check([("うーん", "担当者におつなぎしましょうか"), ("[担当者と話す]", "順にお返事します")])
    assert ("queue", None) == (talk.state.owner, talk.state.beside)
    assert "" == talk.do("もしもし")


def test_a_button_of_the_question_that_waits_leads_back_to_it() -> None:
    talk = Talk(own=MINE).play(PAPER[:4])
    asked = talk.asked
    talk.do("取り下げ")
    assert "残額はいくらでしたか" in talk.tap("なかった", of=asked)
    assert talk.state.beside is None


def test_a_button_of_a_side_script_that_is_over_does_nothing() -> None:
    talk = Talk(own=MINE).play([*PAPER[:4], "取り下げ"])
    asked = talk.asked
    talk.do("いいえ")
    assert "お支払いで困ったこと" in talk.tap("取り下げる", of=asked)
    assert "withdraw" not in [lookup.name for lookup in talk.lookups]
    submitted = Talk(own=MINE).play([*SUBMITTED, "取り下げ"])
    asked = submitted.asked
    submitted.do("いいえ")
    assert "how the application stands" in submitted.tap("取り下げる", of=asked)


def test_the_private_page_goes_on_whatever_the_chat_asks_beside_it() -> None:
    talk = Talk(own=MINE).play([*ONE_COUPON, "取り下げ", "web:[同意して進む]"])
    assert talk.state.beside is None
    assert "consent" in talk.state.record
    talk.play(["web:栃木 花子"])
    talk.check([("取り下げ", "取り下げますか"), ("web:090-1234-5678", "どこにお送りしますか")])
    assert talk.state.beside is None


def test_it_can_be_the_first_word_and_asks_its_own_question_first() -> None:
    heard = Talk(url="early").do("URLが届かない")
    assert "4月上旬以降" in heard
    assert "どれですか" in heard
    talk = Talk(own=MINE).check([("取り下げ", "取り下げますか"), ("はい", "どれですか"), ("紙", "どの都道府県")])
    assert [] == [each for each in talk.outcomes if isinstance(each, Submitted)]


def test_who_has_two_contacts_on_record_says_where_the_url_goes() -> None:
    for door in ("line", "sms"):
        talk = Talk(url="choose", door=door).play(SUBMITTED if door == "line" else [])
        heard = talk.do("URLが届かない")
        assert "連絡先：h***@example.jp" in heard
        talk.url = "other_way"
        assert "h***@example.jp へお送りしました" in talk.do("2")
        assert [{}, {"to": "other"}] == [lookup.args for lookup in talk.lookups if lookup.name == "resend"]


def test_before_the_eleventh_of_april_it_is_too_early() -> None:
    for door in ("line", "sms"):
        assert "4月上旬以降" in Talk(at="04-08 12:00", url="early", door=door).do("URLが届かない")


def test_the_same_coupon_once_more_is_told_with_the_application_that_has_it() -> None:
    for door in ("line", "sms", "web"):
        talk = Talk(door=door, applied_for=("TG11111111",)).play(ONE_COUPON[:-1])
        told = "\n".join(outbound.text for outbound in talk.said)
        assert "受付番号 1234-5678-97 でもう申請をいただいています" in told
        assert "確認中です" in told
        talk.do("[いいえ、これで全部]")
        assert [] == [each for each in talk.outcomes if isinstance(each, Submitted)]
