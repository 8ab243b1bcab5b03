import pytest

from dialogs.reading import Unreadable, read_choice, read_yes_no

KINDS = [
    ("paper", "紙のクーポン"),
    ("charged", "アプリにチャージした"),
    ("uncharged", "アプリにチャージしていない"),
    ("unknown", "わからない"),
]


@pytest.mark.parametrize(
    "said",
    [
        *(
            "2",
            "２",
            "②",
            "2番",
            "２番です",
            "2番目",
            "二",
            "二番",
            "(2)",
            "（２）",
            "⑵",
            "2.",
            "2)",
            "[2]",
            "2です",
            "2でお願いします",
        ),
        *(
            "2️⃣",
            "No.2",
            "#2",
            "2つ目",
            "ふたつめ",
            "two",
            "charged",
            "CHARGED",
            "アプリにチャージした",
            "「アプリにチャージした」",
        ),
        *(
            "アプリにチャージしたです",
            "2 アプリにチャージした",
            "2. アプリにチャージした",
            "②アプリにチャージした",
            "ｱﾌﾟﾘにﾁｬｰｼﾞした",
        ),
        "あぷりにちゃーじした",
        "私はアプリにチャージしたと思います",
    ],
)
def test_a_choice_is_read_by_value_label_number_or_sentence(said: str) -> None:
    assert read_choice(said, KINDS) == "charged"


@pytest.mark.parametrize(
    ("said", "expected"), [("紙", "paper"), ("クーポン", "paper"), ("紙の", "paper"), ("していない", "uncharged")]
)
def test_a_part_that_fits_one_label_is_that_choice(said: str, expected: str) -> None:
    assert read_choice(said, KINDS) == expected


def test_a_synonym_is_read_as_its_choice() -> None:
    assert read_choice("QRコードの紙です", KINDS, {"paper": ["qrコードの紙"]}) == "paper"


def test_a_value_that_is_a_digit_is_no_place_in_the_list() -> None:
    assert read_choice("2", [("2", "two coupons"), ("1", "one coupon")]) == "2"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(("5", "choice_number"), ("0", "choice_number"), ("⑨", "choice_number"), ("9999", "choice_number")),
        *(
            ("紙のクーポンではない", "choice_unknown"),
            ("紙のクーポン以外", "choice_unknown"),
            ("banana", "choice_unknown"),
        ),
        *(
            ("紙のクーポンとアプリにチャージした", "choice_several"),
            ("🍜", "choice_unknown"),
            ("", "empty"),
            ("ア", "choice_unknown"),
        ),
    ],
)
def test_what_is_none_or_several_of_the_choices_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_choice(said, KINDS)
    assert reason == refused.value.reason


def test_a_part_never_becomes_its_own_contrary() -> None:
    with pytest.raises(Unreadable) as refused:
        read_choice("チャージした", [("none", "チャージしたことはない"), ("other", "そのほか")])
    assert refused.value.reason == "choice_unknown"


@pytest.mark.parametrize("said", ["いい", "いいです", "yesterday", "know", "i", "はいる"])
def test_a_few_letters_of_a_label_are_no_answer(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_choice(said, [("yes", "はい"), ("no", "いいえ")], {"yes": ["yes"], "no": ["no"]})
    assert refused.value.reason == "choice_unknown"


@pytest.mark.parametrize("said", ["メールで", "メールがいいです", "mailで", "②で", "メールアドレス"])
def test_a_label_in_a_short_sentence_is_that_choice(said: str) -> None:
    assert read_choice(said, [("sms", "SMS"), ("mail", "メール")]) == "mail"


def test_exact_reading_takes_no_number_and_no_part() -> None:
    lost = [("lost", "番号がわからない")]
    assert read_choice("番号がわからないです", lost, exact=True) == "lost"
    for said in ("1", "番号"):
        with pytest.raises(Unreadable):
            read_choice(said, lost, exact=True)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "はい",
            "ハイ",
            "ﾊｲ",
            "はい。",
            "はい!",
            "「はい」",
            "はーい",
            "はいです",
            "うん",
            "うん、",
            "ええ",
            "そうです",
            "そうですね",
            "その通りです",
        ),
        *(
            "yes",
            "YES",
            "Yes.",
            "y",
            "ok",
            "ＯＫ",
            "オッケー",
            "1",
            "１",
            "①",
            "1番",
            "1. はい",
            "1 はい",
            "せや",
            "そうや",
            "ええで",
            "ええよ",
        ),
        *(
            "あります",
            "しました",
            "間違いないです",
            "同意します",
            "○",
            "◯",
            "⭕",
            "👍",
            "👌",
            "yes please",
            "はい、そうです",
            "はい\u200b",
        ),
    ],
)
def test_every_way_to_agree_is_yes(said: str) -> None:
    assert read_yes_no(said) is True


@pytest.mark.parametrize(
    "said",
    [
        *(
            "いいえ",
            "イイエ",
            "いえ",
            "いえ。",
            "ちがう",
            "違います",
            "違いますよ",
            "no",
            "NO",
            "n",
            "Nope",
            "ない",
            "ないです",
            "なし",
            "2",
            "２",
            "②",
        ),
        *(
            "2番",
            "2. いいえ",
            "ちゃう",
            "ちゃいます",
            "あらへん",
            "あかん",
            "していません",
            "しませんでした",
            "×",
            "✕",
            "❌",
            "👎",
            "同意しません",
        ),
        *("いいえ、違います", "そうではありません", "ううん", "no thanks"),
    ],
)
def test_every_way_to_disagree_is_no(said: str) -> None:
    assert read_yes_no(said) is False


@pytest.mark.parametrize(
    "said",
    ["けっこうです", "いいです", "大丈夫です", "たぶん", "3", "1 いいえ", "はいいいえ", "?", "🙂", "はいではない", "a"],
)
def test_what_could_be_either_is_asked_again(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_yes_no(said)
    assert refused.value.reason == "yes_no_unknown"


def test_what_a_label_has_in_brackets_says_it_too() -> None:
    choices = [("no", "していない（カードのまま）"), ("yes", "チャージした")]
    assert ["no", "no"] == [read_choice(said, choices) for said in ("カードのままです", "していない")]
