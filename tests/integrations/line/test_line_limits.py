from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from linebot.v3.messaging import Message

from dialogs.message import Choice, DatePicker, Link, Outbound
from integrations.line import limits

FAMILY = "👨‍👩‍👧‍👦"


def text(**fields: Any) -> Any:
    return Message.from_dict({"type": "text", "text": "？", **fields})


def quick(*actions: dict[str, object]) -> Any:
    return text(quickReply={"items": [{"type": "action", "action": action} for action in actions]})


def flex(action: dict[str, object] | None = None, *, alt: str = "？", body: str = "？") -> Any:
    contents = [{"type": "button", "action": action}] if action else [{"type": "text", "text": body}]
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": contents}}
    return Message.from_dict({"type": "flex", "altText": alt, "contents": bubble})


def postback(label: str | None = "はい", **fields: object) -> dict[str, object]:
    return {"type": "postback", "data": "a|b", **({"label": label} if label is not None else {}), **fields}


def picker(**fields: str) -> dict[str, object]:
    return {"type": "datetimepicker", "label": "選ぶ", "mode": "date", "data": "a|", **fields}


def test_text_is_counted_in_utf16_units_and_labels_in_graphemes() -> None:
    assert (2, 1) == (limits.utf16_units("🍎"), limits.graphemes("🍎"))
    assert (11, 1) == (limits.utf16_units(FAMILY), limits.graphemes(FAMILY))


@pytest.mark.parametrize(
    "message",
    [
        text(text="🍎" * 2500),
        quick(*[postback(FAMILY * 20)] * 13),
        flex(postback("あ" * 40, displayText=FAMILY * 300), alt="あ" * 1500),
        flex(picker(initial="2023-02-01", min="2023-02-01", max="2023-02-02")),
        flex({"type": "uri", "label": "電話", "uri": "tel:0120123456"}),
    ],
    ids=["5000 units", "13 quick replies", "label 40", "picker", "tel"],
)
def test_what_fits_exactly_is_taken(message: Any) -> None:
    assert [] == limits.check(message)


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (text(text=""), "text: empty"),
        (text(text="🍎" * 2500 + "a"), "text: 5001 of 5000"),
        (quick(postback("あ" * 21)), "label: 21 of 20"),
        (quick(postback(None)), "label: missing"),
        (quick(postback(displayText="あ" * 301)), "displayText: 301 of 300"),
        (flex(postback("あ" * 41)), "label: 41 of 40"),
        (flex(alt="あ" * 1501), "altText: 1501 of 1500"),
        (flex(alt=""), "altText: empty"),
        (flex(body=""), "flex text: empty"),
        (flex({"type": "uri", "label": "開く", "uri": "https://e.jp/" + "a" * 1000}), "uri: 1013 of 1000"),
        (flex({"type": "uri", "label": "開く", "uri": "ftp://e.jp"}), "uri: scheme"),
        (flex(picker(min="2023-02-01", max="2023-02-01")), "date picker: bounds"),
        (flex(picker(initial="2023-01-31", min="2023-02-01", max="2023-02-03")), "date picker: bounds"),
        (flex(picker(max="2101-01-01")), "date picker: bounds"),
    ],
)
def test_what_line_would_refuse_is_named(message: Any, problem: str) -> None:
    assert [problem] == limits.check(message)


def test_a_bubble_is_weighed_as_it_is_sent() -> None:
    (problem,) = limits.check(flex(body="あ" * 5000))
    assert problem.startswith("bubble: 30")


def test_a_list_that_grew_past_its_limit_is_named() -> None:
    message = quick(*[postback()] * 13)
    message.quick_reply.items.append(message.quick_reply.items[0])
    assert ["quick replies: 14 of 13"] == limits.check(message)


def test_what_has_no_room_is_told_before_it_is_cut() -> None:
    day = date(2023, 2, 24)
    outbound = Outbound(
        "あ" * 5001,
        (Choice("v" * 300, "あ" * 21), *(Choice("v", "あ") for _ in range(13))),
        date_picker=DatePicker("あ" * 41, day, day, day),
        link=Link("あ" * 41, "https://e.jp/" + "a" * 1000),
        ask_id="q",
    )
    assert [
        "text in UTF-16 units: 5001 of 5000",
        "choices: 14 of 13",
        "label: 21 of 20",
        "ask_id and value: 302 of 300",
        "date picker's label: 41 of 40",
        "link's label: 41 of 40",
        "link: 1013 of 1000",
    ] == limits.losses(outbound)
    assert [] == limits.losses(Outbound("はい。", (Choice("yes", "はい"),), link=Link("開く", "https://e.jp/")))


def test_a_cut_tears_no_grapheme() -> None:
    assert FAMILY + "…" == limits.cut_graphemes(FAMILY * 3, 2)
    assert FAMILY * 2 == limits.cut_graphemes(FAMILY * 2, 2)
    assert FAMILY + "…" == limits.cut_units(FAMILY * 2, 21)
    assert FAMILY * 2 == limits.cut_units(FAMILY * 2, 22)
