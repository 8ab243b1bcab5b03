"""Our words as a mail's subject and plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dialogs.message import Outbound


def subject(messages: Iterable[Outbound], *, otherwise: str) -> str:
    """The first subject given, on one line."""
    return next((line for message in messages if (line := " ".join(message.subject.split()))), otherwise)


def sender(messages: Iterable[Outbound], *, otherwise: str) -> str:
    """The first name given of who writes."""
    return next((message.sender for message in messages if message.sender), otherwise)


def body(messages: Iterable[Outbound]) -> str:
    """The whole text; choices and pickers are left out, for nobody answers a question by mail here."""
    return "\n\n".join(part for message in messages for part in _parts(message)) + "\n"


def _parts(message: Outbound) -> Iterator[str]:
    if message.text:
        yield message.text
    if card := message.card:
        yield "\n".join(
            filter(None, [f"■ {card.title}", *(f"{label}: {value}" for label, value in card.rows), card.note])
        )
    if message.link:
        # Alone on its line: mail programs take characters that touch a URL for a part of it.
        yield f"{message.link.label}\n{message.link.url}"
