"""A contact that is proven to be the person's own by a one-time code (rules.md §6); part of other scripts."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.engine import Step
from dialogs.personal import CHANGE_TARGET, OTHER_RECEIPT, RESEND, Code, Target
from dialogs.questions import PickOne
from dialogs.reading.contacts import read_mail
from dialogs.rules.claim import DeliveryTarget
from dialogs.steps import HandedOver, Lookup, Revise, Say, digest_of

CODES_SENT = 3
CHECKS_PER_CODE = 5


@dataclass(frozen=True)
class _Way:
    """By what a code is sent and checked: the lookups and what they are given; fix: the answer that mends the way."""

    send: str
    sent: Mapping[str, Any]
    check: str
    checked: Mapping[str, Any]
    fix: str


def proven_target(key: str, contact: str) -> Generator[Step, Any, DeliveryTarget | None]:
    """A mobile number or mail address, asked under this key; None when it could not be proven (see not_proven)."""
    target: DeliveryTarget = yield Target(key=key, contact=contact)
    if target.kind == "mail":
        yield from _mail_as_meant(key, target)
    sent = {"kind": target.kind, "value": target.value}
    way = _Way("send_code", sent, "check_code", {"value": target.value}, CHANGE_TARGET)
    return target if (yield from _proven(key, way)) else None


def proven_by_claim(key: str, receipt_no: str) -> Generator[Step, Any, bool]:
    """By a code to where the URL of that application goes; by nothing can it be told whether there is such a one."""
    given = {"receipt_no": receipt_no}
    return (yield from _proven(key, _Way("send_code_to_claim", given, "check_code_of_claim", given, OTHER_RECEIPT)))


def not_proven(key: str) -> Generator[Step, Any, HandedOver]:
    """To a person; afterwards the target is asked once more, and codes are sent anew."""
    yield Say("code_failed")
    return HandedOver("code", again=(key, *(f"?code[{n}]" for n in range(1, CODES_SENT + 1))))


def _mail_as_meant(key: str, target: DeliveryTarget) -> Generator[Step, Any, None]:
    """An address that looks mistyped, or of an old carrier form, is shown once more before anything is sent to it."""
    reading = read_mail(target.value)
    if reading.suggestion or reading.unusual:
        form = "mail_ok" if reading.suggestion else "mail_form"
        meant = yield PickOne(
            key=form,
            options=("as_it_is", "fix"),
            about=digest_of("", {"mail": target.value}),
            private=True,
            shown=False,
            facts={"address": target.value, "suggestion": reading.suggestion or target.value},
        )
        if meant == "fix":
            yield Revise((form, key))


def _proven(key: str, way: _Way) -> Generator[Step, Any, bool]:
    """Three sendings of a one-time code, of five checks each; after that it is for a person (rules.md §6)."""
    ended = ""
    for sending in range(1, CODES_SENT + 1):
        sent = yield Lookup(f"code[{sending}]", way.send, {**way.sent, "n": sending})
        if not sent["sent"]:
            yield Say(f"code[{sending}].refused", wording=f"code_refused.{sent['why']}")
            if sent["why"] == "stopped":
                # Found out anew each time: who sends START meanwhile may give the same number again.
                yield Revise((key, f"?code[{sending}]"))
            return False
        if ended:
            yield Say(f"code[{sending}].again", wording=f"code_again.{ended}")
        ended = yield from _code_entered(key, way, sending=sending, ticket=sent["ticket"])
        if ended == "right":
            return True
    return False


def _code_entered(key: str, way: _Way, *, sending: int, ticket: str) -> Generator[Step, Any, str]:
    """How it ended with one code: right, expired, resend, or often (wrong too often)."""
    for check in range(1, CHECKS_PER_CODE + 1):
        asked = f"code[{sending}].said[{check}]"
        said = yield Code(key=asked, about=ticket, options=(RESEND, way.fix))
        if said == way.fix:
            yield Revise((asked, key))
        if said == RESEND:
            return "resend"
        given = {"ticket": ticket, "said": said, **way.checked}
        checked = yield Lookup(f"code[{sending}].check[{check}]", way.check, given)
        if checked["code"] != "wrong":
            return str(checked["code"])
        if check < CHECKS_PER_CODE:
            yield Say(f"code[{sending}].not[{check}]", wording="code_not.wrong")
    return "often"
