"""GET /opening/<campaign>.ics: the planned opening day for one's own calendar. It takes no data, and needs none."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort

from bot.parts import Parts
from bot.web.drawing import language, opening_is_ahead
from dialogs.facts import campaign_facts
from dialogs.rules.campaign import JST, Campaign
from dialogs.words import words

LONGEST_LINE = 75  # octets (RFC 5545, 3.1)


def opening_day(parts: Parts) -> Blueprint:
    """404 where the opening is not ahead."""
    routes = Blueprint("opening", __name__)

    @routes.get("/opening/<campaign_id>.ics")
    def calendar(campaign_id: str) -> Response:
        campaign = parts.campaigns.get(campaign_id)
        if campaign is None or not opening_is_ahead(parts, campaign):
            abort(404)
        return Response(
            calendar_file(campaign, language(), parts.settings.public_base_url, at=parts.clock.now()),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": "attachment; filename=opening.ics"},
        )

    return routes


def calendar_file(campaign: Campaign, language_: str, home: str, *, at: datetime) -> str:
    """The day as an iCalendar file, with an alarm in its morning."""
    spoken, facts = words(language_), {**campaign_facts(campaign), "url": home}
    title, text = (spoken.say(f"page.opening.{part}", **facts) for part in ("event", "event_text"))
    opens = campaign.dates.site_opens.astimezone(JST)
    all_day = opens.time() == time()
    begin = f"DTSTART;VALUE=DATE:{opens:%Y%m%d}" if all_day else f"DTSTART:{opens.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    morning = datetime.combine(opens.date(), campaign.sending.opens, JST) - opens if all_day else timedelta()
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Madoguchi//opening//",
        "BEGIN:VEVENT",
        f"UID:opening-{campaign.id}-{campaign.version}@{urlsplit(home).hostname}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        begin,
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(text)}",
        f"URL:{home}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:PT{int(morning.total_seconds()) // 60}M",
        f"DESCRIPTION:{_escaped(title)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, no character cut in two; each further one begins with a space."""
    folded, octets = "", 0
    for character in line:
        octets += len(character.encode())
        if octets > LONGEST_LINE:
            folded, octets = f"{folded}\r\n ", 1 + len(character.encode())
        folded += character
    return folded
