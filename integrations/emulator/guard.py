"""Lets in only what comes from this machine's own pages and programs: no DNS rebinding, no cross-site posts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from integrations.emulator.config import EmulatorConfig, is_loopback
from integrations.emulator.incoming import json_answer


def install(app: Flask, config: EmulatorConfig) -> None:
    """Refuse foreign Hosts and Origins before anything else looks at the request."""

    def before() -> Response | None:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
        if not config.allow_non_loopback and not is_loopback(host):
            return json_answer(403, {"error": "this host name is not the emulator's"})
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
            return json_answer(403, {"error": "pages of other origins may not talk with the emulator"})
        return None

    app.before_request(before)
