"""Pleasant where a channel can do it, and never a reason to wait or to fail: their own language, a sign of work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.parts import Parts
from dialogs.message import Address, Inbound
from dialogs.words import FALLBACK, languages
from integrations.channel import KnowsLanguage, ShowsLoading

SLOW_AFTER = 1.0  # seconds; an answer that comes sooner needs no sign, and each one costs a call


def first_language(parts: Parts, said: Inbound) -> str:
    """In which of our languages a conversation begins: the page's, else that of their account, else Japanese."""
    channel = parts.channels.get(said.address.channel)
    tag = said.language or (channel.profile_language(said.address.user) if isinstance(channel, KnowsLanguage) else None)
    spoken = (tag, tag.partition("-")[0]) if tag else ()
    return next((language for language in spoken if language in languages()), FALLBACK)


@contextmanager
def sign_of_work(parts: Parts, address: Address) -> Iterator[None]:
    """While something is found out that may take long, show it, once it has taken long."""
    channel = parts.channels.get(address.channel)
    if not isinstance(channel, ShowsLoading):
        yield
        return
    timer = threading.Timer(SLOW_AFTER, channel.show_loading, [address.user])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # A sign that is on its way must come before the answer: after it, it would stay for its full time.
        timer.join()
