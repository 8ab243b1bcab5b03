"""The words by which a telephone says that it wants no more messages, and that it wants them again."""

from __future__ import annotations

from typing import Literal

from dialogs.reading import Unreadable
from dialogs.reading.text import bare, listed, tidy, without_politeness

Opting = Literal["stop", "start"]

_LONGEST = 30
# Twilio acts on these of its own accord: from then on it refuses to send, until it hears one of the others.
PROVIDERS_STOP = frozenset(["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"])
PROVIDERS_START = frozenset(["start", "unstop", "yes"])

_STOP = """
    停止/配信停止/送信停止/受信停止/停止希望/配信停止希望/解除/配信解除/登録解除/受信拒否/配信拒否/ストップ/ていし/はいしんていし/かいじょ
    配信を停止/配信を止めて/送らないで/もう送らないで/stop all/opt out"""
_START = "再開/配信再開/受信再開/さいかい/スタート/配信を再開/opt in"
_ENDINGS = ("", "する", "します", "したい", "して", "を希望", "を希望します")


def _by_word(words: str, of_provider: frozenset[str]) -> frozenset[str]:
    ours = {bare(tidy(f"{word}{ending}")) for word in listed(words) for ending in _ENDINGS}
    return frozenset(ours | {bare(word) for word in of_provider})


_BY_WISH: dict[Opting, frozenset[str]] = {
    "stop": _by_word(_STOP, PROVIDERS_STOP),
    "start": _by_word(_START, PROVIDERS_START),
}


def read_opting(said: str) -> Opting | None:
    """The wish, when the whole message is one (quotes, stops and polite endings aside); a longer sentence is none."""
    word = _word(said)
    return next((wish for wish, words in _BY_WISH.items() if words & {word, without_politeness(word)}), None)


def heard_by_provider(said: str) -> bool:
    """Whether the provider has acted on it too, and has answered it in its own words."""
    return _word(said) in PROVIDERS_STOP


def _word(said: str) -> str:
    try:
        return bare(tidy(said, limit=_LONGEST))
    except Unreadable:
        return ""
