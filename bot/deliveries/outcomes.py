"""What follows from an answer, a receipt or a bounce: one table for all of them.

permanent   another way to this person
later       the same way again, without or with a try counted
stop        nobody can be reached until a person mends it: the mailing pauses, and the row goes back
unknown     looked up at the provider before anything is sent again; by LINE the same retry key makes that harmless
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.store import deliveries
from bot.store.deliveries import HOURS_BETWEEN, Claimed, Followed, Word
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.sms.codes import is_for_later

HOUR = 3600.0
PATIENCE: Mapping[str, float] = {
    "pnp": 24.5 * HOUR,  # the day that LINE gives people to agree, and a while for its word on it
    "sms": 24 * HOUR,
    "sms_plain": 24 * HOUR,
    "mail": 72 * HOUR,
}
"""Hours without a receipt, after which the next way is tried; mail has none, and counts as there if it bounced not."""
LONGEST_PAUSE = 300.0
KEY_LIVES = 23 * HOUR  # LINE forgets a retry key after a day: the same push later would arrive twice

# Twilio's MessageStatus -> what it says of an attempt.
TAKEN = ("accepted", "scheduled", "queued", "sending", "sent")
FAILED = ("undelivered", "failed")

OPTED_OUT = "21610"  # Twilio's word for a number that has sent STOP, in an answer or in a receipt
UNKNOWN_USER = ("30005", "30006", "21211", "21614", "5.1.1", "5.1.0", "5.1.10", "550")
BLOCKED = r"^[45]\.7\."  # RFC 3463: policy; a carrier wants no mail of ours, or not so much
FILTERED = ("30007", "30450")


def taken(row: Claimed, attempt: int, receipt: Receipt, provider: str, *, poll_after: float) -> Word:
    """The provider has it: LINE's push is there by that, the others are waited for."""
    to = "presumed" if row.way == "line" else "accepted"
    # Nobody can be asked after a mail or a notice.
    wait = PATIENCE[row.way] if row.way in ("mail", "pnp") else poll_after
    return Word(row.id, attempt, "taken", to, wait=wait, provider=provider, provider_id=receipt.provider_id)


def failed(row: Claimed, attempt: int, error: SendError, provider: str, *, poll_after: float) -> Word:
    """What follows from a send that went wrong."""
    kind, to, wait = "unknown", "unknown", poll_after
    match error:
        case Refused():
            kind, to, wait = "refused", "next", 0.0
        case OutcomeUnknown() | SendLater() if row.way == "line":
            # Not even a surely unsent attempt goes back at once: one before it may have been taken (see unasked).
            wait = error.retry_after or _pause(attempt)
        case OutcomeUnknown() if row.way == "mail":
            # A relay cannot be asked. The same Message-ID once more lets a receiving server drop the double.
            to = "again"
        case Misconfigured():
            kind, to, wait = "stopped", "planned", 1.0
        case SendLater():
            kind, to, wait = "later", "planned", error.retry_after or _pause(attempt)
    stops = OPTED_OUT if error.code == OPTED_OUT else ""
    return Word(row.id, attempt, kind, to, wait=wait, code=error.code, provider=provider, stops=stops)


def unasked(row: Followed) -> Word | None:
    """What follows from an unknown outcome at a provider that nobody can ask; None where it can be asked."""
    if row.way == "line" and deliveries.age(row.first_attempt_at) < KEY_LIVES:
        return Word(row.id, row.attempts, "", "planned")
    if row.way == "pnp" and (left := PATIENCE["pnp"] - deliveries.age(row.attempted_at)) > 0:
        return Word(row.id, row.attempts, "", "unknown", wait=left)
    if row.way not in ("line", "pnp"):
        return None
    return Word(row.id, row.attempts, "not_known", "next", provider=row.provider)


def receipt_word(delivery_attempt: Word, status: str, code: str, *, poll_after: float) -> Word:
    """What follows from a provider's receipt of an SMS, however late; poll_after: when it is asked for the next one."""
    to, wait = "", 0.0
    if status == "delivered":
        to = "delivered"
    elif status in TAKEN:
        to, wait = "accepted", poll_after
    elif status in FAILED:
        to, wait = ("again", HOURS_BETWEEN * HOUR) if is_for_later(code) else ("next", 0.0)
    word = delivery_attempt
    return Word(
        word.id,
        word.attempt,
        status,
        to,
        wait,
        code,
        word.provider,
        word.provider_id,
        key=f"{word.provider_id}:{status}",
        stops=OPTED_OUT if code == OPTED_OUT else "",
    )


def _pause(attempt: int) -> float:
    return min(LONGEST_PAUSE, 2.0 ** min(attempt, 9))
