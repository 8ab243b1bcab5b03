"""One person's history, the same at the console and by the command: found by whatever number is typed, and masked."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.deliveries.samples import masked_contact
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import right_history
from bot.store.right_history import Happened, Sought, Standing
from dialogs.letters import masked_target
from dialogs.reading import Unreadable
from dialogs.reading.contacts import in_japan, read_target
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.rules.claim import normalise_number, read_receipt_no, show_receipt_no
from dialogs.words import Words


@dataclass(frozen=True)
class Where:
    """Where it goes, as it can be shown and as it is."""

    masked: str
    plain: str = field(repr=False)


def search(parts: Parts, typed: str) -> list[Standing]:
    """The rights that a number or an address may be about; who is meant is only ever compared as a hash."""
    try:
        person = parts.vault.fingerprint(*read_target(typed))
    except Unreadable:
        person = None
    prefectures = {each.code for campaign in parts.campaigns.values() for each in campaign.prefectures}
    sought = Sought(read_receipt_no(typed) or "", person, normalise_number(typed), sorted(prefectures))
    return right_history.search(parts.db, sought)


def number_of(standing: Standing) -> str:
    """The receipt's, or the end of a coupon's."""
    if standing.receipt_no:
        return show_receipt_no(standing.receipt_no)
    return mask_inquiry_number(standing.coupon_number or "")


def where(parts: Parts, standing: Standing) -> Where | None:
    """None once it is erased. Raises Unopenable."""
    if standing.claim:
        target = open_claim(parts, standing.claim).target
        return Where(masked_target(target), _plain(target.kind, target.value))
    if standing.contacts is None:
        return None
    contacts = parts.vault.open_json(standing.contacts, "deliveries.contacts")
    masked, plain = (
        ", ".join(show(kind, value) for kind, value in contacts.items()) for show in (masked_contact, _plain)
    )
    return Where(masked, plain)


def purpose_said(spoken: Words, purpose: str) -> str:
    """What a message is, in staff's words."""
    kind, _, days = purpose.partition("_")
    if kind == "reminder":
        return spoken.say("deliveries.purpose.reminder", days=days)
    return _said(spoken, "purpose", purpose)


def way_said(spoken: Words, way: str) -> str:
    return _said(spoken, "way", way)


def what_said(spoken: Words, happened: Happened) -> str:
    """An attempt with its way, or what came back of one."""
    if happened.way:
        return f"{spoken.say('history.attempt')} {way_said(spoken, happened.way)}"
    return _said(spoken, "kind", happened.what)


def _said(spoken: Words, table: str, name: str) -> str:
    key = f"deliveries.{table}.{name}"
    return spoken.say(key) if spoken.has(key) else name


def _plain(kind: str, value: str) -> str:
    return in_japan(value) if kind == "sms" else value
