"""What a member of staff does for a caller: whose call it is, and what the audit says, written with the turn."""

from __future__ import annotations

from uuid import UUID

from bot.store import audit, calls
from bot.store.db import Connection
from dialogs.reaction import Reaction

CONSENT = "consent"  # the last part of the key of each question that is read aloud as it stands


def note(connection: Connection, conversation: UUID, reaction: Reaction, *, receipt_no: str) -> None:
    """Nothing, unless staff answered for somebody in it; receipt_no is that of the application that it filed, or ""."""
    extra = reaction.said.extra
    by = extra.get("by", "")
    if not by or reaction.said.kind == "staff":
        return

    def did(action: str, subject: str = f"call:{conversation}", **details: str) -> None:
        audit.add(connection, actor=by, action=f"call.{action}", subject=subject, at=reaction.said.at, details=details)

    if calls.begin(connection, conversation, UUID(extra["staff"]), at=reaction.said.at):
        did("begun")
    if reaction.manner == "changed":
        did("changed", question=reaction.answered)
    if reaction.answered.rpartition(".")[2] == CONSENT and reaction.manner in ("answered", "changed"):
        did("consent", question=reaction.answered, answer=str(reaction.state.record[reaction.answered]["v"]))
    if receipt_no:
        did("filed", f"application:{receipt_no}", call=str(conversation))
