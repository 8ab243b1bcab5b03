"""Ends a connection without an answer, as a far side that dies does."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OPEN_FILES = Path("/dev/fd")  # there on Linux and on macOS


def cut_connection(environ: Mapping[str, Any]) -> bool:
    """Shut the connection that this WSGI request came over; whether it was found.

    No WSGI server offers this, so the socket is looked up among our own open files by the address of its other end.
    """
    peer = (str(environ.get("REMOTE_ADDR", "")), int(environ.get("REMOTE_PORT") or 0))
    return any(_shut_if_to(peer, int(entry.name)) for entry in OPEN_FILES.iterdir() if entry.name.isdigit())


def _shut_if_to(peer: tuple[str, int], descriptor: int) -> bool:
    try:
        copy = os.dup(descriptor)
    except OSError:
        return False
    try:
        found = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return False
    with found:
        try:
            if found.getpeername()[:2] != peer:
                return False
            found.shutdown(socket.SHUT_RDWR)
        except OSError:
            return False
    return True
