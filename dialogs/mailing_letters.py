"""What mailings say: the URL to many people, a code where no URL may stand, and that something still waits."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.facts import campaign_facts, marked, signed
from dialogs.message import Link, Outbound
from dialogs.rules.campaign import Campaign
from dialogs.words import words


@dataclass(frozen=True)
class Enclosed:
    """What differs from one person to the next; code is the one to type where there is no URL to press.

    last_four: of the receipt number of who applied (applied), of the coupon's inquiry number of who did not need to.
    """

    url: str
    code: str
    last_four: str
    stop_url: str
    applied: bool


def mailing_letter(way: str, purpose: str, enclosed: Enclosed, campaign: Campaign, *, language: str) -> Outbound:
    """The message of a mailing by a way of bot.deliveries.ways; purpose is "reward_url", or begins with "reminder"."""
    spoken = words(language, way.partition("_")[0])
    mark = marked("receipt" if enclosed.applied else "coupon", enclosed.last_four, campaign, spoken)
    facts = {**campaign_facts(campaign), **vars(enclosed), "mark": mark}
    reminds = purpose.startswith("reminder")
    if way in ("pnp", "line"):
        said = spoken.say("push.reminder" if reminds else "push.reward", **facts)
        return Outbound(said, link=Link(spoken.say("push.reward_link"), enclosed.url))
    if way == "sms_plain":
        return Outbound(spoken.say("sms.reward_plain", **facts))
    kind = "reminder" if reminds else "reward" if enclosed.applied else "reward_app"
    subject = spoken.say(f"mail.{kind}_subject", **facts) if way == "mail" else ""
    return signed(Outbound(spoken.say(f"{way}.{kind}", **facts), subject=subject), campaign)
