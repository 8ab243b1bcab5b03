"""What every page of the console needs to be drawn: its words, who is signed in, and where they may go."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import render_template, request, session

from bot.alarms import sentence
from bot.console.navigation import groups
from bot.console.visiting import form_token, member
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import alarms
from bot.web.guard import csrf_token
from dialogs.reading.prefectures import prefecture_name
from dialogs.words import FALLBACK

ALARMED = ("supervisor", "admin")  # who sees on every page that something is wrong
LANGUAGES = {"ja": "日本語", "en": "English"}


def page(parts: Parts, name: str, /, **values: Any) -> str:
    """The page of that template, in the language of whoever looks at it."""
    spoken = staff_words(language())
    return render_template(
        f"console/{name}",
        say=spoken.say,
        has=spoken.has,
        write=spoken.write,
        by_clock=parts.by_clock,
        prefecture=_prefecture,
        lang=spoken.language,
        **frame_values(parts),
        **values,
    )


def frame_values(parts: Parts) -> dict[str, Any]:
    """What the frame around a page is drawn from, whatever language and names the page itself uses."""
    spoken, who = staff_words(language()), member()
    return {
        "staff_say": spoken.say,
        "staff_has": spoken.has,
        "live_alarms": alarms.live(parts.db) if who and who.role in ALARMED else (),
        "alarm_stands": partial(sentence, spoken),
        "staff_lang": spoken.language,
        "staff_languages": LANGUAGES,
        "who": who,
        "navigation": groups(who.role) if who else (),
        "csrf": lambda: form_token(parts),
        # Of forms that somebody fills in who is nobody yet, be there a session in this browser or not.
        "entry_csrf": csrf_token,
    }


def language() -> str:
    """The member's; before anybody is signed in the one that was asked for (?lang=en), else Japanese."""
    who = member()
    chosen = who.language if who else request.args.get("lang") or session.get("language", "")
    return chosen if chosen in LANGUAGES else FALLBACK


def _prefecture(code: str) -> str:
    """Its name in the language of whoever looks; "" for none."""
    return prefecture_name(code, language()) if code else ""
