"""Which providers send for which way: those that are well share it by their weights, side by side."""

from __future__ import annotations

import random
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.deliveries.breakers import Breakers
from bot.deliveries.ways import provider_channel
from bot.parts import Parts, line_config, mail_config, sms_config, vonage_config
from bot.store.deliveries import Claimed
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

    def share_out(self, way: str, rows: Sequence[Claimed]) -> list[tuple[Provider, list[Claimed]]]:
        """Who sends which of these by a way now; none: all of them rest, or there is none."""
        if not (well := self._well(way)):
            return []
        drawn = random.choices(range(len(well)), shares([each.weight for each in well]), k=len(rows))  # noqa: S311 - a share, no secret
        lots = [(each, [row for row, to in zip(rows, drawn, strict=True) if to == n]) for n, each in enumerate(well)]
        return [(each, lot) for each, lot in lots if lot]

    def per_second(self, channel: str) -> float:
        """How many units a second may go through a channel now, in the shares of its providers; 0: nothing may."""
        ways = [well for way in self._by_way if provider_channel(way) == channel and (well := self._well(way))]
        if not ways:
            return 0.0
        took = zip(ways[0], shares([each.weight for each in ways[0]]), strict=True)
        return 1 / max(share * each.pace.per_unit for each, share in took)

    def _well(self, way: str) -> list[Provider]:
        return [each for each in self._by_way.get(way, ()) if not each.breakers.own.rests]

    def rest(self, way: str, refused: Provider) -> bool:
        """Whether another one can go on for a way without that one, which refuses us: it rests until someone looks."""
        if not any(each is not refused and not each.breakers.own.rests for each in self._by_way.get(way, ())):
            return False
        refused.breakers.own.rest(REFUSED_SECONDS)
        return True

    def named(self, way: str, name: str) -> Provider | None:
        """The one that an attempt went through."""
        return next((each for each in self._by_way.get(way, ()) if each.name == name), None)

    def channels(self) -> list[str]:
        return sorted({provider_channel(way) for way, providers in self._by_way.items() if providers})

    async def close(self) -> None:
        for providers in self._by_way.values():
            for provider in providers:
                await provider.client.close()


def shares(weights: Sequence[float]) -> list[float]:
    """Which part of a mailing each takes; one of no weight is a spare, which sends when none of the others can."""
    usual = weights if any(weights) else [1.0] * len(weights)
    return [weight / sum(usual) for weight in usual]


def limiters(parts: Parts, channel: str) -> dict[str, float]:
    """By the names of their paces, who keeps the rate of a channel, and which part of it goes past each."""
    if channel != "sms":
        return {channel: 1.0} if channel in parts.channels else {}
    weights = sms_weights(parts)
    return dict(zip(weights, shares(list(weights.values())), strict=True))


def sms_weights(parts: Parts) -> dict[str, float]:
    """The providers of SMS that are set, by the names of their paces."""
    settings = parts.settings
    given = {
        "sms": (settings.twilio_account_sid, settings.twilio_weight),
        "vonage": (settings.vonage_application_id, settings.vonage_weight),
    }
    return {pace: weight for pace, (account, weight) in given.items() if account}


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
    clients: Mapping[str, Callable[[], BulkSender]] = {
        "sms": lambda: TwilioBulk(sms_config(parts.settings, parts.paces["sms"])),
        "vonage": lambda: VonageBulk(vonage_config(parts.settings)),
    }
    return [Provider(clients[pace](), parts.paces[pace], weight) for pace, weight in sms_weights(parts).items()]


def _mail(parts: Parts) -> list[Provider]:
    if not parts.settings.smtp_url:
        return []
    config = mail_config(parts.settings, parts.campaign, parts.paces["mail"])
    client = MailBulk(config, return_path=lambda reference: return_path(parts, reference))
    return [Provider(client, parts.paces["mail"])]
