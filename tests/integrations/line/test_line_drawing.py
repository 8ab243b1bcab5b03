from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.message import Card, Choice, DatePicker, Link, Outbound
from dialogs.questions import Day
from dialogs.words import languages, words
from integrations.emulator.line_rules import check_messages
from integrations.line import drawing, limits
from integrations.line.drawing import draw, draw_all

FAMILY = "👨‍👩‍👧‍👦"  # one grapheme, eleven UTF-16 units


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"value-{number}", f"答え{number}") for number in range(1, count + 1))


def only(outbound: Outbound) -> Any:
    (message,) = draw(outbound)
    assert [] == limits.check(message)
    return message.to_dict()


def buttons(plain: Any) -> list[Any]:
    return [component["action"] for component in plain["contents"]["footer"]["contents"]]


def body_texts(plain: Any) -> list[str]:
    return [part["text"] for part in plain["contents"]["body"]["contents"] if part["type"] == "text"]


def test_words_alone_are_a_text_message() -> None:
    assert {"type": "text", "text": "こんにちは"} == only(Outbound("こんにちは"))


def test_a_question_keeps_its_buttons_in_the_history() -> None:
    plain = only(Outbound("紙のクーポンですか？", (Choice("yes", "はい"), Choice("no", "いいえ")), ask_id="kind"))
    assert ["紙のクーポンですか？"] == body_texts(plain)
    assert [
        {"type": "postback", "label": "はい", "data": "kind|yes", "displayText": "はい"},
        {"type": "postback", "label": "いいえ", "data": "kind|no", "displayText": "いいえ"},
    ] == buttons(plain)
    assert "紙のクーポンですか？\n1. はい\n2. いいえ" == plain["altText"]


@pytest.mark.parametrize(("count", "drawn"), [(6, "flex"), (7, "quick"), (13, "quick"), (14, "numbers")])
def test_more_choices_than_buttons_become_quick_replies_and_then_numbers(count: int, drawn: str) -> None:
    plain = only(Outbound("都道府県は？", choices(count), ask_id="p"))
    assert (drawn == "flex") == (plain["type"] == "flex")
    assert (count if drawn == "quick" else 0) == len(plain.get("quickReply", {}).get("items", ()))
    assert (drawn == "numbers") == ("14. 答え14" in plain.get("text", ""))


def test_a_long_quick_reply_is_cut_by_graphemes_and_said_in_full() -> None:
    label = FAMILY * 21
    plain = only(Outbound("？", (Choice("long", label), *choices(6)), ask_id="q"))
    action = plain["quickReply"]["items"][0]["action"]
    assert (FAMILY * 19 + "…", label) == (action["label"], action["displayText"])


def test_a_date_can_be_picked_or_typed() -> None:
    picker = DatePicker("日付を選ぶ", date(2023, 2, 24), date(2022, 10, 11), date(2023, 3, 31), "文字でも送れます。")
    plain = only(Outbound("旅行日はいつですか？", date_picker=picker, ask_id="coupon[1].date"))
    expected = {
        "type": "datetimepicker",
        "label": "日付を選ぶ",
        "data": "coupon[1].date|",
        "mode": "date",
        "initial": "2023-02-24",
        "min": "2022-10-11",
        "max": "2023-03-31",
    }
    assert [expected] == buttons(plain)
    assert ["旅行日はいつですか？", "文字でも送れます。"] == body_texts(plain)


def test_the_hint_at_typing_is_the_question_s_own_in_every_language() -> None:
    question = Day(key="expiry", earliest=date(2022, 10, 11), latest=date(2023, 3, 31), likely=date(2023, 2, 24))
    for language in languages():
        spoken = words(language)
        drawn = only(Outbound("？", date_picker=question.picker(spoken)))
        assert spoken.say("date_or_typed") == body_texts(drawn)[1]


@pytest.mark.parametrize(
    ("initial", "earliest", "latest", "expected"),
    [
        (date(2023, 2, 1), date(2023, 2, 1), date(2023, 2, 1), ("2023-02-01", None, "2023-02-01")),
        (date(2023, 9, 1), date(2023, 2, 1), date(2023, 3, 1), ("2023-03-01", "2023-02-01", "2023-03-01")),
        (date(1800, 1, 1), date(1800, 1, 1), date(2200, 1, 1), ("1900-01-01", "1900-01-01", "2100-12-31")),
    ],
    ids=["one day", "initial outside", "wider than LINE"],
)
def test_a_picker_stays_within_the_bounds_that_line_takes(
    initial: date, earliest: date, latest: date, expected: tuple[str | None, ...]
) -> None:
    (action,) = buttons(only(Outbound("？", date_picker=DatePicker("選ぶ", initial, earliest, latest))))
    assert expected == (action["initial"], action.get("min"), action["max"])


def test_a_card_shows_each_row_and_keeps_them_off_the_locked_screen() -> None:
    card = Card("ご入力の確認", (("お名前", "栃木 花子"), ("照会番号", "")), "間違いはありませんか。")
    plain = only(Outbound("ご確認ください。", choices(2), card=card, ask_id="check"))
    assert [
        "ご確認ください。",
        "ご入力の確認",
        "お名前",
        "栃木 花子",
        "照会番号",
        "間違いはありませんか。",
    ] == body_texts(plain)
    assert "ご確認ください。\nご入力の確認\n1. 答え1\n2. 答え2" == plain["altText"]
    assert ["primary", "secondary"] == [button["style"] for button in plain["contents"]["footer"]["contents"]]


def test_a_card_with_many_choices_offers_them_as_quick_replies() -> None:
    plain = only(Outbound("どこを直しますか？", choices(9), card=Card("確認", (("名前", "花子"),)), ask_id="change"))
    assert 9 == len(plain["quickReply"]["items"])
    assert "footer" not in plain["contents"]


def test_a_card_with_more_choices_than_quick_replies_numbers_them() -> None:
    plain = only(Outbound("？", choices(14), card=Card("確認", (("名前", "花子"),))))
    assert body_texts(plain)[-1].endswith("14. 答え14")


def test_ten_coupons_fit_one_bubble() -> None:
    rows = tuple(
        (f"{number}枚目 照会番号", f"12345678-{number:04}（宇都宮ホテル・2月24日）") for number in range(1, 11)
    )
    assert "flex" == only(Outbound("ご確認ください。", choices(2), card=Card("確認", rows)))["type"]


def test_a_card_too_large_for_a_bubble_is_said_in_words() -> None:
    rows = tuple((f"項目{number}", "長い答え" * 20) for number in range(40))
    plain = only(Outbound("ご確認ください。", choices(2), card=Card("確認", rows), ask_id="check"))
    assert "text" == plain["type"]
    assert "項目39: 長い答え" in plain["text"]
    assert ["check|value-1", "check|value-2"] == [item["action"]["data"] for item in plain["quickReply"]["items"]]


def test_a_link_is_a_button() -> None:
    plain = only(Outbound("こちらのページへ。", link=Link("ページを開く", "https://example.jp/a/1")))
    assert [{"type": "uri", "label": "ページを開く", "uri": "https://example.jp/a/1"}] == buttons(plain)


def test_a_link_too_long_for_a_button_is_said_in_words() -> None:
    url = "https://example.jp/" + "a" * 1000
    assert {"type": "text", "text": f"こちらへ。\n\n開く\n{url}"} == only(
        Outbound("こちらへ。", link=Link("開く", url))
    )
    assert f"開く\n{url}" in body_texts(only(Outbound("？", choices(2), link=Link("開く", url))))


@pytest.mark.parametrize("tappable", ["電話0120-123-456へ。", "https://example.jp/help をご覧ください。"])
def test_a_number_to_call_or_a_url_stays_tappable_beside_buttons(tappable: str) -> None:
    text, bubble = draw(Outbound(tappable, choices(2)))
    assert (tappable, "bubble") == (text.text, bubble.contents.type)
    assert bubble.contents.body is None
    assert [] == limits.check(text) + limits.check(bubble)


def test_a_long_text_is_split_at_a_line_and_nothing_is_lost() -> None:
    lines = [f"{number:04} {FAMILY * 8}" for number in range(200)]
    drawn = draw(Outbound("\n".join(lines)))
    assert lines == "\n".join(message.text for message in drawn).split("\n")
    assert 4 == len(drawn)
    assert [] == [problem for message in drawn for problem in limits.check(message)]


def test_only_the_last_message_carries_the_quick_replies() -> None:
    first, last = draw_all([Outbound("どれですか？", choices(7), ask_id="q"), Outbound("急ぎではありません。")])
    assert (None, 7) == (first.quick_reply, len(last.quick_reply.items))


def test_six_texts_are_joined_to_go_out_together() -> None:
    drawn = draw_all([Outbound(f"文{number}") for number in range(6)])
    assert ["文0\n\n文1\n\n文2\n\n文3\n\n文4\n\n文5"] == [message.text for message in drawn]


def test_nothing_to_say_draws_nothing() -> None:
    assert [] == draw(Outbound(""))


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("letters", "ground"),
    [
        (drawing.INK, "#FFFFFF"),
        (drawing.MUTED, "#FFFFFF"),
        ("#FFFFFF", drawing.GREEN),
        ("#FFFFFF", drawing.NAVY),
        ("#111111", drawing.QUIET),
    ],
)
def test_every_pair_of_colours_can_be_read(letters: str, ground: str) -> None:
    dark, light = sorted((luminance(letters), luminance(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


_text = st.text(alphabet=st.sampled_from("あ漢a🍎\n1-が"), max_size=80)
_long = st.sampled_from(["長" * 5001, "0120-123-456 " * 400, FAMILY * 400])
_label = st.text(alphabet=st.sampled_from("はい🍎a"), min_size=1, max_size=60)
_days = st.dates(date(1890, 1, 1), date(2110, 1, 1)).filter(lambda day: 1900 <= day.year <= 2100)
_pickers = st.builds(
    lambda label, days: DatePicker(label, days[1], days[0], days[2]),
    _label,
    st.tuples(_days, _days, _days).map(sorted),
)
_outbounds = st.builds(
    Outbound,
    text=_text | _long,
    choices=st.lists(st.builds(Choice, st.text(max_size=100), _label), max_size=20).map(tuple),
    date_picker=st.none() | _pickers,
    card=st.none() | st.builds(Card, _label, st.lists(st.tuples(_text, _text), max_size=50).map(tuple), _text),
    link=st.none() | st.builds(Link, _label, st.just("https://example.jp/") | st.just("https://e.jp/" + "a" * 1200)),
    ask_id=st.just("coupon[10].number"),
)


@given(_outbounds)
def test_whatever_is_to_be_said_line_takes_it(outbound: Outbound) -> None:
    for message in draw(outbound):
        assert [] == limits.check(message)
        assert [] == check_messages([message.to_dict()])  # another reading of the same reference
