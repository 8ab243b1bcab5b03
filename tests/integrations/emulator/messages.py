"""Message objects to try the limits with: each maker gives a good one, and takes what makes it bad."""

from __future__ import annotations

from typing import Any

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
