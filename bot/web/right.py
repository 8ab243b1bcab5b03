"""The right to points behind a secret in an address; guesses are counted by where they come from."""

from __future__ import annotations

from flask import abort, make_response

from bot import rewards
from bot.parts import Parts
from bot.store import meter
from bot.store.entitlements import Right
from bot.web.drawing import page
from bot.web.guard import address_key


def right_behind(parts: Parts, token: str) -> Right | None:
    """The right, None for a token of none; 429 to an address that has guessed too often."""
    who = address_key(parts)
    if not meter.left(parts.redis, meter.REWARD_PAGES, who):
        abort(429)
    right = rewards.find(parts, token)
    if right is None:
        # Only misses are counted: thousands of telephones share one address of their carrier.
        meter.take(parts.redis, meter.REWARD_PAGES, who)
    return right


def right_or_404(parts: Parts, token: str) -> Right:
    """The right; a page that says there is none to any other token."""
    right = right_behind(parts, token)
    if right is None:
        abort(make_response(page(parts, "reward_unknown.html"), 404))
    return right
