"""A contact that is proven to be the person's own by a one-time code (rules.md §6); part of other scripts."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.engine import Step
from dialogs.personal import CHANGE_TARGET, RESEND, Code, Target
from dialogs.questions import PickOne
from dialogs.reading.contacts import read_mail
from dialogs.rules.claim import DeliveryTarget
from dialogs.steps import HandedOver, Lookup, Revise, Say, digest_of

CODES_SENT = 3
CHECKS_PER_CODE = 5


def proven_target(key: str, contact: str) -> Generator[Step, Any, DeliveryTarget | None]:
    """A mobile number or mail address, asked under this key; None when it could not be proven (see not_proven)."""
    target: DeliveryTarget = yield Target(key=key, contact=contact)
    if target.kind == "mail":
        yield from _mail_as_meant(key, target)
    return target if (yield from _proven(key, target)) else None


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


def _proven(key: str, target: DeliveryTarget) -> Generator[Step, Any, bool]:
    """A one-time code to the target: three sendings of five checks each, then a person (rules.md §6)."""
    ended = ""
    for sending in range(1, CODES_SENT + 1):
        sent = yield Lookup(f"code[{sending}]", "send_code", {"kind": target.kind, "value": target.value, "n": sending})
        if not sent["sent"]:
            yield Say(f"code[{sending}].refused", wording=f"code_refused.{sent['why']}")
            if sent["why"] == "stopped":
                # Found out anew each time: who sends START meanwhile may give the same number again.
                yield Revise((key, f"?code[{sending}]"))
            return False
        if ended:
            yield Say(f"code[{sending}].again", wording=f"code_again.{ended}")
        ended = yield from _code_entered(key, target, sending=sending, ticket=sent["ticket"])
        if ended == "right":
            return True
    return False


def _code_entered(key: str, target: DeliveryTarget, *, sending: int, ticket: str) -> Generator[Step, Any, str]:
    """How it ended with one code: right, expired, resend, or often (wrong too often)."""
    for check in range(1, CHECKS_PER_CODE + 1):
        asked = f"code[{sending}].said[{check}]"
        said = yield Code(key=asked, about=ticket, facts={"target": target.kind})
        if said == CHANGE_TARGET:
            yield Revise((asked, key))
        if said == RESEND:
            return "resend"
        given = {"ticket": ticket, "said": said, "value": target.value}
        checked = yield Lookup(f"code[{sending}].check[{check}]", "check_code", given)
        if checked["code"] != "wrong":
            return str(checked["code"])
        if check < CHECKS_PER_CODE:
            yield Say(f"code[{sending}].not[{check}]", wording="code_not.wrong")
    return "often"
