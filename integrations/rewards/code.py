"""What a brand hands out in the end, whoever issued it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class RewardCode:
    """A code worth money: with the PIN that belongs to it, the page where it is used, its last day, if it has them."""

    code: str = field(repr=False)
    pin: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    expires_on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is sealed; from_json() reads it."""
        expires = self.expires_on.isoformat() if self.expires_on else ""
        return {"code": self.code, "pin": self.pin, "url": self.url, "expires_on": expires}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> RewardCode:
        expires = plain["expires_on"]
        return cls(plain["code"], plain["pin"], plain["url"], date.fromisoformat(expires) if expires else None)
