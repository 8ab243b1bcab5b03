"""What a mailing will be before it goes out: how many by which way, the words with real rows, the cost, the hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.deliveries.letters import About, Writer, enclosed
from bot.deliveries.planning import PURPOSE, Found
from bot.deliveries.providers import limiters
from bot.deliveries.ways import provider_channel
from bot.parts import Parts
from bot.store import mailings
from bot.store.mailings import Share
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import JST, Campaign
from integrations.sms.segments import segments

EXAMPLE = "AB3D9EXYZ0TK"  # a token of nobody, as long as a real one


@dataclass(frozen=True)
class _ToBePlanned:
    campaign: str
    campaign_version: int
    purpose: str


@dataclass(frozen=True)
class Line:
    """So many people by a way; units are segments of SMS, mails or messages in all, hours what they take alone."""

    share: Share
    units: int
    yen: float
    hours: float


@dataclass(frozen=True)
class Preview:
    """ends: when the last one has gone out."""

    lines: Sequence[Line]
    ends: datetime

    @property
    def people(self) -> int:
        return sum(line.share.people for line in self.lines)

    @property
    def yen(self) -> float:
        return sum(line.yen for line in self.lines)


def of_mailing(parts: Parts, mailing: mailings.Mailing) -> Preview:
    """Reckon up what is still planned of a mailing from now on, by the campaign's clock."""
    return _reckoned(parts, mailing, mailings.planned_shares(parts.db, mailing.id))


def of_found(parts: Parts, found: Found) -> Preview:
    """The same of a mailing that was only looked at, as it would be planned now."""
    shares = [Share(each.way, each.mail_group, each.language, False, each.people, each.yen) for each in found.shares]
    for (way, mail_group, language), people in found.applied.people.items():
        shares.append(Share(way, mail_group, language, True, people, 0))
    return _reckoned(parts, to_be_planned(parts), sorted(shares, key=lambda share: -share.people))


def to_be_planned(parts: Parts) -> About:
    """What the words of a mailing are about that there is not yet."""
    return _ToBePlanned(parts.campaign.id, parts.campaign.version, PURPOSE)


def _reckoned(parts: Parts, about: About, shares: Sequence[Share]) -> Preview:
    writer = Writer(parts)
    lines = [_line(parts, share, _text(parts, writer, share, about)) for share in shares]
    needed = timedelta(hours=_hours(parts, [(line.share.way, line.units) for line in lines]))
    ends = _ends(parts.campaigns.seen_by(about), parts.clock.now(), needed)
    return Preview(lines, ends)


def _text(parts: Parts, writer: Writer, share: Share, about: About) -> str:
    own = enclosed(parts, EXAMPLE, None if not share.applied else "0000001234", "1234")
    text, subject = writer.mould(about, share.way, language=share.language, applied=share.applied).filled(own)
    return f"{subject}\n\n{text}" if subject else text


def _line(parts: Parts, share: Share, text: str) -> Line:
    units = (segments(text) if provider_channel(share.way) == "sms" else 1) * share.people
    return Line(share, units, units * _prices(parts).get(share.way, 0.0), _hours(parts, [(share.way, units)]))


def _prices(parts: Parts) -> Mapping[str, float]:
    """Yen for a unit, by way; the others are paid by the month, if at all."""
    segment = parts.settings.sms_segment_yen
    return {"sms": segment, "sms_plain": segment, "pnp": parts.settings.line_notice_yen}


def _hours(parts: Parts, units: Sequence[tuple[str, int]]) -> float:
    """How long units by ways take: what goes past one limiter goes one by one, past several side by side."""
    hours: dict[str, float] = defaultdict(float)
    for way, number in units:
        for pace, share in limiters(parts, provider_channel(way)).items():
            hours[pace] += share * number * parts.paces[pace].per_unit / 3600
    return max(hours.values(), default=0.0)


def _ends(campaign: Campaign, now: datetime, needed: timedelta) -> datetime:
    """When so much sending is done, within the hours of sending alone."""
    at = sending_time(campaign, now)
    while True:
        closing = datetime.combine(at.astimezone(JST).date(), campaign.sending.closes, JST)
        if at + needed <= closing:
            return at + needed
        needed -= closing - at
        at = sending_time(campaign, closing)
