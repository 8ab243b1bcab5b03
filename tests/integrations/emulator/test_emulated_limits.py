"""Every limit of message objects: the longest that LINE takes passes, one more is refused, with LINE's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations.emulator.line_fields import graphemes, utf16_units
from integrations.emulator.line_rules import check_messages

Message = dict[str, Any]
URL = "https://counter.example.jp/"
FAMILY = "👨‍👩‍👧‍👦"  # one grapheme cluster, eleven UTF-16 code units


def text(words: str = "こんにちは", **more: Any) -> Message:
    return {"type": "text", "text": words, **more}


def postback(label: str | None = "はい", **more: Any) -> Message:
    return {"type": "postback", "label": label, "data": "yes", **more}


def quick(*actions: Message, **more: Any) -> Message:
    items = [{"type": "action", "action": action, **more} for action in actions]
    return text(quickReply={"items": items})


def template(kind: str, **inside: Any) -> Message:
    return {"type": "template", "altText": "お知らせ", "template": {"type": kind, **inside}}


def buttons(count: int = 1, **inside: Any) -> Message:
    return template("buttons", **{"text": "どれですか", "actions": [postback()] * count, **inside})


def confirm(count: int = 2, words: str = "よろしいですか") -> Message:
    return template("confirm", text=words, actions=[postback()] * count)


def column(**inside: Any) -> Message:
    return {"text": "クーポン", "actions": [postback()], **inside}


def carousel(*columns: Message) -> Message:
    return template("carousel", columns=list(columns))


def images(*labels: str | None) -> Message:
    return template("image_carousel", columns=[{"imageUrl": URL, "action": postback(label)} for label in labels])


def bubble(*contents: Message) -> Message:
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": list(contents)}}


def words(letters: int = 1) -> Message:
    return {"type": "text", "text": "x" * letters}


def flex(contents: Any, **more: Any) -> Message:
    return {"type": "flex", "altText": "確認", "contents": contents, **more}


def button(action: Message) -> Message:
    return flex(bubble({"type": "button", "action": action}))


def flex_bytes(letters: int, bubbles: int = 1) -> Message:
    one = bubble(*[words(letters // 10)] * 10)
    return flex(one if bubbles == 1 else {"type": "carousel", "contents": [one] * bubbles})


def picker(mode: str = "date", **more: Any) -> Message:
    return quick({"type": "datetimepicker", "label": "日付", "data": "date", "mode": mode, **more})


def uri(address: str) -> Message:
    return quick({"type": "uri", "label": "開く", "uri": address})


def placeholders(words_: str, **substitution: Any) -> Message:
    return {"type": "textV2", "text": words_, "substitution": substitution}


EMOJI = {"type": "emoji", "productId": "1", "emojiId": "001"}
MENTION = {"type": "mention", "mentionee": {"type": "all"}}
DOLLAR = {"index": 0, "productId": "1", "emojiId": "001"}
PLACE = {"type": "location", "title": "県庁", "address": "宇都宮市", "latitude": 36.56, "longitude": 139.88}
QUICK = "messages[0].quickReply.items[0].action"
FIRST = "messages[0].template.actions[0]"
COLUMN = "messages[0].template.columns[0]"
BODY = "messages[0].contents.body"


def length(high: int) -> str:
    return f"Length must be between 0 and {high}"


def size(low: int, high: int) -> str:
    return f"Size must be between {low} and {high}"


EMPTY = "May not be empty"

# name: (the most that passes, the least that does not, the property named, the words said)
LIMITS: dict[str, tuple[Message, Message, str, str]] = {
    "text 5000": (text("x" * 5000), text("x" * 5001), "messages[0].text", length(5000)),
    "text in UTF-16 code units": (text("🍎" * 2500), text("🍎" * 2500 + "x"), "messages[0].text", length(5000)),
    "text not empty": (text("x"), text(""), "messages[0].text", EMPTY),
    "text present": (text("x"), {"type": "text"}, "messages[0].text", EMPTY),
    "emoji points at a dollar": (
        text("$", emojis=[DOLLAR]),
        text("x", emojis=[DOLLAR]),
        "messages[0].emojis[0].index",
        "The index does not point at a $ in the text",
    ),
    "20 emojis": (
        text("$", emojis=[DOLLAR] * 20),
        text("$", emojis=[DOLLAR] * 21),
        "messages[0].emojis",
        size(0, 20),
    ),
    "13 quick replies": (
        quick(*[postback()] * 13),
        quick(*[postback()] * 14),
        "messages[0].quickReply.items",
        size(1, 13),
    ),
    "a quick reply's label 20": (quick(postback("あ" * 20)), quick(postback("あ" * 21)), f"{QUICK}.label", length(20)),
    "labels in grapheme clusters": (
        quick(postback(FAMILY * 20)),
        quick(postback(FAMILY * 21)),
        f"{QUICK}.label",
        length(20),
    ),
    "a quick reply's label is required": (quick(postback()), quick(postback(None)), f"{QUICK}.label", EMPTY),
    "a quick reply's icon is https": (
        quick(postback(), imageUrl=URL),
        quick(postback(), imageUrl="http://counter.example.jp/"),
        "messages[0].quickReply.items[0].imageUrl",
        "invalid uri scheme",
    ),
    "an icon's URL 2000": (
        quick(postback(), imageUrl=URL + "x" * (2000 - len(URL))),
        quick(postback(), imageUrl=URL + "x" * (2001 - len(URL))),
        "messages[0].quickReply.items[0].imageUrl",
        length(2000),
    ),
    "postback data 300": (
        quick(postback(data="x" * 300)),
        quick(postback(data="x" * 301)),
        f"{QUICK}.data",
        length(300),
    ),
    "postback data is required": (quick(postback(data="x")), quick(postback(data="")), f"{QUICK}.data", EMPTY),
    "displayText 300": (
        quick(postback(displayText="あ" * 300)),
        quick(postback(displayText="あ" * 301)),
        f"{QUICK}.displayText",
        length(300),
    ),
    "fillInText only with the keyboard": (
        quick(postback(inputOption="openKeyboard", fillInText="x" * 300)),
        quick(postback(fillInText="x")),
        f"{QUICK}.fillInText",
        "fillInText can only be used when inputOption is openKeyboard",
    ),
    "text or displayText": (
        quick(postback(text="はい")),
        quick(postback(text="はい", displayText="はい")),
        f"{QUICK}.text",
        "text and displayText cannot be used together",
    ),
    "message action text 300": (
        quick({"type": "message", "label": "a", "text": "x" * 300}),
        quick({"type": "message", "label": "a", "text": "x" * 301}),
        f"{QUICK}.text",
        length(300),
    ),
    "URI 1000": (uri(URL + "x" * (1000 - len(URL))), uri(URL + "x" * (1001 - len(URL))), f"{QUICK}.uri", length(1000)),
    "URI schemes": (uri("tel:0286233210"), uri("ftp://counter.example.jp/"), f"{QUICK}.uri", "invalid uri scheme"),
    "a URI has no spaces": (uri("line://ti/p/x"), uri(f"{URL} x"), f"{QUICK}.uri", "invalid uri scheme"),
    "clipboard 1000": (
        quick({"type": "clipboard", "label": "a", "clipboardText": "x" * 1000}),
        quick({"type": "clipboard", "label": "a", "clipboardText": "x" * 1001}),
        f"{QUICK}.clipboardText",
        length(1000),
    ),
    "picker modes": (
        picker("time"),
        picker("week"),
        f"{QUICK}.mode",
        "must be one of the following values: [date, time, datetime]",
    ),
    "picker from 1900": (
        picker(min="1900-01-01"),
        picker(min="1899-12-31"),
        f"{QUICK}.min",
        "invalid date or time, or out of range",
    ),
    "picker to 2100": (
        picker("datetime", max="2100-12-31t23:59"),
        picker("datetime", max="2101-01-01t00:00"),
        f"{QUICK}.max",
        "invalid date or time, or out of range",
    ),
    "picker min below max": (
        picker(min="2023-02-01", max="2023-02-02"),
        picker(min="2023-02-02", max="2023-02-02"),
        f"{QUICK}.min",
        "min must be less than max",
    ),
    "picker starts within": (
        picker(min="2023-02-01", initial="2023-02-01"),
        picker(min="2023-02-01", initial="2023-01-31"),
        f"{QUICK}.initial",
        "initial must be between min and max",
    ),
    "picker data 300": (picker(data="x" * 300), picker(data="x" * 301), f"{QUICK}.data", length(300)),
    "camera only as a quick reply": (
        quick({"type": "camera", "label": "a"}),
        buttons(actions=[{"type": "camera", "label": "a"}]),
        f"{FIRST}.type",
        "This action can only be used in a quick reply",
    ),
    "altText 1500": (
        buttons() | {"altText": "x" * 1500},
        buttons() | {"altText": "x" * 1501},
        "messages[0].altText",
        length(1500),
    ),
    "4 buttons": (buttons(4), buttons(5), "messages[0].template.actions", size(1, 4)),
    "buttons text 160": (
        buttons(text="あ" * 160),
        buttons(text="あ" * 161),
        "messages[0].template.text",
        length(160),
    ),
    "buttons text 60 beside a title": (
        buttons(title="題", text="あ" * 60),
        buttons(title="題", text="あ" * 61),
        "messages[0].template.text",
        length(60),
    ),
    "buttons text 60 beside an image": (
        buttons(thumbnailImageUrl=URL, text="あ" * 60),
        buttons(thumbnailImageUrl=URL, text="あ" * 61),
        "messages[0].template.text",
        length(60),
    ),
    "buttons title 40": (buttons(title="あ" * 40), buttons(title="あ" * 41), "messages[0].template.title", length(40)),
    "a template's label 20": (
        buttons(actions=[postback("あ" * 20)]),
        buttons(actions=[postback("あ" * 21)]),
        f"{FIRST}.label",
        length(20),
    ),
    "a template's label is required": (
        buttons(defaultAction=postback(None)),
        buttons(actions=[postback(None)]),
        f"{FIRST}.label",
        EMPTY,
    ),
    "confirm has two, not one": (confirm(2), confirm(1), "messages[0].template.actions", size(2, 2)),
    "confirm has two, not three": (confirm(2), confirm(3), "messages[0].template.actions", size(2, 2)),
    "confirm text 240": (confirm(2, "あ" * 240), confirm(2, "あ" * 241), "messages[0].template.text", length(240)),
    "10 columns": (carousel(*[column()] * 10), carousel(*[column()] * 11), "messages[0].template.columns", size(1, 10)),
    "column text 120": (
        carousel(column(text="あ" * 120)),
        carousel(column(text="あ" * 121)),
        f"{COLUMN}.text",
        length(120),
    ),
    "column text 60 beside a title": (
        carousel(column(title="題", text="あ" * 60)),
        carousel(column(title="題", text="あ" * 61)),
        f"{COLUMN}.text",
        length(60),
    ),
    "column title 40": (
        carousel(column(title="あ" * 40)),
        carousel(column(title="あ" * 41)),
        f"{COLUMN}.title",
        length(40),
    ),
    "3 actions a column": (
        carousel(column(actions=[postback()] * 3)),
        carousel(column(actions=[postback()] * 4)),
        f"{COLUMN}.actions",
        size(1, 3),
    ),
    "columns alike": (
        carousel(column(title="題"), column(title="題")),
        carousel(column(title="題"), column()),
        "messages[0].template.columns",
        "All columns must be alike in actions, images and titles",
    ),
    "10 images": (images(*["a"] * 10), images(*["a"] * 11), "messages[0].template.columns", size(1, 10)),
    "an image's label 12": (images("あ" * 12), images("あ" * 13), f"{COLUMN}.action.label", length(12)),
    "an image's label may be missing, a button's not": (
        images(None),
        button(postback(None)),
        f"{BODY}.contents[0].action.label",
        EMPTY,
    ),
    "flex has altText": (flex(bubble(words())), flex(bubble(words()), altText=""), "messages[0].altText", EMPTY),
    "flex has contents": (flex(bubble(words())), flex(None), "messages[0].contents", EMPTY),
    "flex label 40": (
        button(postback("あ" * 40)),
        button(postback("あ" * 41)),
        f"{BODY}.contents[0].action.label",
        length(40),
    ),
    "flex bubble 30 KB": (
        flex_bytes(29_000),
        flex_bytes(31_000),
        "messages[0].contents",
        "The JSON data must be at most 30 KB",
    ),
    "flex carousel 50 KB": (
        flex_bytes(24_000, 2),
        flex_bytes(26_000, 2),
        "messages[0].contents",
        "The JSON data must be at most 50 KB",
    ),
    "12 bubbles": (
        flex({"type": "carousel", "contents": [bubble(words())] * 12}),
        flex({"type": "carousel", "contents": [bubble(words())] * 13}),
        "messages[0].contents.contents",
        size(1, 12),
    ),
    "bubble sizes": (
        flex(bubble(words()) | {"size": "giga"}),
        flex(bubble(words()) | {"size": "huge"}),
        "messages[0].contents.size",
        "must be one of the following values: [nano, micro, deca, hecto, kilo, mega, giga]",
    ),
    "flex text is not empty": (
        flex(bubble(words(1))),
        flex(bubble(words(0))),
        f"{BODY}.contents[0].text",
        EMPTY,
    ),
    "sender name 20": (
        text(sender={"name": "あ" * 20}),
        text(sender={"name": "あ" * 21}),
        "messages[0].sender.name",
        length(20),
    ),
    "sender is not LINE": (
        text(sender={"name": "LINEでんわ"}),
        text(sender={"name": "LINE"}),
        "messages[0].sender.name",
        "This name cannot be used",
    ),
    "an image needs a preview": (
        {"type": "image", "originalContentUrl": URL, "previewImageUrl": URL},
        {"type": "image", "originalContentUrl": URL},
        "messages[0].previewImageUrl",
        EMPTY,
    ),
    "a sticker needs its package": (
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        {"type": "sticker", "stickerId": "1988"},
        "messages[0].packageId",
        EMPTY,
    ),
    "location title 100": (
        PLACE | {"title": "あ" * 100},
        PLACE | {"title": "あ" * 101},
        "messages[0].title",
        length(100),
    ),
    "placeholders are filled": (
        placeholders("{{{who}}}さん", who=MENTION),
        placeholders("{who}さん"),
        "messages[0].text",
        "A placeholder has no substitution; write {{ and }} for braces",
    ),
    "placeholder keys 20": (
        placeholders(f"{{{'k' * 20}}}", **{"k" * 20: EMOJI}),
        placeholders(f"{{{'k' * 21}}}", **{"k" * 21: EMOJI}),
        f"messages[0].substitution.{'k' * 21}",
        "A key has 1 to 20 of 0-9, A-Z, a-z and _",
    ),
    "100 substitutions": (
        placeholders("x", **{f"k{index}": EMOJI for index in range(100)}),
        placeholders("x", **{f"k{index}": EMOJI for index in range(101)}),
        "messages[0].substitution",
        size(0, 100),
    ),
}

COUNTS: dict[str, tuple[list[Message], str]] = {
    "no message": ([], size(1, 5)),
    "six messages": ([text()] * 6, size(1, 5)),
}

UNKNOWN: dict[str, tuple[Message, str]] = {
    "message type": ({"type": "poem"}, "messages[0].type"),
    "no message type": ({"text": "x"}, "messages[0].type"),
    "action type": (quick({"type": "dance", "label": "a"}), f"{QUICK}.type"),
    "template type": (template("form"), "messages[0].template.type"),
    "flex container": (flex({"type": "box"}), "messages[0].contents.type"),
    "flex component": (flex(bubble({"type": "slider"})), f"{BODY}.contents[0].type"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_most_that_line_takes_passes(name: str) -> None:
    assert [] == check_messages([LIMITS[name][0]])


@pytest.mark.parametrize("name", LIMITS)
def test_one_more_is_refused_with_the_property_that_is_wrong(name: str) -> None:
    _, over, place, said = LIMITS[name]
    assert [(place, said)] == [(found.property, found.message) for found in check_messages([over])]


@pytest.mark.parametrize("name", COUNTS)
def test_a_request_carries_one_to_five_messages(name: str) -> None:
    messages, said = COUNTS[name]
    assert [("messages", said)] == [(found.property, found.message) for found in check_messages(messages)]


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_types_are_refused(name: str) -> None:
    message, place = UNKNOWN[name]
    assert [place] == [found.property for found in check_messages([message])]


@pytest.mark.parametrize(
    ("counted", "shown", "expected"),
    [
        (utf16_units, "🍎", 2),
        (utf16_units, "髙", 1),
        (graphemes, FAMILY, 1),
        (graphemes, "か\u3099", 1),
        (graphemes, "🇯🇵", 1),
        (utf16_units, FAMILY, 11),
    ],
)
def test_texts_are_counted_as_line_counts_them(counted: Callable[[str], int], shown: str, expected: int) -> None:
    assert expected == counted(shown)
