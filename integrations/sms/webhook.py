"""What Twilio tells us: inbound messages and receipts (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # twilio ships no types
from werkzeug.datastructures import MultiDict

from dialogs.message import Address, Inbound, InboundKind
from integrations.channel import BadSignature, RawEvent

CHANNEL = "sms"
FORM = "application/x-www-form-urlencoded"
KEPT_FIELDS = ("MessageSid", "From", "Body", "NumMedia", "OptOutType")

# Sent by a Messaging Service with Advanced Opt-Out; Twilio has acted on it already.
OPT_OUTS: Mapping[str, InboundKind] = MappingProxyType({"STOP": "unfollow", "START": "follow"})


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """What became of a message of ours, as far as Twilio knows; events come in any order, and more than once.

    outgoing_id and attempt are what send() put in the callback's URL (None and 0 when it carries none of ours);
    status is Twilio's word (queued, sent, delivered, undelivered, failed …); error_code is "" when all is well, and
    codes.BY_CODE tells what it means.
    """

    outgoing_id: UUID | None
    attempt: int
    provider_id: str
    status: str
    error_code: str


def verified_form(token: str, headers: Mapping[str, str], body: bytes, *, url: str) -> MultiDict[str, str]:
    """The fields of a request's body, then of its query, once its signature holds; raises BadSignature.

    headers are by lower-case name; url is the exact public one, its query in the order in which it came.
    """
    signature = headers.get("x-twilio-signature", "")
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    is_form = headers.get("content-type", FORM).partition(";")[0].strip().lower() == FORM
    text = body.decode("utf-8", "replace")
    # A blank field is signed by its name, so it must stay in.
    form = MultiDict(parse_qsl(text, keep_blank_values=True) if is_form else ())
    # The validator reads a string only where the query holds its digest; any other body is not signed at all.
    if not is_form and "bodySHA256" not in dict(query):
        raise BadSignature
    if not RequestValidator(token).validate(url, form if is_form else text, signature):
        raise BadSignature
    for name, value in query:
        form.add(name, value)
    return form


# MessageSid=SM6b1f…&From=%2B819012345678&To=%2B12025550123&Body=%E3%81%AF%E3%81%84&NumMedia=0&FromCountry=JP&…
def raw_events(form: Mapping[str, str], body: bytes, *, now: datetime) -> list[RawEvent]:
    """The one event of an inbound request; [] when there is no message in it. Twilio gives no time: now stands in."""
    kept = {name: form[name] for name in KEPT_FIELDS if name in form}
    if not kept:
        return []
    event_id = form.get("MessageSid") or hashlib.sha256(body).hexdigest()
    payload = json.dumps({**kept, "MessageSid": event_id, "at": now.isoformat()}, ensure_ascii=False).encode()
    return [RawEvent(event_id=event_id, sender=form.get("From", ""), at=now, payload=payload)]


# One payload: {"MessageSid": "SM6b1f…", "From": "+819012345678", "Body": "はい", "NumMedia": "0", "at": "2023-04-05T…"}
def read(payload: bytes) -> Inbound:
    """What raw_events kept, in our words; kind "unknown" for anything else."""
    try:
        kept = json.loads(payload)
        at = datetime.fromisoformat(kept["at"])
        event_id, sender = str(kept["MessageSid"]), str(kept.get("From", ""))
    except (ValueError, TypeError, LookupError):
        return Inbound("", Address(CHANNEL, ""), datetime.fromtimestamp(0, UTC), "unknown")
    text, media = str(kept.get("Body", "")), str(kept.get("NumMedia", "0"))
    kind: InboundKind = OPT_OUTS.get(str(kept.get("OptOutType")), "text")
    if kind == "text" and not text.strip():
        kind = "file" if media not in ("", "0") else "unknown"
    if not sender:
        kind = "unknown"
    return Inbound(event_id, Address(CHANNEL, sender), at, kind, text=text)


# …/status?o=01890a5d-ac96-774b-bcce-b302099a8057&n=1 with MessageSid=SM6b1f…&MessageStatus=undelivered&ErrorCode=30003
def read_status(form: Mapping[str, str]) -> StatusEvent:
    """A receipt from the fields of its body and its query together, as verified_form gives them; never raises."""
    try:
        outgoing_id, attempt = UUID(form.get("o", "")), int(form.get("n", ""))
    except ValueError:
        outgoing_id, attempt = None, 0
    return StatusEvent(
        outgoing_id=outgoing_id,
        attempt=attempt,
        provider_id=form.get("MessageSid", ""),
        status=form.get("MessageStatus", ""),
        error_code=form.get("ErrorCode", ""),
    )
