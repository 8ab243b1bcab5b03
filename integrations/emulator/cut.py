"""Ends a connection without an answer, as a far side that dies does."""

from __future__ import annotations

from flask import Response


class ConnectionCut(ConnectionError):
    """The answer that breaks off before its first byte."""


def cut_answer() -> Response:
    """An answer whose body fails at once: the server can only close the connection, and nothing was sent yet.

    The length must be announced, or granian would send the head of a chunked answer first.
    """
    return Response(iter(_break_off, b""), status=500, headers={"Content-Length": "1"})


def _break_off() -> bytes:
    raise ConnectionCut
