"""Which providers send for which way: of several with weights one that is well is drawn, the others are its spare."""

from __future__ import annotations

import random
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.deliveries.breakers import Breakers
from bot.deliveries.ways import provider_channel
from bot.parts import Parts, line_config, mail_config, sms_config, vonage_config
from bot.store.pace import Pace
from integrations.bulk import BulkSender
from integrations.line.bulk import LineBulk
from integrations.line.channel import LineChannel
from integrations.line.notices import NoticeBulk
from integrations.mail.bulk import MailBulk
from integrations.sms.bulk import TwilioBulk
from integrations.sms.vonage import VonageBulk

REFUSED_SECONDS = 900.0
SIGNED = 8  # characters of the signature in a return path


@dataclass
class Provider:
    """A provider at work: its client, its rate, its weight among those of its channel."""

    client: BulkSender
    pace: Pace
    weight: float = 1.0
    breakers: Breakers = field(default_factory=Breakers)

    @property
    def name(self) -> str:
        return self.client.name


class Providers:
    """All of them, by channel; made in the loop that uses them."""

    def __init__(self, parts: Parts) -> None:
        sms = _sms(parts)
        self._by_way: Mapping[str, Sequence[Provider]] = {
            "pnp": _line(parts, NoticeBulk),
            "line": _line(parts, LineBulk),
            "sms": sms,
            "sms_plain": sms,
            "mail": _mail(parts),
        }

    def draw(self, way: str) -> Provider | None:
        """One that may send for a way now; None: all of them rest, or there is none."""
        well = [each for each in self._by_way.get(way, ()) if not each.breakers.own.rests]
        if not well:
            return None
        # One of no weight is a spare: it sends when none of the others can.
        weights = [each.weight for each in well] if any(each.weight for each in well) else None
        return random.choices(well, weights)[0]  # noqa: S311 - a share, no secret

    def rest(self, way: str, refused: Provider) -> bool:
        """Whether another one can go on for a way without that one, which refuses us: it rests until someone looks."""
        if not any(each is not refused and not each.breakers.own.rests for each in self._by_way.get(way, ())):
            return False
        refused.breakers.own.rest(REFUSED_SECONDS)
        return True

    def draw_for(self, channel: str) -> Provider | None:
        """One that may send through a channel now."""
        drawn = (self.draw(way) for way in self._by_way if provider_channel(way) == channel)
        return next((provider for provider in drawn if provider), None)

    def named(self, way: str, name: str) -> Provider | None:
        """The one that an attempt went through."""
        return next((each for each in self._by_way.get(way, ()) if each.name == name), None)

    def channels(self) -> list[str]:
        return sorted({provider_channel(way) for way, providers in self._by_way.items() if providers})

    async def close(self) -> None:
        for providers in self._by_way.values():
            for provider in providers:
                await provider.client.close()


def return_path(parts: Parts, reference: str) -> str:
    """The envelope's sender of an attempt: a bounce to it tells whose it is, and nobody can make one up (VERP)."""
    address = parts.settings.bounce_address
    if not address:
        return parts.settings.mail_from
    local, _, domain = address.rpartition("@")
    return f"{local}+{reference}.{signature(parts, reference)}@{domain}"


def signature(parts: Parts, reference: str) -> str:
    return b32encode(parts.vault.fingerprint("return path", reference)).decode()[:SIGNED].lower()


def _line(parts: Parts, client: type[LineBulk]) -> list[Provider]:
    channel = parts.channels.get("line")
    if not isinstance(channel, LineChannel):
        return []
    return [Provider(client(line_config(parts.settings), channel.tokens), parts.paces["line"])]


def _sms(parts: Parts) -> list[Provider]:
    settings, found = parts.settings, []
    if settings.twilio_account_sid:
        twilio = TwilioBulk(sms_config(settings, parts.paces["sms"]))
        found.append(Provider(twilio, parts.paces["sms"], settings.twilio_weight))
    if settings.vonage_application_id:
        found.append(Provider(VonageBulk(vonage_config(settings)), parts.paces["vonage"], settings.vonage_weight))
    return found


def _mail(parts: Parts) -> list[Provider]:
    if not parts.settings.smtp_url:
        return []
    config = mail_config(parts.settings, parts.campaign, parts.paces["mail"])
    client = MailBulk(config, return_path=lambda reference: return_path(parts, reference))
    return [Provider(client, parts.paces["mail"])]
