"""What every page needs to be drawn: its words, its campaign's facts, the call centre."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request, session

from bot.parts import Parts
from bot.web.guard import csrf_token
from dialogs.facts import call_centre_now, campaign_facts
from dialogs.rules.campaign import Campaign
from dialogs.words import FALLBACK, Words, languages, words

NATIVE_NAMES = {"ja": "日本語", "ja-easy": "やさしい日本語", "en": "English"}


def page(parts: Parts, name: str, *, campaign: Campaign | None = None, **values: Any) -> str:
    """The page of that template, in the language of the request."""
    campaign = campaign or parts.campaign
    spoken, facts = words(language()), campaign_facts(campaign)

    def say(key: str, **more: Any) -> str:
        return spoken.say(key, **{**facts, **more})

    return render_template(
        name,
        say=say,
        has=spoken.has,
        write=spoken.write,
        fact=lambda key: spoken.write(facts[key]),
        lang=spoken.language.partition("-")[0],
        languages=other_languages(spoken),
        phone=campaign.call_centre.number,
        # Called only where it is shown: it reads the clock, which may be away when an error is told.
        call_centre=lambda: call_centre(parts, campaign, spoken),
        csrf=csrf_token,
        **values,
    )


def language() -> str:
    """The conversation's, else the one that the address asks for (?lang=en) or asked for before, else Japanese."""
    chosen = g.get("language") or request.args.get("lang") or session.get("language", "")
    return chosen if chosen in languages() else FALLBACK


def other_languages(spoken: Words) -> list[tuple[str, str]]:
    """(code, name in itself) of every language that there is, but the one in use."""
    return [(code, NATIVE_NAMES.get(code, code)) for code in languages() if code != spoken.language]


def call_centre(parts: Parts, campaign: Campaign, spoken: Words) -> str:
    """Whether somebody answers now, and when next."""
    key, facts = call_centre_now(campaign, parts.clock.now())
    return spoken.say(key, **{**campaign_facts(campaign), **facts})
