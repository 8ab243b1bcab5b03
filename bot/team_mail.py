"""A mail to a team of staff, at the addresses that are set: by the same rows and relay as every other mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.letterbox import message_to
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import outgoing
from bot.store.db import Connection
from dialogs.message import Outbound
from dialogs.words import Words

EVERYBODY = "all"
PURPOSE = "team"
LANGUAGES = ("ja", "en")  # nobody's own: a team reads what the console is written in


def addresses(parts: Parts, team: str) -> tuple[str, ...]:
    """Of a prefecture's team, or of everybody's where it has none of its own; none where no mail is set up."""
    known: Mapping[str, tuple[str, ...]] = parts.settings.team_addresses
    return (known.get(team) or known.get(EVERYBODY, ())) if "mail" in parts.channels else ()


def plan(parts: Parts, connection: Connection, team: str, *, once: str, letter: Callable[[Words], Outbound]) -> None:
    """Tell a team, each of its addresses once for that `once`; letter gives its words in a language."""
    written = [letter(staff_words(language)) for language in LANGUAGES]
    both = Outbound("\n\n".join(each.text for each in written), subject=written[0].subject)
    for address in addresses(parts, team):
        message = message_to(parts.vault, "mail", address, both, purpose=PURPOSE)
        outgoing.insert(connection, replace(message, once_key=f"team:{once}:{message.person.hex()}"))
