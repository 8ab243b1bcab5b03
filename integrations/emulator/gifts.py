"""The gifts of the emulated vendor: one to an id, redeemed in one brand, with a sample code that is worth nothing.

Errors:
    GiftRefusal             the request is answered with this status and this word
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.emulator.clock import Clock
from integrations.emulator.store import Store

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LIFE = timedelta(days=365)


class GiftRefusal(Exception):
    """The request is answered with this status and this word of the document's problems."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


@dataclass
class Gift:
    """A gift as it is kept; brand and code are "" until it is redeemed."""

    request_id: str
    vendor_ref: str
    amount: int
    brands: list[str]
    choose_until: str
    cancelled: bool = False
    brand: str = ""
    code: str = ""
    expires_on: str = ""

    def status(self, now: datetime) -> str:
        """issued, redeemed, cancelled or expired, at this moment of the emulator's clock."""
        if self.brand:
            return "redeemed"
        if self.cancelled:
            return "cancelled"
        return "expired" if now >= datetime.fromisoformat(self.choose_until) else "issued"


class Gifts:
    """All gifts, by the ids that the counter gave them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._gifts = {saved["request_id"]: Gift(**saved) for saved in store.load("gift")}
        self.not_issued: set[str] = set()  # brands that the vendor has no contract for just now

    def all(self) -> list[Gift]:
        """Every gift, oldest first."""
        with self._lock:
            return list(self._gifts.values())

    def issue(self, request_id: str, order: dict[str, Any]) -> dict[str, Any]:
        """A gift for this order; the same id and order again give the same gift."""
        _check_order(order)
        if self.not_issued & set(order["brands"]):
            raise GiftRefusal(422, "brand-unavailable")
        with self._lock:
            known = self._gifts.get(request_id)
            if known is None:
                known = Gift(request_id, f"G-{100_001 + len(self._gifts)}", **order)
                self._keep(known)
            elif order != {name: getattr(known, name) for name in order}:
                raise GiftRefusal(409, "key-reused")
            return self._shown(known)

    def get(self, request_id: str) -> dict[str, Any]:
        """The gift as it stands."""
        with self._lock:
            return self._shown(self._found(request_id))

    def redeem(self, request_id: str, brand: object) -> dict[str, Any]:
        """The code of the gift in that brand; once redeemed, the same code again."""
        with self._lock:
            gift = self._found(request_id)
            if gift.brand not in ("", brand):
                raise GiftRefusal(409, "already-redeemed")
            if not gift.brand:
                if gift.status(self._clock.now()) != "issued":
                    raise GiftRefusal(409, "ended")
                if brand not in gift.brands or brand in self.not_issued:
                    raise GiftRefusal(422, "brand-unavailable")
                gift.brand, gift.code = str(brand), _sample_code()
                gift.expires_on = (self._clock.now() + CODE_LIFE).date().isoformat()
                self._keep(gift)
            return {"brand": gift.brand, "code": gift.code, "pin": "", "url": "", "expires_on": gift.expires_on}

    def cancel(self, request_id: str) -> dict[str, Any]:
        """End a gift that is not redeemed."""
        with self._lock:
            gift = self._found(request_id)
            if gift.brand:
                raise GiftRefusal(409, "already-redeemed")
            gift.cancelled = gift.cancelled or gift.status(self._clock.now()) == "issued"
            self._keep(gift)
            return self._shown(gift)

    def _found(self, request_id: str) -> Gift:
        gift = self._gifts.get(request_id)
        if gift is None:
            raise GiftRefusal(404, "no-such-gift")
        return gift

    def _keep(self, gift: Gift) -> None:
        self._gifts[gift.request_id] = gift
        self._store.put("gift", gift.request_id, asdict(gift))

    def _shown(self, gift: Gift) -> dict[str, Any]:
        return {
            "request_id": gift.request_id,
            "vendor_ref": gift.vendor_ref,
            "status": gift.status(self._clock.now()),
            "amount": gift.amount,
            "brand": gift.brand or None,
            "url": None,
        }


def _check_order(order: dict[str, Any]) -> None:
    amount, brands, until = order.get("amount"), order.get("brands"), order.get("choose_until")
    if set(order) != {"amount", "brands", "choose_until"} or type(amount) is not int or amount < 1:
        raise GiftRefusal(422, "invalid")
    if not isinstance(brands, list) or not brands or not all(isinstance(brand, str) and brand for brand in brands):
        raise GiftRefusal(422, "invalid")
    try:
        aware = datetime.fromisoformat(str(until)).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise GiftRefusal(422, "invalid")


def _sample_code() -> str:
    groups: Sequence[str] = ["".join(secrets.choice(DIGITS) for _ in range(4)) for _ in range(3)]
    return "SAMPLE-" + "-".join(groups)
