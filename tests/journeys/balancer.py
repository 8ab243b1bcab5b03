"""A load balancer for tests: one address in front of several web processes, any of which may be dead."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

CHUNK = 65536
CONNECT_SECONDS = 1.0


class Balancer:
    """Hands each connection to the next web process that answers; closes it when none does."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listening.getsockname()[1]
        self._backends: Sequence[int] = ()
        self._turns = itertools.count()
        threading.Thread(target=self._accept, daemon=True).start()

    def stand_before(self, ports: Sequence[int]) -> None:
        """From now on connections go to these."""
        self._backends = tuple(ports)

    def close(self) -> None:
        """Accept nobody any more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            backend = self._reach()
            if backend is None:
                return
            with backend:
                back = threading.Thread(target=_pump, args=(backend, client), daemon=True)
                back.start()
                _pump(client, backend)
                back.join()

    def _reach(self) -> socket.socket | None:
        first = next(self._turns)
        for offset in range(len(self._backends)):
            port = self._backends[(first + offset) % len(self._backends)]
            with suppress(OSError):
                reached = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_SECONDS)
                reached.settimeout(None)
                return reached
        return None


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
