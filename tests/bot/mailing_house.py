"""What tests of mailings share: parts on a database of their own, lists, and a look at the rows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

from bot.app import create_app
from bot.deliveries.planning import Found, Source, Told, plan
from bot.parts import Parts, open_parts
from bot.settings import settings_from
from bot.store.db import autocommit
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.journeys.house import free_port

HEADINGS = "prefecture,number,trip_date,balance,phone,mail,account,member,language\n"


@contextmanager
def opened(database_url: str, redis_url: str, **more: str) -> Iterator[Parts]:
    values = {
        "SECRET_KEYS": f"test:{b64encode(bytes(32)).decode()}",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "CLOCK": "demo",
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_FROM": "+15005550006",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "office@counter.example.jp",
    }
    with open_parts(settings_from({**values, **more}), threads=4) as parts:
        yield parts


@contextmanager
def house(database_url: str, redis_url: str, **more: str) -> Iterator[tuple[Parts, Emulator]]:
    """Parts whose web side answers the emulator, which plays LINE, Twilio and the mail relay; it is 2023-04-05, ten."""
    with ExitStack() as stack:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        emulator = stack.enter_context(running(EmulatorConfig(counter_url=url)))
        values = {
            "PUBLIC_BASE_URL": url,
            "TWILIO_ACCOUNT_SID": emulator.config.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": emulator.config.twilio_auth_token,
            "TWILIO_API_BASE": emulator.url,
            "VONAGE_API_BASE": emulator.url,
            "LINE_CHANNEL_ID": emulator.config.line_channel_id,
            "LINE_CHANNEL_SECRETS": emulator.config.line_channel_secrets[0],
            "LINE_API_BASE": emulator.url,
            "SMTP_URL": emulator.smtp_url,
            "SMS_RATE": "200",
            "MAIL_RATE": "200",
            "UNKNOWN_LOOKUP_AFTER": "1",
        }
        parts = stack.enter_context(opened(database_url, redis_url, **{**values, **more}))
        server = make_server("127.0.0.1", port, create_app(parts), threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        emulator.clock.set("2023-04-05T10:00:00+09:00")
        yield parts, emulator


def a_list(folder: Path, *rows: str, headings: str = HEADINGS) -> Path:
    path = folder / "balances.csv"
    path.write_text(headings + "".join(f"{row}\n" for row in rows))
    return path


def planned(parts: Parts, folder: Path, *rows: str, name: str = "april") -> Found:
    return plan(parts, Source(a_list(folder, *rows)), name, Told(), without_bad_rows=False)


def people(count: int, *, first: int = 10_000_001) -> Sequence[str]:
    """So many rows, each of another person with a telephone and a mail address."""
    serials = range(first, first + count)
    return [f"09,TG{serial},2023-02-23,1000,090{serial},p{serial}@example.jp,active,," for serial in serials]


def rows(parts: Parts, query: str, *values: object) -> list[tuple[Any, ...]]:
    with autocommit(parts.db) as connection:
        return connection.execute(query.encode(), values).fetchall()
