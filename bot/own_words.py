"""What somebody did on a page of ours, as it is kept until its turn is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dialogs.message import Address, Inbound

# By what guesses and sendings are counted; for a caller, the name and the id of who acts for them; for whom it is.
KEPT = ("from", "by", "staff", "for")


def own_payload(said: Inbound) -> bytes:
    """Bytes to be sealed."""
    plain = {
        "event_id": said.event_id,
        "address": [said.address.channel, said.address.user],
        "at": said.at.isoformat(),
        "kind": said.kind,
        "text": said.text,
        "ask_id": said.ask_id,
        "language": said.language,
        **{name: said.extra[name] for name in KEPT if name in said.extra},
    }
    return json.dumps(plain, ensure_ascii=False).encode()


def own_inbound(payload: bytes) -> Inbound:
    """What own_payload() wrote."""
    plain: Mapping[str, Any] = json.loads(payload)
    channel, user = plain["address"]
    return Inbound(
        event_id=plain["event_id"],
        address=Address(channel, user),
        at=datetime.fromisoformat(plain["at"]),
        kind=plain["kind"],
        text=plain["text"],
        ask_id=plain["ask_id"],
        language=plain.get("language", ""),
        extra={name: plain[name] for name in KEPT if name in plain},
    )
