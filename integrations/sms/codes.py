"""What Twilio's answers mean to us.

Twilio's support says to go by the HTTP status; the table holds the codes whose meaning differs from their status, and
those that arrive in receipts, where there is no status. Source: https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from integrations.channel import Misconfigured, OutcomeUnknown, Refused, SendError, SendLater

BY_CODE: Mapping[str, type[SendError]] = MappingProxyType(
    {
        # This person cannot be reached by SMS.
        "21211": Refused,  # not a number
        "21217": Refused,  # does not look like a number
        "21421": Refused,  # not a number (older products)
        "21610": Refused,  # has sent STOP; also arrives in receipts
        "21614": Refused,  # not a mobile number; what a Japanese landline gives
        "21635": Refused,  # a landline
        # Nobody can be reached until a person mends it.
        "10001": Misconfigured,  # account is not active
        "20003": Misconfigured,  # wrong SID or token
        "20005": Misconfigured,  # account is not active
        "20404": Misconfigured,  # no such account
        "21408": Misconfigured,  # sending to Japan is not allowed for this account
        "21602": Misconfigured,  # no body
        "21603": Misconfigured,  # no sender
        "21606": Misconfigured,  # not our sender
        "21612": Misconfigured,  # this sender cannot reach that country
        "21617": Misconfigured,  # over 1600 characters: a text of ours
        "21659": Misconfigured,  # not a number of ours
        "21660": Misconfigured,  # a number of another account
        "21703": Misconfigured,  # Messaging Service without a sender
        "30002": Misconfigured,  # account suspended
        # Too fast; "never processed and always safe to retry" (docs/api/errors/20429).
        "14107": SendLater,
        "20429": SendLater,
        "21611": SendLater,  # ten hours are queued for this sender
        "30001": SendLater,  # the same through a Messaging Service
        "63018": SendLater,
        # A POST answered so may have reached the person.
        "20500": OutcomeUnknown,
        "20503": OutcomeUnknown,
        # Receipts: worth another try hours later.
        "30003": SendLater,  # handset off or out of reach
        "30008": SendLater,  # no reason given
        "30017": SendLater,  # the carrier's network is full
        "30410": SendLater,  # the carrier's time-out
        # Receipts: another way than SMS.
        "30004": Refused,  # blocked
        "30005": Refused,  # unknown handset
        "30006": Refused,  # landline or a carrier out of reach
        # Receipts: filtered for what it says; sending it again makes the filter stricter for all.
        "30007": Refused,
        "30450": Refused,
    }
)


# https://developer.vonage.com/api-errors/messages; four digits, so no code of the other's. What is not here goes by its
# HTTP status, and in a receipt leads to the next way.
VONAGE: Mapping[str, type[SendError]] = MappingProxyType(
    {
        "1000": SendLater,  # too fast
        "1050": Refused,  # this number is barred
        "1060": Misconfigured,  # our account is barred
        "1070": Misconfigured,  # no credit is left
        "1080": Misconfigured,  # our account may not use it
        "1120": Misconfigured,  # not a sender of ours
        "1180": SendLater,  # in a receipt: handset off or out of reach
    }
)


def is_for_later(code: str) -> bool:
    """Whether a receipt's code says that another try hours later may arrive."""
    return {**BY_CODE, **VONAGE}.get(code) is SendLater


def vonage_meaning(code: str, status: int) -> type[SendError]:
    """The error that an answer of Vonage's is."""
    return VONAGE.get(code) or _by_status(status, refused=422)


def meaning(code: str, status: int) -> type[SendError]:
    """The error that a code of Twilio is, by its HTTP status where the table does not know it."""
    return BY_CODE.get(code) or _by_status(status, refused=400)


def _by_status(status: int, *, refused: int) -> type[SendError]:
    """refused: by which status a provider says that this one message cannot be sent."""
    if status == 429:
        return SendLater
    if status >= 500 or status == 408:
        return OutcomeUnknown
    return Refused if status == refused else Misconfigured
