"""What people say in place of the words on the buttons, where the whole answer is that and nothing else."""

from datetime import date

import pytest

from dialogs.facts import campaign_terms
from dialogs.questions import CheckAnswers, PickOne, YesNo
from dialogs.reading import Unreadable
from dialogs.reading.synonyms import SYNONYMS
from dialogs.rules.eligibility import Event
from dialogs.words import languages, words
from tests.dialogs.player import CAMPAIGN

TODAY = date(2023, 4, 5)
QUESTIONS = {
    "kind": PickOne(key="kind", options=("paper", "other", "not_issued"), facts=campaign_terms(CAMPAIGN)),
    "event": PickOne(key="event", options=("nothing", *Event), facts=campaign_terms(CAMPAIGN)),
    "charged": PickOne(key="charged", options=("no", "failed", "yes"), facts=campaign_terms(CAMPAIGN)),
    "account": PickOne(key="account", options=("active", "withdrawn")),
    "coupon.more": YesNo(key="coupon.more", facts={**campaign_terms(CAMPAIGN), "n": 1}),
    "wish": PickOne(key="wish", options=("apply", "refund", "later")),
    "check": CheckAnswers(),
    "trouble.check": CheckAnswers(key="trouble.check"),
    "move.call_off": YesNo(key="move.call_off"),
}


@pytest.mark.parametrize(
    ("key", "said", "expected"),
    [
        ("event", "ありませんでした。", "nothing"),
        ("event", "特になかったです", "nothing"),
        ("event", "ﾅｲ", "nothing"),
        ("event", "No problem!", "nothing"),
        ("event", "二重", "double_charged"),
        ("event", "二重払いです", "double_charged"),
        ("event", "Charged twice", "double_charged"),
        ("charged", "してないです", "no"),
        ("charged", "紙のままです", "no"),
        ("charged", "紙だったと思います", "no"),
        ("charged", "はい", "yes"),
        ("charged", "チャージしました！", "yes"),
        ("account", "いまも登録しています", "active"),
        ("account", "退会しました", "withdrawn"),
        ("coupon.more", "これだけです。", "no"),
        ("coupon.more", "That's all", "no"),
        ("coupon.more", "もう一枚", "yes"),
        ("wish", "申請したいです", "apply"),
        ("wish", "返金がいい", "refund"),
        ("wish", "あとで", "later"),
        ("kind", "かみです", "paper"),
        ("kind", "紙のクーポン", "paper"),
    ],
)
@pytest.mark.parametrize("language", languages())
def test_plain_words_are_understood_in_every_language(key: str, said: str, expected: str, language: str) -> None:
    assert expected == QUESTIONS[key].read(said, today=TODAY, words=words(language))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("event", "ないとは言えない"),
        ("event", "はい"),
        ("charged", "ありがとう"),
        ("account", "アプリを消した"),
        ("wish", "まだ申請していない人はどうなりますか"),
    ],
)
def test_what_may_mean_something_else_is_asked_once_more(key: str, said: str) -> None:
    with pytest.raises(Unreadable):
        QUESTIONS[key].read(said, today=TODAY, words=words("ja"))


def test_each_list_belongs_to_a_question_and_an_option_of_it() -> None:
    assert {key: set(by) for key, by in SYNONYMS.items()} == {
        key: set(by) & set(QUESTIONS[key].options) for key, by in SYNONYMS.items()
    }
