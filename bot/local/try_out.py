"""`bot try`: the whole counter on this machine, engines and emulator included, until Ctrl-C.

CannotTry              why not, in words for the person at the keyboard
"""

from __future__ import annotations

import base64
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.coupons_import import import_file
from bot.local.engines import Engines, embedded_engines
from bot.local.family import Child, Family, keep_up, until_told_to_stop
from bot.local.try_menu import show_menu
from bot.local.try_settings import (
    SAMPLE_CAMPAIGN,
    SAMPLE_COUPONS,
    SAMPLES_TO_TYPE,
    SMTP_PORT_ABOVE_EMULATOR,
    desk_settings,
    try_settings,
)
from bot.local.try_staff import STAFF, bring_staff
from bot.settings import PROJECT, Settings, settings_from
from bot.store.db import open_pool
from bot.store.migrate import upgrade
from bot.store.overview import has_coupons
from dialogs.rules.campaign import load_campaign

COMMANDS = {"emulator": "emulator", "worker": "worker", "web": "serve"}
COLOURS = {"emulator": "magenta", "worker": "green", "web": "cyan"}
# What may be set for a try. Credentials are not among it: trying the counter must not write to real people.
PLACES = ("PORT", "EMULATOR_PORT", "DATA_DIR")
SERVERS = ("DATABASE_URL", "REDIS_URL")
PASSED_ON = ("CAMPAIGN", "DEMO_CLOCK_START", "WEB_WORKERS", "WEB_THREADS", "WORKER_THREADS", "LOG_LEVEL")
WITH_DESK = "TRY_CHATWOOT"  # set to anything: the emulator plays Chatwoot too
NO_KEY_YET = "none:" + base64.b64encode(bytes(32)).decode()
PORT_PATIENCE_SECONDS = 3.0  # what a kill -9 left behind has let go by then
SLOW_START_SECONDS = 60.0


class CannotTry(Exception):
    """What stands in the way, and what to do about it."""


class Terminal(Console):
    """A console that falls silent, so that we still end in order, when the other side of its pipe is gone."""

    def on_broken_pipe(self) -> None:
        """Called by rich, whose own answer is to end the process here and now."""
        self.quiet = True


def try_out(environment: Mapping[str, str]) -> None:
    """Run everything until Ctrl-C or SIGTERM; raises CannotTry, EnginesError, BadSettings.

    `environment` is this process's own. Call it in the main thread.
    """
    values = trial_values(environment)
    settings = settings_from(values)
    terminal = Terminal(highlight=False, soft_wrap=True)
    with until_told_to_stop() as told, _engines(settings, terminal) as engines:
        check_ports(settings)
        upgrade(engines.database_url)
        bring_samples(engines.database_url, settings, terminal)
        servers = {"DATABASE_URL": engines.database_url, "REDIS_URL": engines.redis_url}
        password = bring_staff(settings_from({**values, **servers}))
        family = Family(_children(values, engines, environment), lambda name, line: _say(terminal, name, line))
        welcome = _Welcome(terminal, settings, staff_password=password)

        def look() -> None:
            _check_engines(engines, settings)
            welcome.look()

        keep_up(family, told, after_each_look=look)
    terminal.print("Stopped. What was said and decided is kept; `make run` goes on from here.")


def trial_values(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of a try by their names: made up, but for ports, folder, servers and sizes; raises BadSettings."""
    places = trial_places(environment)
    made_up = try_settings(places.data_dir, port=places.port, emulator_port=places.emulator_port)
    if environment.get(WITH_DESK):
        made_up |= desk_settings(emulator_port=places.emulator_port)
    return {name: value for name, value in {**_named(environment), **made_up}.items() if value}


def trial_places(environment: Mapping[str, str]) -> Settings:
    """The ports and the folder of a try, before anything is made there; raises BadSettings."""
    return settings_from({**_named(environment), "SECRET_KEYS": NO_KEY_YET})


def _named(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment.get(name, "") for name in (*PLACES, *SERVERS, *PASSED_ON)}


def check_ports(settings: Settings) -> None:
    """Raises CannotTry that names the port and its variable when another program has it."""
    wanted = {
        "PORT": settings.port,
        "EMULATOR_PORT": settings.emulator_port,
        "EMULATOR_PORT (its mail port)": settings.emulator_port + SMTP_PORT_ABOVE_EMULATOR,
    }
    if len(set(wanted.values())) < len(wanted):
        raise CannotTry(f"PORT={settings.port} and EMULATOR_PORT={settings.emulator_port} collide. Choose others.")
    for name, port in wanted.items():
        if not _free_soon(port):
            variable = name.split()[0]
            other = port + 100 if variable == "PORT" else settings.emulator_port + 100
            raise CannotTry(
                f"Port {port} is taken by another program; {name} chooses it. Try: {variable}={other} make run"
            )


def bring_samples(database_url: str, settings: Settings, terminal: Console) -> None:
    """At the very first start: coupons that a newcomer can apply for, and two of them to type."""
    if settings.campaign != SAMPLE_CAMPAIGN:
        return
    pool = open_pool(database_url, size=1)
    try:
        if has_coupons(pool):
            return
        report = import_file(pool, SAMPLE_COUPONS, campaign=load_campaign(settings.campaign))
    finally:
        pool.close()
    numbers = " and ".join(f"{number} ({trip} trip)" for number, trip in SAMPLES_TO_TYPE.items())
    terminal.print(
        f"{report.new} sample coupons are imported. Two inquiry numbers to type: {numbers}; "
        f"more are in {SAMPLE_COUPONS.relative_to(PROJECT)}."
    )


@contextmanager
def _engines(settings: Settings, terminal: Console) -> Iterator[Engines]:
    if settings.database_url and settings.redis_url:
        yield Engines(settings.database_url.get_secret_value(), settings.redis_url.get_secret_value())
        return
    terminal.print("Starting PostgreSQL and Valkey …")
    with embedded_engines(settings.data_dir) as embedded:
        yield Engines(
            settings.database_url.get_secret_value() if settings.database_url else embedded.database_url,
            settings.redis_url.get_secret_value() if settings.redis_url else embedded.redis_url,
            embedded.processes,
        )


def _children(values: Mapping[str, str], engines: Engines, environment: Mapping[str, str]) -> list[Child]:
    ours = {
        # A setting of this machine's that a try does not make up would lead to whoever is really there.
        **{name: value for name, value in environment.items() if name.lower() not in Settings.model_fields},
        **values,
        "DATABASE_URL": engines.database_url,
        "REDIS_URL": engines.redis_url,
        "ENV_FILE": "/dev/null",  # a .env with real credentials stays out of it
        "COUNTER_URL": values["PUBLIC_BASE_URL"],
        "EMULATOR_SMTP_PORT": values["SMTP_URL"].rpartition(":")[2],
        "EMULATOR_STORE": f"{values['DATA_DIR']}/emulator.db",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(PROJECT),
    }
    return [Child(name, [sys.executable, "-m", "bot", command], ours) for name, command in COMMANDS.items()]


def _check_engines(engines: Engines, settings: Settings) -> None:
    if any(process.poll() is not None for process in engines.processes):
        raise CannotTry(f"PostgreSQL or Valkey has ended by itself; why stands in {settings.data_dir}/*.log")


class _Welcome:
    """Says once that all is ready, or that it takes long."""

    def __init__(self, terminal: Console, settings: Settings, *, staff_password: str) -> None:
        self._terminal, self._settings, self._staff_password = terminal, settings, staff_password
        self._since, self._ready, self._slow = time.monotonic(), False, False

    def look(self) -> None:
        if self._ready:
            return
        self._ready = _answers(f"http://127.0.0.1:{self._settings.port}/healthz") and not _free(
            self._settings.emulator_port
        )
        if self._ready:
            self._terminal.print(_addresses(self._settings, self._staff_password))
            show_menu(self._settings, self._terminal.print)
        elif not self._slow and time.monotonic() - self._since > SLOW_START_SECONDS:
            self._slow = True
            self._terminal.print(
                f"/healthz has not answered for {SLOW_START_SECONDS:g} seconds; the lines above say why."
            )


def _addresses(settings: Settings, staff_password: str) -> Panel:
    lines = (
        ("Talk with the counter on a phone: ", f"http://127.0.0.1:{settings.emulator_port}\n"),
        ("The counter itself:               ", f"{settings.public_base_url}\n"),
        ("The staff's side of it:           ", f"{settings.public_base_url}/console\n"),
    )
    text = Text.assemble(*(part for label, address in lines for part in (label, (address, "bold underline"))))
    logins = ", ".join(wanted.login for wanted in STAFF)
    text.append(f"  as {logins};\n  password {staff_password}; the page shows the code.\n")
    text.append(f"It is {settings.demo_clock_start:%Y-%m-%d} there; the page moves the date. Ctrl-C stops everything.")
    return Panel(text, title="Madoguchi is open", expand=False)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _free_soon(port: int) -> bool:
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    while not _free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections that a stopped server left in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _say(terminal: Console, name: str, line: str) -> None:
    terminal.print(Text.assemble((f"{name:>8} │ ", COLOURS[name]), line))
