"""The page behind the URL that people were sent: what they may receive, until when. To look changes nothing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response

from bot import rewards
from bot.parts import Parts
from bot.store import meter
from bot.store.entitlements import Right
from bot.web.drawing import page
from bot.web.guard import address_key, unseen
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import last_four
from dialogs.words import Until, Yen


def reward_pages(parts: Parts) -> Blueprint:
    """GET /r/<token>."""
    routes = Blueprint("rewards", __name__)
    routes.after_request(unseen)

    @routes.get("/r/<token>")
    def reward(token: str) -> Response:
        return _reward(parts, token)

    return routes


def _reward(parts: Parts, token: str) -> Response:
    who = address_key(parts)
    if not meter.left(parts.redis, meter.REWARD_PAGES, who):
        abort(429)
    right = rewards.find(parts, token)
    if right is None:
        # Only misses are counted: thousands of telephones share one address of their carrier.
        meter.take(parts.redis, meter.REWARD_PAGES, who)
        return make_response(page(parts, "reward_unknown.html"), 404)
    campaign = parts.campaigns.seen_by(right)
    if rewards.is_over(parts, right, parts.clock.now()):
        return make_response(page(parts, "reward_over.html", campaign=campaign))
    return make_response(page(parts, "reward.html", campaign=campaign, **_shown(right, campaign)))


def _shown(right: Right, campaign: Campaign) -> dict[str, Any]:
    return {
        "amount": Yen(right.amount),
        "receive_by": Until(campaign.dates.receive_end),
        "last_four": last_four(right.receipt_no),
        "brands": [brand.name for brand in campaign.brands if brand.can_issue(right.amount)],
    }
