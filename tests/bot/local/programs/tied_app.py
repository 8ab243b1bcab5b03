"""A web app whose workers end with the server that started them."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from bot.lifeline import die_with_parent


def create() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    die_with_parent()
    # In one write: two workers that print piece by piece may share a line.
    os.write(1, f"tied {os.getpid()} {os.getppid()}\n".encode())

    def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("204 No Content", [])
        return []

    return app


if __name__ == "__main__":
    Granian("tied_app:create", factory=True, interface=Interfaces.WSGI, workers=2, port=int(sys.argv[1])).serve()
