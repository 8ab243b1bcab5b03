"""What a script may yield beside a question, and what it may end with.

A script is a generator: it yields a step, is sent the step's answer, and returns an Outcome. Each step has a key that
is unique in one replay; the record keeps what was answered under it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogs.rules.claim import CouponRef, DeliveryTarget
from dialogs.rules.refund import RefundDetails

STATUS = "status"  # the end of a small script after which all of a person's applications are told


@dataclass(frozen=True)
class Say:
    """A sentence; said once, and once more when its facts have changed. Gives None."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    wording: str = ""

    @property
    def record_key(self) -> str:
        return f"!{self.key}"

    @property
    def digest(self) -> str:
        return digest_of(self.wording, self.facts)


@dataclass(frozen=True)
class Lookup:
    """Something that only the host can find out. Gives its result, a plain JSON object; other arguments, another look.

    name: what to find out; args: plain JSON values.
    """

    key: str
    name: str
    args: Mapping[str, Any]

    @property
    def record_key(self) -> str:
        return f"?{self.key}"

    @property
    def digest(self) -> str:
        return digest_of(self.name, self.args)


@dataclass(frozen=True)
class Moment:
    """The time at which the person acted when the script first came by here. Gives an aware datetime.

    anew: the time of their newest act instead, for what ends at a date wherever somebody stands.
    """

    key: str
    anew: bool = False

    @property
    def record_key(self) -> str:
        return f"@{self.key}"


@dataclass(frozen=True)
class Revise:
    """These answers are to be given once more; the replay starts again from the first of them. Gives nothing."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """All is said and nothing is owed; key names what was explained.

    again: questions that are asked once more when the person comes back.
    """

    key: str
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submitted:
    """An application is complete, and everything in it was on the path of the last replay.

    refund: the money is wanted in place of points.
    """

    coupons: tuple[CouponRef, ...]
    name: str = field(repr=False)
    contact: str = field(repr=False)
    target: DeliveryTarget
    refund: RefundDetails | None = field(default=None, repr=False)


@dataclass(frozen=True)
class HandedOver:
    """A machine should not decide this; reason is a word for staff. again: asked once more after staff hand back."""

    reason: str
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class MovedOn:
    """Another campaign of this counter is theirs; the host begins it with what has been answered already."""

    campaign: str
    again: tuple[str, ...] = ()


Outcome = Explained | Submitted | HandedOver | MovedOn


def outcome_name(outcome: Outcome) -> str:
    """How an end is called in pictures and counts: «told: A_APP», «to staff: code», «submitted: refund»."""
    match outcome:
        case Explained(key):
            return f"told: {key}"
        case HandedOver(reason):
            return f"to staff: {reason}"
        case MovedOn():
            return "moved on: to the campaign that is theirs"
        case Submitted():
            return "submitted: refund" if outcome.refund else "submitted"


def digest_of(name: str, args: Mapping[str, Any]) -> str:
    """A short fingerprint of plain values; equal for equal arguments, whatever their order."""
    plain = json.dumps([name, args], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(plain.encode(), digest_size=9).hexdigest()
