"""What goes on the wire for a delivery: written once for all who get the same words, then filled in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from bot.deliveries.ways import provider_channel
from bot.parts import Parts
from bot.store.deliveries import Claimed
from dialogs.mailing_letters import Enclosed, mailing_letter
from dialogs.message import Outbound
from dialogs.rules.campaign_versions import Seen
from integrations.bulk import Letter
from integrations.mail import drawing as mail_drawing
from integrations.sms import drawing as sms_drawing

# Stand in for what differs from one person to the next; no text holds such characters.
BLANKS = Enclosed(url="\x01U", code="\x01C", last_four="\x01L", stop_url="\x01S", applied=True)


@dataclass(frozen=True, slots=True)
class Mould:
    """A message with blanks."""

    text: str
    subject: str
    said: Outbound

    def filled(self, enclosed: Enclosed) -> tuple[str, str]:
        """Text and subject for one person."""
        return _filled(self.text, enclosed), _filled(self.subject, enclosed)

    def spoken(self, enclosed: Enclosed) -> Outbound:
        """The same as our own words, for a channel that draws them itself."""
        plain = self.said.to_json()
        link = {**plain["link"], "url": enclosed.url} if "link" in plain else None
        return Outbound.from_json({**plain, "text": _filled(self.said.text, enclosed), "link": link})


class About(Seen, Protocol):
    """What words are about: a mailing, or a delivery of one."""

    @property
    def purpose(self) -> str: ...


class _Kind(NamedTuple):
    """Who get the same words."""

    campaign: str
    campaign_version: int
    purpose: str
    way: str
    language: str
    applied: bool


class Writer:
    """Writes letters of one process; opens what is sealed."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._mould = lru_cache(maxsize=256)(self._made)

    def mould(self, about: About, way: str, *, language: str, applied: bool) -> Mould:
        """The words by a way in a language, with the facts of the campaign it is about; KeyError if that is gone."""
        return self._mould(_Kind(about.campaign, about.campaign_version, about.purpose, way, language, applied))

    def enclosed(self, row: Claimed) -> Enclosed:
        """What is this person's own; raises Unopenable."""
        token = self._parts.vault.open(row.token, "entitlements.token").decode()
        return enclosed(self._parts, token, row.receipt_no, row.coupon_number)

    def letter(self, row: Claimed, to: str, *, attempt: int, lasts: int) -> Letter:
        """The letter of an attempt; raises Unopenable."""
        own = self.enclosed(row)
        mould = self.mould(row, row.way, language=row.language, applied=own.applied)
        text, subject = mould.filled(own)
        stop = own.stop_url if row.way == "mail" and row.purpose.startswith("reminder") else ""
        said = mould.spoken(own) if provider_channel(row.way) == "line" else None
        return Letter(f"{row.id.hex}.{attempt}", to, text, subject, lasts, stop, mould.said.sender, said)

    def _made(self, kind: _Kind) -> Mould:
        blank = Enclosed(**{**vars(BLANKS), "applied": kind.applied})
        campaign = self._parts.campaigns.seen_by(kind)
        said = mailing_letter(kind.way, kind.purpose, blank, campaign, language=kind.language)
        draw = mail_drawing.body if kind.way == "mail" else sms_drawing.draw
        return Mould(draw([said]), said.subject, said)


def enclosed(parts: Parts, token: str, receipt_no: str | None, coupon_number: str | None) -> Enclosed:
    """What belongs to a token."""
    code = f"{token[:4]}-{token[4:8]}-{token[8:]}"
    last_four = (receipt_no or coupon_number or "")[-4:]
    urls = parts.public_url(f"/r/{token}"), parts.public_url(f"/u/{token}")
    return Enclosed(urls[0], code, last_four, urls[1], receipt_no is not None)


def _filled(text: str, own: Enclosed) -> str:
    return (
        text.replace("\x01U", own.url)
        .replace("\x01C", own.code)
        .replace("\x01L", own.last_four)
        .replace("\x01S", own.stop_url)
    )
