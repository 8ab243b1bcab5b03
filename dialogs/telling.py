"""Short answers to what people ask in between, each with its clause of the notice; then what waits is shown again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.beside import begin
from dialogs.engine import Turn
from dialogs.facts import DEADLINE_FIRST, call_centre_or_deadline, facts_at, url_phase
from dialogs.reaction import Reaction, Setting
from dialogs.reading.topics import TOPICS
from dialogs.rules.calendar import third_is_over
from dialogs.rules.campaign import Campaign
from dialogs.steps import Say
from dialogs.walking import at_rest, show
from dialogs.words import Told


def tell(reaction: Reaction, name: str, now: Turn, setting: Setting) -> Reaction:
    """Say what is known about a topic, or begin its side script. Nothing is answered by it."""
    if TOPICS[name].side in setting.sides:
        return begin(reaction, TOPICS[name].side, setting)
    campaign, at, topic = setting.desk.campaign, reaction.said.at, TOPICS[name]
    says: tuple[Say, ...] = (Say(faq_key(name, campaign, at), {"verify": f"{setting.desk.home}/verify"}),)
    if topic.call_centre or campaign.apply_is_over(at):
        sentence, facts = call_centre_or_deadline(campaign, at)
        called = Say("faq.call_centre", facts, wording=sentence)
        # Who waits for the next opening has missed the deadline: that goes before its hours.
        says = (called, *says) if sentence == DEADLINE_FIRST else (*says, called)
    told = replace(reaction, manner="asked").then(*says)
    return at_rest(told) if now.asking is None else show(told, now)


def faq_key(name: str, campaign: Campaign, at: datetime) -> str:
    """The sentence of a topic as it is true at that time."""
    by = TOPICS[name].by
    return f"faq.{name}.{PHASES[by](campaign, at)}" if by else f"faq.{name}"


def help_at(campaign: Campaign, at: datetime) -> Say:
    """The words that always work, after what one can do here at that time."""
    return Say("help", {"now": Told(f"help_now.{site_phase(campaign, at)}", facts_at(campaign, at))})


def site_phase(campaign: Campaign, at: datetime) -> str:
    """Whether one can apply: before, open, over."""
    if campaign.apply_is_over(at):
        return "over"
    return "open" if campaign.site_is_open(at) else "before"


def use_phase(campaign: Campaign, at: datetime) -> str:
    """What a coupon is good for: usable in a shop, or points, or nothing any more."""
    if at < campaign.dates.usable_end:
        return "usable"
    return "over" if campaign.apply_is_over(at) else "points"


def term_phase(campaign: Campaign, at: datetime) -> str:
    """Where the notice stands: before, open, receiving (applications are closed), over."""
    if at >= campaign.dates.receive_end:
        return "over"
    phase = site_phase(campaign, at)
    return "receiving" if phase == "over" else phase


def apply_phase(campaign: Campaign, at: datetime) -> str:
    """Whether applying is spoken of as something still to do."""
    return "over" if campaign.apply_is_over(at) else "open"


def receive_phase(campaign: Campaign, at: datetime) -> str:
    """Whether points can still be received."""
    return "over" if at >= campaign.dates.receive_end else "open"


def again_phase(campaign: Campaign, at: datetime) -> str:
    """Whether a URL that has not come can be sent again: early (nobody could have one yet), open, over."""
    if at >= campaign.dates.receive_end:
        return "over"
    return "open" if third_is_over(campaign.dates.app_send_from, at) else "early"


PHASES = {
    "site": site_phase,
    "term": term_phase,
    "apply": apply_phase,
    "receive": receive_phase,
    "again": again_phase,
    "url": url_phase,
    "use": use_phase,
}
