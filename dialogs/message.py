"""The words that every room shares: who speaks, what was said, what is to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

TALKED_BY = ("line", "sms", "web", "phone")  # the channels by which people talk with the counter; mail only brings

InboundKind = Literal[
    "text",  # typed words; text holds them
    "button",  # a choice of an asked question; text holds its value, ask_id the question's id
    "date",  # a date from a picker; text holds YYYY-MM-DD, ask_id the question's id
    "sticker",
    "image",  # message_id is what the provider gives its content for
    "file",  # video, audio, document, place: kept, never read
    "follow",  # came (back) to us
    "unfollow",  # blocked us: nothing can be sent
    "unsend",  # took a message back; message_id names it
    "staff",  # not the person: staff let go of the conversation; text says how (dialogs.handing)
    "unknown",  # kept and not answered
]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: a channel (line, sms, mail, web, phone) and its own id for that person.

    user is a LINE userId, a number in E.164, an addr-spec, or a conversation's id on web and phone. Personal.
    """

    channel: str
    user: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to pick; value comes back to us (at most 100 characters), label is shown (20 graphemes on LINE)."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DatePicker:
    """A calendar to pick a date from; both bounds are themselves allowed. or_typed: that one may type it as well."""

    label: str
    initial: date
    earliest: date
    latest: date
    or_typed: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A titled table of what was answered or decided; rows are (label, value), shown in order."""

    title: str
    rows: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outbound:
    """One thing to say; an adapter draws it as its channel can.

    Raises nothing; what a channel cannot show (a card by SMS) it says in words. subject and sender (who
    writes) are for mail alone.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    date_picker: DatePicker | None = None
    card: Card | None = None
    link: Link | None = None
    ask_id: str = ""
    subject: str = ""
    sender: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; dates as YYYY-MM-DD, empty fields left out."""
        plain = {name: value for name, value in asdict(self).items() if value}
        if self.date_picker:
            plain["date_picker"] = {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in asdict(self.date_picker).items()
            }
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Outbound:
        """What to_json gave, back again; raises KeyError or ValueError on anything else."""
        picker, card, link = plain.get("date_picker"), plain.get("card"), plain.get("link")
        return cls(
            text=plain.get("text", ""),
            choices=tuple(Choice(choice["value"], choice["label"]) for choice in plain.get("choices", ())),
            date_picker=DatePicker(
                label=picker["label"],
                **{name: date.fromisoformat(picker[name]) for name in ("initial", "earliest", "latest")},
                or_typed=picker.get("or_typed", ""),  # a row that was written before there was such a word
            )
            if picker
            else None,
            card=Card(card["title"], tuple((label, value) for label, value in card["rows"]), card["note"])
            if card
            else None,
            link=Link(link["label"], link["url"]) if link else None,
            ask_id=plain.get("ask_id", ""),
            subject=plain.get("subject", ""),
            sender=plain.get("sender", ""),
        )


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that a person did, in our words.

    event_id is the provider's own id of the event, at its own time of it (aware); a reply_token answers without charge
    while it lives. heard_only is true when another system has taken the chat over (LINE standby): never answer then.
    """

    event_id: str
    address: Address
    at: datetime
    kind: InboundKind
    text: str = ""
    ask_id: str = ""
    message_id: str = ""
    reply_token: str = ""
    heard_only: bool = False
    language: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
