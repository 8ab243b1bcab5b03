"""What `bot check` says of the rewards: the vendor that issues codes, and the stock of codes."""

from __future__ import annotations

from collections.abc import Iterator

from bot.parts import Parts
from bot.store import reward_codes
from integrations.rewards.vendor import VendorAway

NOBODYS_GIFT = "CHECK0"
Told = tuple[str, str, str]  # name, what is found, how to mend it


def rewards_found(parts: Parts) -> Iterator[Told]:
    """The vendor first, then every low pile of codes. Raises psycopg.Error."""
    yield _vendor(parts)
    low = {brand.id: brand.low_stock for brand in parts.campaign.brands if brand.supply == "stock"}
    piles = dict.fromkeys(low, 0)
    for pile in reward_codes.piles(parts.db, parts.campaign.id):
        piles[pile.brand] = piles.get(pile.brand, 0) + pile.free
        if pile.free < low.get(pile.brand, 0):
            yield "Codes on stock", f"{pile.brand}: {pile.free} left of {pile.amount:,} yen", _more(pile.brand)
    for brand in low:
        if not piles[brand]:
            yield "Codes on stock", f"{brand}: none, so nobody can choose it", _more(brand)


def _vendor(parts: Parts) -> Told:
    of_vendor = [brand.id for brand in parts.campaign.brands if brand.supply == "vendor"]
    if parts.rewards is None:
        without = f": {', '.join(of_vendor)} cannot be chosen" if of_vendor else ""
        return "Gift vendor", f"is not set{without}", ""
    try:
        parts.rewards.get(NOBODYS_GIFT)
    except VendorAway as away:
        return "Gift vendor", f"does not answer ({away.reason})", "Start it, or correct REWARDS_URL and REWARDS_KEY."
    return "Gift vendor", f"{parts.settings.rewards_url} answers", ""


def _more(brand: str) -> str:
    return f"Bring more: python -m bot codes import FILE.csv --brand {brand}"
