"""What people ask in between: answered with its clause of the notice, and never instead of their own answer."""

import re

import pytest

from dialogs.facts import campaign_facts
from dialogs.phrasing import sentence
from dialogs.reading.topics import TOPICS, read_topic
from dialogs.steps import Say
from dialogs.words import languages, words
from tests.dialogs.player import CAMPAIGN, ONE_COUPON, PAPER, SUBMITTED, Talk

ASKED = {
    "what": ["これは何ですか", "ここでは何ができますか？", "What is this?"],
    "covered": ["対象のクーポンはどれですか", "私は対象ですか", "Am I eligible?", "which coupons are covered"],
    "when": ["いつ届きますか", "いつごろもらえますか", "When will I get it?"],
    "usable": ["まだ使えますか", "クーポンはもう使えないんですか", "コンビニで使える？", "Can I still use it?"],
    "deadline": ["いつまでに申請すればいいですか", "締め切りは？", "what is the deadline"],
    "where": ["どこで申請するんですか", "申請方法を教えてください", "How do I apply?"],
    "fee": ["手数料はかかりますか", "無料ですか", "Is there a fee?"],
    "tax": ["税金はかかりますか", "確定申告は必要ですか", "do I pay tax"],
    "lost_phone": ["スマホをなくしました", "電話なくした", "電話番号を変えた", "機種変更しました", "I lost my phone"],
    "how_long": ["どのくらいかかりますか", "how long does it take"],
    "rewards": ["どんなポイントがもらえますか", "what do I get?"],
    "hours": ["電話は何時までですか", "コールセンターの番号は", "phone hours", "opening hours please"],
    "resend": ["URLが届かない", "再送してください", "案内のメールが届かないです", "I did not get the URL"],
    "find": ["申請をさがす", "ウェブで申請したのですが", "I applied on the web", "find my application"],
    "withdraw": ["取り下げ", "申請を取り下げたいです", "申請を取り消したい", "withdraw my application"],
    "remind": [
        "お知らせして",
        "始まったら教えてください",
        "お知らせがほしい",
        "remind me",
        "Please let me know when it opens",
    ],
    "refund": [
        "返金してほしい",
        "返金はいつですか",
        "ポイントではなくお金がいい",
        "現金でもらえますか",
        "I want my money back",
    ],
    "no_reminder": ["お知らせはいらないです", "リマインド不要", "no reminders please"],
    "contact": [
        "連絡先を変えたい",
        "電話番号を変えたいです",
        "メールアドレスが変わりました",
        "I want to change my contact",
    ],
    "account": [
        "口座を直す",
        "振込先を変えたい",
        "口座番号を間違えました",
        "correct my account",
    ],
    "staff": ["担当者は何をしてくれますか", "返事が来ないのですが", "when will someone reply"],
    "genuine": ["これは本物ですか", "詐欺じゃないの", "is this a scam?"],
}
NOT_ASKED = [
    "feeling fine",
    "栃木県",
    "2/24",
    "はい",
    "紙のクーポン",
    "costume",
    "taxi",
    "コンビニで使えなかった",
    "24 hours",
    "電話をかけたが番号をなくした",
    "",
    "？！",
    "手数料" + "あ" * 60,
]


@pytest.mark.parametrize(("topic", "said"), [(topic, said) for topic, lines in ASKED.items() for said in lines])
def test_a_question_is_found_by_its_words(topic: str, said: str) -> None:
    assert topic == read_topic(said)


@pytest.mark.parametrize("said", NOT_ASKED)
def test_what_asks_nothing_is_no_topic(said: str) -> None:
    assert read_topic(said) is None


def test_every_topic_is_tried_here() -> None:
    assert set(TOPICS) == set(ASKED)


@pytest.mark.parametrize("door", ["line", "sms", "web"])
@pytest.mark.parametrize(
    ("at", "asked", "said", "unsaid"),
    [
        ("03-31 23:59", "まだ使えますか", "2023年3月31日(金) 23:59 まで使えます", "でした"),
        ("04-01 00:00", "まだ使えますか", "2023年4月30日(日) 23:59 までに申請", "まで使えます"),
        ("05-01 00:00", "まだ使えますか", "2023年4月30日(日) 23:59 で終わりました", "申請してください"),
        ("04-02 12:00", "いつ届きますか", "次のようにお送りします", "順にお送りしています"),
        ("04-03 10:00", "いつ届きますか", "順にお送りしています", "次のようにお送りします"),
        ("04-20 12:00", "いつ届きますか", "順にお送りしています", "4月上旬"),
        ("05-01 00:00", "いつ届きますか", "2023年5月31日(水) 23:59 までにお受け取りください", "4月上旬以降"),
        ("03-21 23:59", "締め切りは？", "オープン予定", "終わりました"),
        ("03-22 00:00", "締め切りは？", "2023年4月30日(日)", "オープン予定"),
        ("05-01 00:00", "締め切りは？", "2023年4月30日(日) 23:59 で終わりました", "申請の締切"),
        ("05-31 23:59", "締め切りは？", "2023年5月31日(水)", "申請の締切"),
        ("06-01 00:00", "締め切りは？", "2023年5月31日(水) 23:59 で終わりました", "受取の期限"),
        ("06-01 00:00", "どこで申請", "2023年5月31日(水) 23:59 で終わりました", "この窓口でできます"),
        ("05-01 00:00", "これは何ですか", "2023年4月30日(日) 23:59 で終わりました", "質問に答えると"),
        ("05-01 00:00", "どのくらいかかりますか", "2023年4月30日(日) 23:59 で終わりました", "5分"),
        ("05-01 00:00", "スマホをなくしました", "送り先", "でも申請できます"),
        ("05-31 23:59", "スマホをなくしました", "送り先", "受取の期限"),
        ("06-01 00:00", "スマホをなくしました", "2023年5月31日(水) 23:59 でした", "担当者"),
        ("03-21 23:59", "スマホをなくしました", "オープン予定", "終わりました"),
        ("03-21 23:59", "これは何ですか", "オープン予定", "質問に答えると"),
        ("03-22 00:00", "これは何ですか", "お送りします", "オープン予定"),
        ("03-21 23:59", "たすけて", "オープン予定", "申請ができます"),
        ("03-22 00:00", "たすけて", "もどる", "オープン予定"),
        ("04-30 23:59", "たすけて", "もどる", "終わりました"),
        ("05-01 00:00", "たすけて", "2023年4月30日(日) 23:59 で終わりました", "申請ができます"),
        ("06-01 00:00", "たすけて", "0120-479-249", "申請ができます"),
        ("06-01 00:00", "どんなポイント", "2023年5月31日(水) 23:59 で終わりました", "選べます"),
        ("04-10 23:59", "どのくらいかかりますか", "4月上旬以降、確認ができ次第", "順次"),
        ("04-11 00:00", "どのくらいかかりますか", "確認ができ次第、順次", "4月上旬"),
        ("05-20 23:59", "返金してほしい", "5月中旬以降、順次", "お振込は順次"),
        ("05-21 00:00", "返金してほしい", "順次です", "5月中旬"),
        ("05-31 23:59", "担当者の時間", "送り先の変更", "返金の"),
        ("06-01 00:00", "担当者の時間", "返金の", "送り先の変更"),
        ("06-01 00:00", "いつ届きますか", "2023年5月31日(水) 23:59 で終わりました", "お送りして"),
    ],
)
def test_what_depends_on_the_day_is_told_as_it_is_that_day(
    door: str, at: str, asked: str, said: str, unsaid: str
) -> None:
    heard = Talk(at=at, door=door).play(PAPER[:1]).do(asked)
    if door == "sms":
        said, heard = (
            re.sub(r"年|月(?=\d)", "/", said).replace("日(", "(").replace(" 23:59 ", ""),
            heard.replace(" ", ""),
        )
    assert said in heard
    assert unsaid not in heard


def test_the_answer_leaves_the_question_waiting_and_counts_no_try() -> None:
    talk = Talk().play(PAPER[:2])
    before = talk.state.pending
    for line in ("手数料はかかりますか", "いつ届きますか", "税金は？", "これは本物ですか"):
        assert "どの都道府県" in talk.do(line)
        assert "asked" == talk.manner
        assert before == talk.state.pending
    talk.check([("とちぎ", "有効期限はいつですか")])


def test_each_answer_says_its_dates_from_the_campaign() -> None:
    Talk().play(PAPER[:2]).check(
        [
            ("いつまでですか", "2023年4月30日(日) 23:59"),
            ("いつ届きますか", "順にお送りしています"),
            ("対象は何ですか", "2023年2月24日(金)"),
            ("どんなポイント？", "nanacoギフト"),
            ("何時までですか", "ただいま受付中、18:00まで"),
            ("本物ですか", "https://r.example.jp/verify"),
        ]
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [("03-10 12:00", "オープン予定"), ("04-05 12:00", "締切は"), ("05-01 00:00", "で終わりました")],
)
def test_where_to_apply_is_told_as_it_is_on_that_day(at: str, expected: str) -> None:
    assert expected in Talk(at=at).play(PAPER[:2]).do("どこで申請するんですか")


@pytest.mark.parametrize("topic", sorted(set(TOPICS) - {name for name in TOPICS if TOPICS[name].side}))
@pytest.mark.parametrize("at", ["05-02 12:00", "06-05 12:00"])
def test_in_a_closed_phase_every_answer_says_whom_to_call_and_when(topic: str, at: str) -> None:
    heard = Talk(at=at).play(PAPER[:2]).do(ASKED[topic][0])
    assert "0120-479-249（ただいま受付中、18:00まで）" in heard


@pytest.mark.parametrize("door", ["line", "sms"])
@pytest.mark.parametrize("asked", ["電話は何時までですか", "返事が来ないのですが"])
@pytest.mark.parametrize(
    ("at", "warned"),
    [("04-28 17:59:30", False), ("04-28 18:00", True), ("04-30 23:59", True), ("05-01 00:00", False)],
)
def test_from_the_last_closing_before_the_deadline_on_it_is_told_first_that_the_deadline_comes_before(
    door: str, asked: str, at: str, warned: bool
) -> None:
    heard = Talk(at=at, door=door).play(PAPER[:1]).do(asked)
    assert warned == ("先に申請してください" in heard)
    assert not warned or heard.index("先に申請してください") < heard.index("10:00～18:00")


def test_a_fee_is_said_with_what_the_notice_says_of_it() -> None:
    for door in ("line", "sms", "web"):
        assert "のお知らせに" in Talk(door=door).play(PAPER[:1]).do("手数料はかかりますか")


def test_a_question_is_heard_as_the_first_word_and_after_the_end() -> None:
    Talk().check([("これは本物ですか", "末尾4けた"), ("紙", "どの都道府県")])
    heard = Talk().do("これは本物ですか")
    assert "補償窓口です" in heard
    assert "どれですか" in heard
    submitted = Talk().play(SUBMITTED)
    assert "確認ができ次第お送りします" in submitted.do("いつ届きますか")
    assert "submitted" == submitted.state.outcome


def test_an_answer_on_offer_is_never_taken_for_a_question() -> None:
    talk = Talk().play(ONE_COUPON[:-1])
    talk.check([("はい、あります", "2枚目")])
    Talk().play(PAPER).check([("チャージした、手数料ありで", "どうなっていますか")])


def test_while_the_private_page_waits_a_question_is_answered_in_the_chat() -> None:
    talk = Talk().play(ONE_COUPON)
    heard = talk.do("手数料はかかりますか")
    assert "手数料をいただきません" in heard
    assert "専用ページ" in heard
    assert "ここには書かないでください" in talk.do("栃木 花子")


def test_beside_a_menu_a_question_is_answered_and_the_menu_is_left() -> None:
    Talk().play(PAPER).check([("変更", "どの答えを直しますか"), ("手数料は？", "チャージしましたか")])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_answer_in_every_language(topic: str, language: str) -> None:
    spoken, facts = words(language), {**campaign_facts(CAMPAIGN), "verify": "https://r.example.jp/verify"}
    phases = {
        "site": (".before", ".open", ".over"),
        "url": (".before", ".sending", ".receiving", ".over"),
        "use": (".usable", ".points", ".over"),
        "term": (".before", ".open", ".receiving", ".over"),
        "apply": (".open", ".over"),
        "receive": (".open", ".over"),
        "again": (".early", ".open", ".over"),
        "": ("",),
    }
    for each in phases[TOPICS[topic].by]:
        assert f"faq.{topic}{each}" in spoken.sentences
        assert "" != sentence(Say(f"faq.{topic}{each}"), spoken, facts)
