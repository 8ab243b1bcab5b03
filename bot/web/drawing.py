"""What every page needs to be drawn: its words, its campaign's facts, the call centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, request, session

from bot.parts import Parts
from bot.web.guard import csrf_token
from dialogs.facts import call_centre_now, campaign_facts, facts_at
from dialogs.rules.campaign import Campaign
from dialogs.words import FALLBACK, Words, language_name, languages, words


@dataclass(frozen=True)
class Door:
    """Where a conversation's pages stand, and in which frame; values are what that frame is drawn from.

    here: the person goes on on this page when the private part is done. first: where else one may go from its end.
    for_caller: somebody types for a person on the telephone, so no browser is to fill in its owner's own data.
    """

    path: str = "/form"
    frame: str = "layout.html"
    first: str = "/"
    here: bool = False
    for_caller: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


TRAVELLERS = Door()
ERROR = "error.html"  # told also while the clock is away, for it names no day


def page(parts: Parts, name: str, *, campaign: Campaign | None = None, door: Door = TRAVELLERS, **values: Any) -> str:
    """The page of that template, in the language of the request."""
    campaign = campaign or parts.campaign
    spoken = words(language())
    facts = campaign_facts(campaign) if name == ERROR else facts_at(campaign, parts.clock.now())

    def say(key: str, **more: Any) -> str:
        return spoken.say(key, **{**facts, **more})

    return render_template(
        name,
        **{
            "say": say,
            "has": spoken.has,
            "write": spoken.write,
            "fact": lambda key: spoken.write(facts[key]),
            "lang": spoken.language.partition("-")[0],
            "languages": other_languages(spoken),
            "office_lang": spoken.language.partition("-")[0] if spoken.language in campaign.names.office else "ja",
            "phone": campaign.call_centre.number,
            # Called only where it is shown: it reads the clock, which may be away when an error is told.
            "call_centre": lambda: call_centre(parts, campaign, spoken),
            "opening": lambda: opening_is_ahead(parts, campaign),
            "campaign_id": campaign.id,
            "spoken_language": spoken.language,
            "line_url": parts.settings.line_add_friend_url,
            "csrf": csrf_token,
            "door": door,
            **door.values,
            **values,
        },
    )


def language() -> str:
    """The conversation's, else the one that the address asks for (?lang=en) or asked for before, else Japanese."""
    chosen = g.get("language") or request.args.get("lang") or session.get("language", "")
    return chosen if chosen in languages() else FALLBACK


def other_languages(spoken: Words) -> list[tuple[str, str]]:
    """(code, name in itself) of every language that there is, but the one in use."""
    return [(code, language_name(code)) for code in languages() if code != spoken.language]


def opening_is_ahead(parts: Parts, campaign: Campaign) -> bool:
    """Whether the day on which applications open is still to come."""
    return parts.clock.now() < campaign.dates.site_opens


def call_centre(parts: Parts, campaign: Campaign, spoken: Words) -> str:
    """Whether somebody answers now, and when next."""
    key, facts = call_centre_now(campaign, parts.clock.now())
    return spoken.say(key, **{**campaign_facts(campaign), **facts})
