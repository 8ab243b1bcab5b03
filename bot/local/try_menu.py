"""The menu below the chat in a try: shown beside the start, which neither waits for it nor fails with it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.local.line_menu import put_up
from bot.settings import Settings
from integrations.channel import SendError
from integrations.line.menu_picture import NoFont


def show_menu(settings: Settings, say: Callable[[str], None]) -> threading.Thread:
    """Begin to show it on every phone of the emulator; `say` hears why it could not be shown."""
    # A daemon: drawing takes a second or two, and Ctrl-C must not wait for that.
    showing = threading.Thread(target=_show, args=(settings, say), name="menu", daemon=True)
    showing.start()
    return showing


def _show(settings: Settings, say: Callable[[str], None]) -> None:
    try:
        put_up(settings)
    except NoFont as why:
        say(f"The phones show no menu below the chat: {why} Everything else works without it.")
    except SendError as error:
        say(
            f"The phones show no menu below the chat ({error.code}); `python -m bot try` tries again at its next start."
        )
