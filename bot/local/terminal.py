"""The far side of `bot talk`: every channel prints what it is given, and the clock moves only when told to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.own_words import own_inbound
from dialogs.message import Address, Inbound, Outbound
from dialogs.reading.contacts import in_japan
from integrations.channel import BadSignature, Envelope, RawEvent, Receipt

CHANNELS = ("line", "sms", "mail", "web")
A_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")

Print = Callable[[str], None]


class StillClock:
    """The campaign's clock of a talk: the same script always meets the same minutes."""

    def __init__(self, at: datetime) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def pass_by(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def move(self, to: datetime) -> None:
        self._now = to


class Screen:
    """Prints what the counter says, and remembers what can be picked, followed or typed of it."""

    def __init__(self, echo: Print) -> None:
        self._echo = echo
        self.offered: Outbound | None = None
        self.link = ""
        self.code = ""

    def stage(self, what_happens: str) -> None:
        """Something that nobody says."""
        self._echo(f"({what_happens})")

    def heard(self, line: str) -> None:
        self._echo(f"\n> {line}")

    def forget(self) -> None:
        """What was offered is answered."""
        self.offered, self.link = None, ""

    def say(self, outbound: Outbound, mark: str = "<") -> None:
        """Show something that was said to the person who talks here."""
        self._draw(outbound, mark)
        if outbound.ask_id or outbound.choices:
            self.offered = outbound
        else:
            self._look_for_code(outbound)
        if outbound.link:
            self.link = outbound.link.url

    def arrive(self, outbound: Outbound, mark: str) -> None:
        """Show an SMS or a mail that came in beside the conversation."""
        self._draw(outbound, mark)
        self._look_for_code(outbound)

    def _look_for_code(self, outbound: Outbound) -> None:
        if code := A_CODE.search(outbound.text):
            self.code = code[0]

    def _draw(self, outbound: Outbound, mark: str) -> None:
        first, *rest = [*([outbound.subject] if outbound.subject else []), *outbound.text.split("\n")]
        self._echo(f"{mark} {first}")
        for line in (*rest, *_below(outbound)):
            self._echo(f"    {line}".rstrip())


def _below(outbound: Outbound) -> list[str]:
    lines: list[str] = []
    if card := outbound.card:
        lines += [f"[{card.title}]", *(f"  {label}: {value}" for label, value in card.rows)]
        lines += [f"  {line}" for line in card.note.split("\n") if line]
    if picker := outbound.date_picker:
        lines.append(f"[{picker.label}] {picker.earliest} … {picker.latest}")
    if outbound.link:
        lines.append(f"[{outbound.link.label}]")
    return lines + [f"{number}. {choice.label}" for number, choice in enumerate(outbound.choices, 1)]


class TerminalChannel:
    """A Channel that draws on the screen; nothing ever fails on it."""

    def __init__(self, name: str, screen: Screen, *, talker: Address) -> None:
        self.name = name
        self._screen = screen
        self._talker = talker

    def receive(self, headers: Mapping[str, str], body: bytes, *, url: str, now: datetime) -> Sequence[RawEvent]:
        raise BadSignature

    def read(self, payload: bytes) -> Inbound:
        return own_inbound(payload)

    def send(self, envelope: Envelope) -> Receipt:
        for outbound in envelope.messages:
            if envelope.address == self._talker:
                self._screen.say(outbound)
            else:
                self._arrive(envelope.address, outbound)
        return Receipt(str(envelope.outgoing_id))

    def find_sent(self, envelope: Envelope, *, since: datetime) -> Receipt | None:
        return None

    def _arrive(self, address: Address, outbound: Outbound) -> None:
        mark = f"[SMS {in_japan(address.user)}]" if self.name == "sms" else f"[Mail {address.user}]"
        self._screen.arrive(outbound, mark)
