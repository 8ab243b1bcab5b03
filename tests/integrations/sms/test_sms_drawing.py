from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.message import Card, Choice, DatePicker, Link, Outbound
from integrations.sms.drawing import draw
from integrations.sms.segments import segments

CARD = Card("お申し込み", (("番号", "ABC123"), ("旅行日", "2月24日")), "期限: 5月31日")


def test_everything_is_said_in_words():
    said = (
        Outbound("栃木県クーポン補償です。", link=Link("受け取る", "https://r.example.jp/AB3D9E")),
        Outbound(
            "内容をご確認ください。",
            card=CARD,
        ),
        Outbound("よろしいですか。", choices=(Choice("yes", "はい"), Choice("no", "いいえ"))),
        Outbound("旅行日は?", date_picker=DatePicker("選ぶ", date(2023, 2, 1), date(2023, 1, 10), date(2023, 2, 24))),
    )
    assert draw(said) == (
        "栃木県クーポン補償です。\nhttps://r.example.jp/AB3D9E\n\n"
        "内容をご確認ください。\nお申し込み\n番号: ABC123\n旅行日: 2月24日\n期限: 5月31日\n\n"
        "よろしいですか。\n1 はい\n2 いいえ\n\n"
        "旅行日は?"
    )


def test_a_message_of_nothing_leaves_no_gap():
    assert draw((Outbound("一"), Outbound(""), Outbound("二"))) == "一\n\n二"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the euro sign does not fit the first part's last septet, 152 + 2 > 153
        ("a" * 151 + "€" + "a" * 153, 2),
        ("a" * 159 + "\xa0", 3),  # one no-break space makes it UCS-2
        ("あ" * 70, 1),
        ("あ" * 71, 2),
        ("あ" * 134, 2),
        ("あ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 to a part: none is cut in two
        ("【栃木県クーポン補償】ポイント受取(5/31迄) https://r.example.jp/AB3D9EXYZ012", 1),
    ],
)
def test_segments_are_counted_as_they_are_billed(text, parts):
    assert segments(text) == parts


@settings(deadline=None)
@given(st.text(), st.text())
def test_more_text_never_costs_less(text, more):
    assert segments(text) <= segments(text + more)
