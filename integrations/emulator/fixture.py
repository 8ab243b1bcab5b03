"""The whole emulator inside a test's own process.

with running(EmulatorConfig(counter_url=counter.url)) as emulator:
    hanako = emulator.line.person()
    hanako.follow()
    hanako.says("こんにちは")
    hanako.wait_for("窓口")
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from integrations.emulator import office_api, oidc_api, vendor_api
from integrations.emulator.app import app_of
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.driver import PATIENCE, ClockDriver, LineDriver, MailDriver, SmsDriver
from integrations.emulator.imap import PASSWORD
from integrations.emulator.server import ThreadedServer
from integrations.emulator.world import World


class Emulator:
    """A running emulator and the people in it."""

    def __init__(self, world: World, port: int) -> None:
        self._world = world
        self.config = world.config
        self.url = f"http://{world.config.host}:{port}"
        self.port = port
        self.smtp_port = world.mail_server.port
        self.smtp_url = f"smtp://user:pass@{world.config.host}:{self.smtp_port}"
        self.line = LineDriver(world)
        self.sms = SmsDriver(world)
        self.mail = MailDriver(world)
        self.clock = ClockDriver(world)
        self.faults = world.faults
        self.returned = world.returned
        self.menus = world.menus
        self.gifts = world.gifts
        self.chatwoot = world.chatwoot
        self.oidc_issuer = f"{self.url}{oidc_api.ROOT}"
        self.office = world.office
        self.webhook_url = f"{self.url}{office_api.ROOT}"
        self.rewards_url = f"{self.url}{vendor_api.ROOT}"

    @property
    def imap_url(self) -> str:
        """The mailbox of returned mail."""
        server = self._world.imap_server
        assert server is not None, "this emulator has no imap_port"  # noqa: S101 - a mistake of the test's
        return f"imap://bounces:{PASSWORD}@{self.config.host}:{server.port}/INBOX"

    @property
    def wire(self) -> list[dict[str, Any]]:
        """What went over the wire so far, as GET /emulator/wire shows it."""
        return self._world.wire.since()

    @property
    def pending(self) -> int:
        """Events, callbacks and texts that the counter has not taken yet."""
        return self._world.courier.pending()

    def settle(self, timeout: float = PATIENCE) -> None:
        """Return when the counter has taken all that was for it; raises TimeoutError."""
        until = time.monotonic() + timeout
        while self.pending:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.pending} deliveries are still under way")
            time.sleep(0.01)


@contextmanager
def running(config: EmulatorConfig, *, keep_ports: bool = False) -> Iterator[Emulator]:
    """A started emulator on free ports, or on those of the config when a restart must come back to them."""
    world = World(config if keep_ports else replace(config, port=0, smtp_port=0, imap_port=0))
    world.start()
    server = ThreadedServer(config.host, world.config.port, app_of(world))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Emulator(world, server.port)
    finally:
        server.shutdown()
        thread.join()
        server.end_connections()
        server.server_close()
        world.stop()
