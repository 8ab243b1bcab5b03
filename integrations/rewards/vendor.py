"""What every gift vendor does for us, and how it can go wrong.

A gift has the request id that we give it. The same id again is the same gift, so nothing is ever issued twice under it.

VendorError
    VendorRefused   this will never be taken under this id: staff look
    VendorAway      surely not done (no connection, too many calls, our deposit is used up): the same again, later
    VendorUnknown   the wire broke after we spoke: get() before anything is asked again
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from integrations.rewards.code import RewardCode

REQUEST_ID = re.compile(r"[0-9A-Za-z]{1,40}", re.ASCII)  # the narrowest that vendors allow


class VendorError(Exception):
    """reason is a word for the log, never personal; retry_after is in seconds, where the vendor names it."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class VendorRefused(VendorError):
    pass


class VendorAway(VendorError):
    pass


class VendorUnknown(VendorError):
    pass


class GiftStatus(StrEnum):
    ISSUED = "issued"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued: yen, in which of these brands, and the first instant at which it may not be redeemed."""

    amount: int
    brands: tuple[str, ...]
    choose_until: datetime


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift as the vendor has it; url is the vendor's own page, where it has one, brand what it was redeemed in."""

    request_id: str
    vendor_ref: str
    status: GiftStatus
    amount: int
    brand: str | None = None
    url: str | None = None


class Vendor(Protocol):
    """Any number of threads may use one at once."""

    def issue(self, request_id: str, order: Order) -> Gift:
        """A gift for that order; the same id and order again give the same gift. Raises VendorError."""
        ...

    def get(self, request_id: str) -> Gift | None:
        """The gift of that id as it stands, None if there is none. Has no effect. Raises VendorAway."""
        ...

    def cancel(self, request_id: str) -> Gift:
        """End a gift that is not redeemed; one that was cancelled before stays so. Raises VendorError."""
        ...

    def redeem(self, request_id: str, brand: str) -> RewardCode:
        """The code of a gift in that brand; once redeemed, the same code again. Raises VendorError."""
        ...


def check_request_id(request_id: str) -> None:
    """Raises ValueError for an id that some vendor could not keep."""
    if not REQUEST_ID.fullmatch(request_id):
        raise ValueError("1 to 40 letters and digits expected as a request id")
