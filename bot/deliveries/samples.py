"""The words of a mailing as real people of it will read them: whose they are is masked, and the code is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.deliveries.letters import About, Writer, enclosed
from bot.deliveries.planning import Found
from bot.deliveries.preview import EXAMPLE, to_be_planned
from bot.deliveries.ways import provider_channel
from bot.parts import Parts
from bot.store import mailing_figures
from bot.store.mailing_figures import Kind, Real
from bot.store.mailings import Mailing
from dialogs.reading.contacts import in_japan, mask_mail, mask_phone
from integrations.sms.segments import segments


@dataclass(frozen=True)
class Sample:
    """The words by a way and in a language, to somebody (masked); segments is 0 where it is no SMS."""

    kind: Kind
    to: str
    amount: int
    subject: str
    text: str
    segments: int


def samples(parts: Parts, mailing: Mailing, kinds: Iterable[Kind]) -> Sequence[Sample]:
    """One of each kind that somebody is still to get. Raises Unopenable."""
    writer, found = Writer(parts), []
    for kind in dict.fromkeys(kinds):
        if real := mailing_figures.sample(parts.db, mailing.id, kind):
            found.append(_sample(parts, writer, mailing, kind, real))
    return found


def of_found(parts: Parts, found: Found) -> Sequence[Sample]:
    """The same of a list that was only looked at. Raises Unopenable."""
    writer, about = Writer(parts), to_be_planned(parts)
    return [_sample(parts, writer, about, kind, real) for kind, real in found.sample]


def _sample(parts: Parts, writer: Writer, about: About, kind: Kind, real: Real) -> Sample:
    mould = writer.mould(about, kind.way, language=kind.language, applied=kind.applied)
    text, subject = mould.filled(enclosed(parts, EXAMPLE, real.receipt_no, real.coupon_number))
    cost = segments(text) if provider_channel(kind.way) == "sms" else 0
    return Sample(kind, masked_contacts(parts, real.contacts), real.amount, subject, text, cost)


def masked_contacts(parts: Parts, sealed: bytes) -> str:
    """Where a delivery may go, as it can be shown."""
    contacts = parts.vault.open_json(sealed, "deliveries.contacts")
    return ", ".join(masked_contact(kind, value) for kind, value in contacts.items())


def masked_contact(kind: str, value: str) -> str:
    """A number or an address as it can be shown; of an account on LINE only that there is one."""
    return mask_mail(value) if kind == "mail" else mask_phone(in_japan(value)) if kind == "sms" else kind.upper()
