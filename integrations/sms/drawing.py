"""Our words as one plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dialogs.message import Outbound


def draw(messages: Iterable[Outbound]) -> str:
    """All that is said at one go as one body: a single request is either taken or not, never half of it."""
    return "\n\n".join(filter(None, ("\n".join(_lines(message)) for message in messages)))


def _lines(message: Outbound) -> Iterator[str]:
    if message.text:
        yield message.text
    if card := message.card:
        yield from filter(None, [card.title, *(f"{label}: {value}" for label, value in card.rows), card.note])
    yield from (f"{number} {choice.label}" for number, choice in enumerate(message.choices, start=1))
    if message.link:
        # Alone on its line: phones take characters that touch a URL for a part of it.
        yield message.link.url
