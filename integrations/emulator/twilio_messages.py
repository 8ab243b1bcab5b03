"""Messages of Twilio: kept, moved from queued to their end, told to the counter by signed callbacks.

Dates are real ones, in GMT, as Twilio's are: the counter compares them with its own real clock. What the page shows has
the emulator's time.

Errors:
    TwilioRefusal           the request is answered with this code
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urldefrag, urlencode

from integrations.emulator.clock import Clock
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.courier import Call, Job
from integrations.emulator.feed import Feed, Item
from integrations.emulator.outgoing import Answer, NeverArrived, Unreachable
from integrations.emulator.store import Store
from integrations.emulator.twilio_numbers import segments

RANK = {
    "accepted": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "received": 4,
}
CALLBACK_DEADLINE = 15.0
CALLBACK_PAUSE = 0.5
MOST_RETRIES = 5


class TwilioRefusal(Exception):
    """The request is answered with this code of Twilio's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def twilio_signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL without its fragment and the sorted parameters."""
    signed = urldefrag(url).url + "".join(f"{name}{params[name]}" for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class TwilioMessages:
    """All messages, by sid and by number."""

    def __init__(self, config: EmulatorConfig, store: Store, feed: Feed, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._feed = feed
        self._clock = clock
        self._lock = threading.Lock()
        self._by_sid: dict[str, Item] = {}
        self._by_number: dict[str, list[Item]] = {}
        self.opted_out = {saved["number"] for saved in store.load("opt_out")}
        self.revived = [Item.revived("sms", saved) for saved in store.load("sms")]
        for item in sorted(self.revived, key=lambda item: item.born):
            self._index(item)

    def create(self, sender: str, to: str, body: str, *, inbound: bool = False, service: str | None = None) -> Item:
        """A new message; `service` is the Messaging Service it goes through."""
        now = datetime.now(UTC).timestamp()
        status = "received" if inbound else "accepted" if service else "queued"
        doc = {
            "seq": 0,
            "id": "SM" + secrets.token_hex(16),
            "to": to,
            "from": sender,
            "body": body,
            "at": self._clock.now().isoformat(),
            "status": status,
            "direction": "inbound" if inbound else "outbound-api",
        }
        # date_sent stays empty until it is sent, so a DateSent filter does not find what is only queued.
        hidden = {"created": now, "updated": now, "sent": now if inbound else None, "code": None, "service": service}
        item = Item("sms", to, doc, hidden=hidden | {"segments": segments(body)})
        self._index(item)
        self._keep(item)
        return item

    def find(self, sid: str) -> Item | None:
        """The message with this sid."""
        return self._by_sid.get(sid)

    def with_number(self, number: str) -> list[Item]:
        """Messages from or to this number, oldest first."""
        return list(self._by_number.get(number, ()))

    def all(self) -> list[Item]:
        """Every message, oldest first."""
        return list(self._by_sid.values())

    def advance(self, item: Item, status: str, code: int | None) -> None:
        """Move a message on; never back."""
        with self._lock:
            if RANK[status] <= RANK[item.doc["status"]]:
                return
            item.doc["status"] = status
            item.hidden["updated"] = datetime.now(UTC).timestamp()
            item.hidden["code"] = code
            item.hidden["sent"] = item.hidden["sent"] or item.hidden["updated"]
        self._keep(item)

    def redact(self, item: Item) -> None:
        """Empty the body."""
        item.doc["body"] = ""
        self._keep(item)

    def opt_out(self, number: str, *, out: bool) -> None:
        """The number wants nothing any more, or wants it again."""
        if out:
            self.opted_out.add(number)
            self._store.put("opt_out", number, {"number": number})
        else:
            self.opted_out.discard(number)
            self._store.drop("opt_out", number)

    def _index(self, item: Item) -> None:
        self._by_sid[item.doc["id"]] = item
        for number in {item.doc["to"], item.doc["from"]}:
            self._by_number.setdefault(number, []).append(item)

    def _keep(self, item: Item) -> None:
        self._feed.note(item)
        self._store.put("sms", item.doc["id"], item.saved())


class CallbackRoute:
    """Moves a message on when its time has come, and tells the counter if it asked for that."""

    def __init__(self, config: EmulatorConfig, messages: TwilioMessages) -> None:
        self._config = config
        self._messages = messages

    def prepare(self, job: Job) -> Call | None:
        """The signed callback, or None when none was asked for."""
        item = self._messages.find(job.data["sid"])
        if item is None:
            return None
        status, code, url = job.data["status"], job.data["code"], job.data["url"]
        self._messages.advance(item, status, code)
        if not url:
            return None
        params = {
            "ApiVersion": "2010-04-01",
            "AccountSid": self._config.twilio_account_sid,
            "MessageSid": item.doc["id"],
            "SmsSid": item.doc["id"],
            "MessageStatus": status,
            "SmsStatus": status,
            "To": item.doc["to"],
            "From": item.doc["from"],
        }
        if code is not None:
            params["ErrorCode"] = str(code)
        if item.hidden["service"]:
            params["MessagingServiceSid"] = item.hidden["service"]
        return _signed_call(self._config, url, params, job.id)

    def again(self, job: Job, outcome: Answer | Unreachable) -> float | None:
        """Another try as the URL's connection overrides say (#rc=…&rp=…); by default once, when nothing connected."""
        return _pause(job.data["url"], job.tries, outcome)

    def holds(self, job: Job, outcome: Answer | Unreachable) -> bool:
        """Twilio promises no order."""
        return False


class InboundRoute:
    """Hands what people text to the counter."""

    def __init__(self, config: EmulatorConfig) -> None:
        self._config = config

    def prepare(self, job: Job) -> Call:
        """The signed request."""
        url = f"{self._config.counter_url}/webhooks/twilio/inbound"
        return _signed_call(self._config, url, job.data["params"], job.id)

    def again(self, job: Job, outcome: Answer | Unreachable) -> float | None:
        """One more try when nothing connected."""
        return _pause("", job.tries, outcome)

    def holds(self, job: Job, outcome: Answer | Unreachable) -> bool:
        """Texts of one number keep their order."""
        return True


def _signed_call(config: EmulatorConfig, url: str, params: Mapping[str, str], job_id: str) -> Call:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": twilio_signature(config.twilio_auth_token, url, params),
        "I-Twilio-Idempotency-Token": str(uuid.UUID(job_id)),
    }
    return Call("twilio", url, headers, urlencode(params).encode(), CALLBACK_DEADLINE)


def _pause(url: str, tries: int, outcome: Answer | Unreachable) -> float | None:
    overrides = dict(parse_qsl(urldefrag(url).fragment))
    asked = overrides.get("rc", "1")
    policies = set(overrides.get("rp", "ct").split(","))
    if tries > min(int(asked) if asked.isdigit() else 1, MOST_RETRIES) or not _failures(outcome) & policies:
        return None
    return CALLBACK_PAUSE * tries


def _failures(outcome: Answer | Unreachable) -> set[str]:
    """The retry policies that this outcome falls under."""
    if isinstance(outcome, NeverArrived):
        return {"ct", "all"}
    if isinstance(outcome, Unreachable):
        return {"rt", "all"}
    if outcome.status >= 500:
        return {"5xx", "all"}
    return {"4xx", "all"} if outcome.status >= 400 else set()
