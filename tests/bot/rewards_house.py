"""What the tests of rewards share: brands that are served from a stock, and codes on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store.db import autocommit
from bot.store.reward_codes import PLACE
from dialogs.rules.campaign_versions import Campaigns
from integrations.rewards.code import RewardCode

PUT = """
INSERT INTO reward_codes (id, campaign, brand, amount, code, fingerprint, expires_on, imported_at)
VALUES (%s, 'tochigi-2023-02', %s, %s, %s, %s, %s, now())
"""


def from_stock(parts: Parts, *brands: str, low_stock: int = 1) -> Parts:
    """The same parts, of a campaign whose brands (all, unless some are named) come from the stock."""
    campaign = parts.campaign
    changed = tuple(
        replace(brand, supply="stock" if not brands or brand.id in brands else "vendor", low_stock=low_stock)
        for brand in campaign.brands
    )
    return replace(parts, campaigns=Campaigns([replace(campaign, brands=changed)]))


def put_on_stock(parts: Parts, brand: str, amount: int, codes: Iterable[RewardCode | str]) -> None:
    """Codes of that brand and sum, as an import leaves them."""
    with autocommit(parts.db) as connection:
        for each in codes:
            code = RewardCode(each) if isinstance(each, str) else each
            sealed = parts.vault.seal_json(code.to_json(), PLACE)
            fingerprint = parts.vault.fingerprint("reward code", brand, code.code)
            connection.execute(PUT, (uuid7(), brand, amount, sealed, fingerprint, code.expires_on))
