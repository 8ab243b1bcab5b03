"""What is written to an outside desk: the note that a talk begins with, the person's words, and what has become of it.

Of who it is nobody is told there but the channel and, once they have applied, the receipt number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from uuid import UUID

from bot.parts import Parts
from bot.store import handoff_queue, transcripts
from bot.store.conversations import Conversation, mark_of
from bot.transcript import Entry, transcript
from dialogs.reading.prefectures import prefecture_name
from dialogs.rules.claim import show_receipt_no
from dialogs.words import FALLBACK, JST, Words, sentences, words
from integrations.desks.desk import NewTalk

TEXTS = Path(__file__).parent / "texts"
LONGEST_TRANSCRIPT = 20_000  # characters; the newest of it
TOLD_SIDES = ("person", "bot", "staff", "note")


@cache
def desk_words(language: str) -> Words:
    """What is written to a desk in a language."""
    spare = sentences(TEXTS / f"{FALLBACK}.toml")
    return Words(language, spare if language == FALLBACK else sentences(TEXTS / f"{language}.toml"), spare)


def new_talk(parts: Parts, thread: UUID, conversation: Conversation) -> NewTalk:
    """What the talk is opened with, and whose it is."""
    spoken = desk_words(parts.settings.desk_language)
    filed = transcripts.filed(parts.db, conversation.id)
    about = show_receipt_no(filed[0][0]) if filed else mark_of(conversation.id)
    name = spoken.say("name", channel=spoken.say(f"channel.{conversation.channel}"), about=about)
    return NewTalk(str(thread), str(conversation.id), name, dict(_facts(parts, conversation, spoken)))


def opening(parts: Parts, conversation: Conversation, *, until: UUID, but: set[UUID]) -> str:
    """Why it came, where it stands at our console, and all that was said before it came.

    until: what came to us later is told by itself, as are those events.
    """
    spoken = desk_words(parts.settings.desk_language)
    said = transcript(parts, conversation, None, words(conversation.language))
    lines = [_line(entry, spoken) for entry in said if entry.side in TOLD_SIDES and _before(entry, until, but)]
    facts = dict(_facts(parts, conversation, spoken))
    head = "\n".join(f"{spoken.say(f'fact.{name}')}: {text}" for name, text in facts.items() if text)
    return f"{spoken.say('opened')}\n{head}\n\n" + "\n\n".join(lines)[-LONGEST_TRANSCRIPT:]


def heard(parts: Parts, body: Mapping[str, str]) -> str:
    """The person's words; of a picture or a file that it came, for it has to be fetched before it is brought."""
    if body["kind"] == "text":
        return body["text"]
    spoken, key = desk_words(parts.settings.desk_language), f"heard.{body['kind']}"
    return spoken.say(key if spoken.has(key) else f"file.{body['kind']}")


def note(parts: Parts, body: Mapping[str, str]) -> str:
    """What the team there has to know: who has it, what could not be brought."""
    spoken = desk_words(parts.settings.desk_language)
    state = spoken.say(f"state.{body['state']}") if "state" in body else ""
    key = "over_by_person" if body["key"] == "over" and not body["by"] else body["key"]
    return spoken.say(
        f"note.{key}", by=body.get("by", ""), to=body.get("to", ""), text=body.get("text", ""), state=state
    )


def _facts(parts: Parts, conversation: Conversation, spoken: Words) -> Iterator[tuple[str, str]]:
    handoff = handoff_queue.of_conversation(parts.db, conversation.id)[0]
    yield "reason", spoken.say(f"reason.{handoff.reason}") + (f" ({handoff.detail})" if handoff.detail else "")
    yield "channel", spoken.say(f"channel.{conversation.channel}")
    yield "language", words(conversation.language).say("language_name")
    yield "prefecture", prefecture_name(handoff.prefecture, spoken.language) if handoff.prefecture else ""
    yield "console", parts.public_url(f"/console/conversations/{conversation.id}")


def _before(entry: Entry, until: UUID, but: set[UUID]) -> bool:
    return entry.id <= until and entry.id not in but and entry.state != "new"


def _line(entry: Entry, spoken: Words) -> str:
    at = entry.at.astimezone(JST)
    who = entry.by or spoken.say(f"side.{entry.side}")
    what = entry.text or spoken.say(f"file.{entry.kind}" if spoken.has(f"file.{entry.kind}") else "file.other")
    return f"{at:%m/%d %H:%M} {who}: {what}"
