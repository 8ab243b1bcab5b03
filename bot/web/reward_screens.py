"""What the reward site shows, by how far somebody has come. Drawing changes nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import make_response, request
from werkzeug.wrappers import Response

from bot import rewards
from bot.parts import Parts
from bot.rewards import Offer
from bot.store import outgoing
from bot.store.entitlements import Right
from bot.web.drawing import language, page
from bot.web.proving import way_to
from dialogs.facts import brand_name
from dialogs.letters import masked_target
from dialogs.rules.campaign import Brand, Campaign
from dialogs.rules.claim import Claim, DeliveryTarget, last_four
from dialogs.words import Phrase, Until, Yen, words

NOT_ARRIVED = ("undelivered", "refused", "suppressed")
WAITS = (2, 2, 3, 3, 5, 5, 10, 10, 20, 20)  # seconds until the page looks again for the code; then people press


@dataclass(frozen=True)
class Visit:
    """How far this browser has come with one right: a code was sent to it, until when what is its own may be seen."""

    right: str
    ticket: str
    message: str
    seen_until: str = ""
    shown: bool = False


@dataclass(frozen=True)
class Here:
    """Somebody at the page of a right: when they came (the campaign's clock), and with which visit, if any.

    target is what they have to prove, None once it is erased; claim is their application, if they ever applied here.
    """

    parts: Parts
    right: Right
    target: DeliveryTarget | None
    claim: Claim | None
    at: datetime
    visit: Visit | None

    @property
    def campaign(self) -> Campaign:
        return self.parts.campaigns.seen_by(self.right)

    @property
    def brands(self) -> tuple[Brand, ...]:
        return rewards.brands_of(self.parts, self.right)

    @property
    def is_over(self) -> bool:
        """Too late to choose; what was chosen can still be seen."""
        return self.right.brand is None and rewards.is_over(self.parts, self.right, self.at)

    @property
    def proven(self) -> bool:
        return self.visit is not None and bool(self.visit.seen_until)

    def way(self) -> DeliveryTarget | None:
        """Where their one-time codes go. Raises psycopg.Error."""
        return way_to(self.parts, self.target, self.claim) if self.target else None

    def masked(self) -> str:
        """The same, as whoever asked for a code may be told. Raises psycopg.Error."""
        told = self.way() or self.target
        return masked_target(told) if told else ""

    def draw(self, name: str, **values: Any) -> Response:
        nonce = secrets.token_urlsafe(9)
        return make_response(page(self.parts, name, campaign=self.campaign, path=request.path, nonce=nonce, **values))

    def say(self, key: str, **facts: object) -> str:
        return words(language()).say(f"reward_page.{key}", **facts)


def screen(here: Here) -> Response:
    """The screen that comes next."""
    if here.is_over or here.target is None:
        return here.draw("reward_over.html")
    if here.visit is None:
        return start(here)
    if not here.proven:
        return code(here)
    if here.right.brand:
        return mine(here, here.right.brand)
    return choose(here)


def start(here: Here, why: str = "") -> Response:
    """Nothing of anybody's: who has the URL need not be the one it was sent to. why: no code could be sent just now."""
    target = here.masked() if why else ""
    chosen = here.right.brand is not None
    return here.draw(
        "reward.html", why=why, target=target, brands=[brand_name(brand) for brand in here.brands], chosen=chosen
    )


def code(here: Here, *, error: str = "", typed: str = "", why: str = "") -> Response:
    """The one-time code is asked for; a message that did not arrive is told, with whom to call."""
    visit = here.visit
    state = outgoing.state_of(here.parts.db, visit.message) if visit and visit.message else ""
    why = why or ("undelivered" if state in NOT_ARRIVED else "")
    return here.draw("reward_code.html", error=error, typed=typed, why=why, target=here.masked())


def choose(here: Here) -> Response:
    """The rewards, and why this sum cannot be had in some; one that was picked is shown by itself, to be confirmed."""
    offers = rewards.offers(here.parts, here.right, at=here.at)
    open_ = [offer.brand for offer in offers if not offer.why_not]
    picked = next((brand for brand in open_ if brand.id == request.args.get("brand")), None)
    right = here.right
    number = last_four(right.receipt_no or right.coupon_number or "")
    values = {"amount": Yen(right.amount), "last_four": number, "applied": right.receipt_no is not None}
    if picked:
        return here.draw(
            "reward_confirm.html", **values, brand=picked, called=brand_name(picked), expiry=_expiry(picked)
        )
    return here.draw(
        "reward_choose.html",
        **values,
        receive_by=Until(here.campaign.dates.receive_end),
        offers=[(brand, brand_name(brand), _expiry(brand)) for brand in open_],
        hidden_ones=[_reason(here, offer) for offer in offers if offer.why_not],
        error=_choose_error(here),
    )


def _choose_error(here: Here) -> str:
    if gone := next((brand for brand in here.brands if brand.id == request.args.get("gone")), None):
        return here.say("choose.gone", brand=brand_name(gone))
    return here.say("choose.error") if "choose" in request.args else ""


def _reason(here: Here, offer: Offer) -> str:
    brand = offer.brand
    limits = {"minimum": Yen(brand.minimum), "maximum": Yen(brand.maximum), "step": Yen(brand.step)}
    return here.say(f"choose.{offer.why_not}", brand=brand_name(brand), **limits)


def _expiry(brand: Brand) -> Phrase:
    return Phrase(brand.expiry)


def mine(here: Here, brand_id: str) -> Response:
    """What was chosen, and its code: on its way, ready, or shown."""
    brand = next((brand for brand in here.brands if brand.id == brand_id), None)
    issued = rewards.code_of(here.parts, here.right)
    drawn = here.draw(
        "reward_mine.html",
        amount=Yen(here.right.amount),
        brand=brand_name(brand) if brand else brand_id,
        expiry=_expiry(brand) if brand else "",
        state=_state(here, is_issued=issued is not None),
        code=issued,
        seen_until=Until(rewards.kept_until(here.campaign)),
        first="first" in request.args,
    )
    return _looking_again(drawn) if issued is None and here.right.state in ("chosen", "issuing") else drawn


def _state(here: Here, *, is_issued: bool) -> str:
    if is_issued:
        return "shown" if here.visit and here.visit.shown else "ready"
    return {"chosen": "preparing", "issuing": "preparing", "failed": "failed"}.get(here.right.state, "erased")


def _looking_again(drawn: Response) -> Response:
    """The page loads itself again, ever more slowly and not for ever: who reads it aloud is not cut short for long."""
    looked = request.args.get("n", "")
    count = int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 3 else 0
    if count < len(WAITS):
        drawn.headers["Refresh"] = f"{WAITS[count]}; url={request.path}?n={count + 1}"
    return drawn
