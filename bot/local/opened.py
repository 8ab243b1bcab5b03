"""What a command of staff begins with: the counter's parts, and a screen to print on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from bot.local.importing import wide_screen
from bot.parts import Parts, open_parts
from bot.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Parts, Console]]:
    """Raises psycopg.Error, Unopenable."""
    with open_parts(settings, threads=1) as parts:
        yield parts, wide_screen()
