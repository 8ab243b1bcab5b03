"""Troubles that the far side can be told to make, by party and endpoint, repeatable by a seed."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any

CALLED = frozenset({"drop_before", "drop_after", "status", "status_after", "delay", "timeout", "timeout_after"})
CALLING = frozenset({"duplicate", "reorder", "redeliver", "drop", "delay"})

# An answer comes, and something is wrong, or special, with what it says (oidc_tokens).
SPOILING = frozenset(
    {
        *("wrong_nonce", "wrong_audience", "wrong_issuer", "expired", "forged", "unsigned", "unverified"),
        *("new_key", "second_factor"),
    }
)
# After these the call still happens, so that another trouble can strike it.
GOES_ON = frozenset({"delay", "duplicate", "redeliver"})

# Which troubles fit where: endpoints that the counter calls, and calls that we make to it.
DOES: dict[str, frozenset[str]] = {
    "line": CALLED,
    "office": CALLED,
    "twilio": CALLED,
    "vonage": CALLED,
    "smtp": CALLED,
    "vendor": CALLED,
    "chatwoot": CALLED,
    "oidc": CALLED | SPOILING,
    "webhook": CALLING,
    "twilio.callback": CALLING,
    "twilio.inbound": CALLING,
    "vonage.callback": CALLING,
    "chatwoot.webhook": CALLING,
}


class BadFault(ValueError):
    """The description of a fault makes no sense; the text says why."""


@dataclass
class Fault:
    """One trouble: `share` of the calls, at most `times` (None: always); `seconds` for delays and time-outs."""

    do: str
    status: int = 500
    seconds: float | None = None
    share: float = 1.0
    times: int | None = None

    def lasts(self, default: float) -> float:
        """How long this trouble takes, in seconds."""
        return default if self.seconds is None else self.seconds


class Faults:
    """The troubles that are set now."""

    def __init__(self) -> None:
        self._set: dict[str, list[Fault]] = {}
        self._seed = 0
        self._random = random.Random(0)  # noqa: S311 - repeatable on purpose
        self._lock = threading.Lock()

    def set(self, described: dict[str, Any]) -> None:
        """Replace all faults by those described, `{point: [{"do": …}]}` with an optional "seed"; raises BadFault."""
        seed = described.get("seed", 0)
        if not isinstance(seed, int):
            raise BadFault("seed must be a whole number")
        faults = {point: _parsed(point, entries) for point, entries in described.items() if point != "seed"}
        with self._lock:
            self._set = faults
            self._seed = seed
            self._random.seed(seed)

    def as_dict(self) -> dict[str, Any]:
        """The faults as `set` takes them, with the times that are left."""
        with self._lock:
            shown: dict[str, Any] = {
                point: [{key: value for key, value in asdict(fault).items() if value is not None} for fault in faults]
                for point, faults in self._set.items()
            }
            return shown | ({"seed": self._seed} if self._seed else {})

    def draw(self, point: str) -> list[Fault]:
        """The troubles that this one call gets; a party's name stands for all its endpoints."""
        if not self._set:
            return []
        drawn: list[Fault] = []
        with self._lock:
            for fault in [*self._set.get(point, ()), *self._party_wide(point)]:
                if self._strikes(fault):
                    drawn.append(fault)
                    if fault.do not in GOES_ON:
                        break
        return drawn

    def _party_wide(self, point: str) -> list[Fault]:
        party, dot, _ = point.partition(".")
        return self._set.get(party, []) if dot and point not in DOES else []

    def _strikes(self, fault: Fault) -> bool:
        if fault.times == 0 or self._random.random() >= fault.share:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True


def _parsed(point: str, entries: object) -> list[Fault]:
    allowed = DOES.get(point) or DOES.get(point.partition(".")[0])
    if allowed is None:
        raise BadFault(f"{point}: no such place; use {', '.join(sorted(DOES))}, or an endpoint such as line.push")
    if not isinstance(entries, list):
        raise BadFault(f"{point}: give a list of faults")
    return [_fault(point, entry, allowed) for entry in entries]


def _fault(point: str, entry: object, allowed: frozenset[str]) -> Fault:
    if not isinstance(entry, dict) or entry.get("do") not in allowed:
        raise BadFault(f'{point}: "do" must be one of {", ".join(sorted(allowed))}')
    if unknown := set(entry) - set(Fault.__dataclass_fields__):
        raise BadFault(f"{point}: unknown {', '.join(sorted(map(str, unknown)))}")
    fault = Fault(**entry)
    numbers_fit = all(
        isinstance(value, (int, float)) and not isinstance(value, bool)
        for value in (fault.status, fault.share, fault.seconds or 0, fault.times or 0)
    )
    if not numbers_fit or not 0 <= fault.share <= 1 or not 100 <= fault.status <= 599:
        raise BadFault(f"{point}: share is 0..1, status 100..599, seconds and times are numbers")
    return fault
