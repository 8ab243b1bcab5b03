"""LINE's webhook as our words, by defensive reading.

The SDK's WebhookParser is not used: it loses the person's id of an event that it does not know, and a whole batch where
one event lacks webhookEventId. LINE adds fields, values and event types without notice.
Reference: https://developers.line.biz/en/reference/messaging-api/#webhooks
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dialogs.message import Address, Inbound, InboundKind
from integrations.channel import BadSignature, RawEvent

CHANNEL = "line"

Event = Mapping[str, Any]
Said = dict[str, Any]  # the fields of Inbound that depend on the kind of event

_LATEST_MS = 253_402_300_799_999  # the last millisecond that a datetime can hold


def receive(headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], now: datetime) -> list[RawEvent]:
    """Verify the raw body by any of the channel secrets, then cut it into its events; raises BadSignature."""
    if not _is_signed(headers.get("x-line-signature", ""), body, secrets):
        raise BadSignature
    # as sent: {"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": [{…}, {…}]}
    try:
        batch = json.loads(body)
    except (ValueError, RecursionError):
        return []
    events = batch.get("events") if isinstance(batch, dict) else None
    destination = _text(batch.get("destination")) if isinstance(batch, dict) else ""
    return [_cut_out(event, destination, now) for event in (events if isinstance(events, list) else ())]


def read(payload: bytes) -> Inbound:
    """One event, as receive cut it out, in our words; whatever is not understood has kind "unknown"."""
    event = _parsed(payload)
    source = _object(event, "source")
    reader = EVENTS.get(_text(event.get("type")))
    # what is said in a group or a room is not said to the counter
    said: Said = reader(event) if reader and source.get("type") == "user" else {"kind": "unknown"}
    return Inbound(
        event_id=_event_id(event),
        address=Address(CHANNEL, _text(source.get("userId"))),
        at=_time(event) or datetime.fromtimestamp(0, UTC),
        reply_token=_text(event.get("replyToken")),
        # "standby": another system holds the chat. A mode that LINE may add later is heard only as well.
        heard_only=event.get("mode", "active") != "active",
        **said,
    )


def delivered_tag(payload: bytes) -> str:
    """The tag of a notice of ours that has arrived; "" for any other event."""
    # as sent: {"type": "delivery", "delivery": {"data": "<X-Line-Delivery-Tag>"}, "webhookEventId": "01H…", …}
    event = _parsed(payload)
    return _text(_object(event, "delivery").get("data")) if event.get("type") == "delivery" else ""


def _parsed(payload: bytes) -> Event:
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        event = None
    return event if isinstance(event, dict) else {"unreadable": payload.hex()}


def _is_signed(signature: str, body: bytes, secrets: Sequence[str]) -> bool:
    given = signature.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(base64.b64encode(hmac.digest(secret.encode(), body, "sha256")), given) for secret in secrets
    )


def _cut_out(event: object, destination: str, now: datetime) -> RawEvent:
    kept = dict(event) if isinstance(event, dict) else {"not_an_event": event}
    event_id = kept["webhookEventId"] = _event_id(kept)
    at = _time(kept)
    if at is None:  # kept beside the event, so that reading it later gives the same time
        at, kept["timestamp"] = now, int(now.timestamp() * 1000)
    payload = json.dumps({**kept, "destination": destination}, separators=(",", ":")).encode()
    return RawEvent(event_id, _text(_object(kept, "source").get("userId")), at, payload)


def _event_id(event: Event) -> str:
    """LINE's own id of the event, or one from its content, which is the same for a redelivery."""
    given = _text(event.get("webhookEventId"))
    if given:
        return given
    content = {name: value for name, value in event.items() if name != "deliveryContext"}
    return "sha256:" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _time(event: Event) -> datetime | None:
    stamp = event.get("timestamp")
    if type(stamp) is not int or not 0 < stamp <= _LATEST_MS:
        return None
    return datetime.fromtimestamp(stamp // 1000, UTC).replace(microsecond=stamp % 1000 * 1000)


def _object(event: Event, name: str) -> Event:
    value = event.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """The value if it is text, without what PostgreSQL cannot hold (NUL, half of a surrogate pair)."""
    if not isinstance(value, str):
        return ""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def _message(event: Event) -> Said:
    # as sent: {"id": "444573844083572737", "type": "text", "quoteToken": "q3Plx…", "text": "こんにちは"}
    message = _object(event, "message")
    kind, text = _text(message.get("type")), message.get("text")
    said: Said = {"kind": MESSAGES.get(kind, "unknown"), "message_id": _text(message.get("id"))}
    if said["kind"] == "file":
        place = " ".join(filter(None, (_text(message.get("title")), _text(message.get("address")))))
        said["extra"] = {"media": kind, "place": place}
    return {**said, "kind": "text", "text": _text(text)} if kind == "text" and isinstance(text, str) else said


def _postback(event: Event) -> Said:
    # as sent: {"data": "coupon[1].kind|paper"}
    # or {"data": "coupon[1].expiry|", "params": {"date": "2023-02-24"}}
    # or {"data": "menu-2", "params": {"newRichMenuAliasId": "richmenu-alias-b", "status": "SUCCESS"}}: no answer
    postback = _object(event, "postback")
    params = _object(postback, "params")
    ask_id, bar, value = _text(postback.get("data")).partition("|")
    if not bar:
        ask_id, value = "", ask_id
    if "newRichMenuAliasId" in params or not (ask_id or value):
        return {"kind": "unknown"}
    if picked := _text(params.get("date")):
        return {"kind": "date", "ask_id": ask_id, "text": picked}
    return {"kind": "button", "ask_id": ask_id, "text": value}


def _unsend(event: Event) -> Said:
    # as sent: {"type": "unsend", "unsend": {"messageId": "325708"}, …}
    return {"kind": "unsend", "message_id": _text(_object(event, "unsend").get("messageId"))}


MESSAGES: Mapping[str, InboundKind] = {
    # as sent: {"type": "sticker", "id": "1501597916", "stickerId": "52002738", "packageId": "11537",
    #           "stickerResourceType": "ANIMATION", "keywords": ["cony", "sally"], "quoteToken": "q3Plx…"}
    "sticker": "sticker",
    # as sent: {"type": "image", "id": "354718705033693861", "contentProvider": {"type": "line"},
    #           "imageSet": {"id": "E005D41A7288…", "index": 1, "total": 2}}
    "image": "image",
    "video": "file",
    "audio": "file",
    # as sent: {"type": "file", "id": "325708", "fileName": "file.txt", "fileSize": 2138}
    "file": "file",
    # as sent: {"type": "location", "id": "325708", "title": "…", "address": "…", "latitude": 35.6, "longitude": 139.7}
    "location": "file",
}
EVENTS: Mapping[str, Callable[[Event], Said]] = {
    "message": _message,
    "postback": _postback,
    "unsend": _unsend,
    # as sent: {"type": "follow", "replyToken": "85cbe…", "follow": {"isUnblocked": false}, …}
    "follow": lambda _: {"kind": "follow"},
    # as sent: {"type": "unfollow", …} without a reply token
    "unfollow": lambda _: {"kind": "unfollow"},
}
