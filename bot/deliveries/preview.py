"""What a mailing will be before it goes out: how many by which way, the words with real rows, the cost, the hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.deliveries.letters import Writer, enclosed
from bot.deliveries.ways import provider_channel
from bot.parts import Parts
from bot.store import mailings
from bot.store.mailings import Share
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import JST, Campaign
from integrations.sms.segments import segments

EXAMPLE = "AB3D9EXYZ0TK"  # a token of nobody, as long as a real one


@dataclass(frozen=True)
class Line:
    """So many people by a way; units are segments of SMS or mails in all, hours what they take at the rate."""

    share: Share
    units: int
    yen: float
    hours: float


@dataclass(frozen=True)
class Preview:
    """texts: (way, language, the words with a code of nobody); ends: when the last one has gone out."""

    lines: Sequence[Line]
    texts: Sequence[tuple[str, str, str]]
    ends: datetime

    @property
    def people(self) -> int:
        return sum(line.share.people for line in self.lines)

    @property
    def yen(self) -> float:
        return sum(line.yen for line in self.lines)


def of_mailing(parts: Parts, mailing: mailings.Mailing) -> Preview:
    """Reckon up what is still planned of a mailing from now on, by the campaign's clock."""
    writer, lines = Writer(parts), []
    texts: dict[tuple[str, str], str] = {}
    for share in mailings.planned_shares(parts.db, mailing.id):
        text = _text(parts, writer, share, mailing)
        texts.setdefault((share.way, share.language), text)
        lines.append(_line(parts, share, text))
    # Channels send side by side: the slowest of them is what counts.
    by_channel = {provider_channel(line.share.way): 0.0 for line in lines}
    for line in lines:
        by_channel[provider_channel(line.share.way)] += line.hours
    needed = timedelta(hours=max(by_channel.values(), default=0.0))
    ends = _ends(parts.campaigns.seen_by(mailing), parts.clock.now(), needed)
    return Preview(lines, [(way, language, text) for (way, language), text in texts.items()], ends)


def _text(parts: Parts, writer: Writer, share: Share, mailing: mailings.Mailing) -> str:
    own = enclosed(parts, EXAMPLE, None if not share.applied else "0000001234", "1234")
    text, subject = writer.mould(mailing, share.way, language=share.language, applied=share.applied).filled(own)
    return f"{subject}\n\n{text}" if subject else text


def _line(parts: Parts, share: Share, text: str) -> Line:
    channel = provider_channel(share.way)
    each = segments(text) if channel == "sms" else 1
    pace, yen = parts.paces.get(channel), parts.settings.sms_segment_yen if channel == "sms" else 0.0
    units = each * share.people
    return Line(share, units, units * yen, units * pace.per_unit / 3600 if pace else 0.0)


def _ends(campaign: Campaign, now: datetime, needed: timedelta) -> datetime:
    """When so much sending is done, within the hours of sending alone."""
    at = sending_time(campaign, now)
    while True:
        closing = datetime.combine(at.astimezone(JST).date(), campaign.sending.closes, JST)
        if at + needed <= closing:
            return at + needed
        needed -= closing - at
        at = sending_time(campaign, closing)
