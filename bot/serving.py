"""The web process: granian in front of create_web()."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from bot.settings import Settings

BACKLOG = 1024


def serve_web(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished."""
    server = Granian(
        target="bot.app:create_web",
        factory=True,
        address=settings.bind_address,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        backlog=BACKLOG,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,  # threads that wait for a database are no reason for its warning about cores
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    server.serve()
