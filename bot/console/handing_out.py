"""A file that somebody else has made, handed to the browser of a member so that it can do nothing there."""

from __future__ import annotations

from flask import Response

from bot.attached import ENDINGS, SHOWN
from bot.web.guard import unseen

# Even opened by itself it has no scripts, no forms and no origin of ours.
ALONE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def handed_out(content: bytes, kind: str, *, name: str) -> Response:
    """A picture to look at, anything else to be saved; name is without its ending."""
    response = Response(content, mimetype=kind)
    filename = f"{name}.{ENDINGS[kind]}"
    response.headers.set("Content-Disposition", "inline" if kind in SHOWN else "attachment", filename=filename)
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return unseen(response)
