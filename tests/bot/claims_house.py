"""What the tests of the claims backends share: an imported list of coupons, claims, and backends really served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from bot.claims import BuiltinClaims
from bot.store import coupons
from bot.store.db import Pool, open_pool, transaction
from bot.store.vault import Vault
from bot.web.claims_api import PREFIX, Access, claims_api
from dialogs.rules.campaign import load_campaign
from dialogs.rules.claim import Claim, ClaimsBackend, CouponRef, DeliveryTarget, make_receipt_no
from integrations.claims.client import HttpClaims, HttpClaimsConfig

KINDS = ["builtin", "http-key", "http-token"]
KEY = "a key of both sides/+="
CAMPAIGN = "tochigi-2023-02"
TRIP = date(2023, 2, 23)
EXPIRY = date(2023, 2, 24)
VAULT_KEYS = {"test": bytes(32)}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


def import_coupons(pool: Pool, *rows: coupons.Row) -> None:
    with transaction(pool) as connection:
        coupons.stage(connection, rows)
        coupons.merge_staged(connection)


def coupon(number: str, snapshot: int | None = 1000, *, charged: bool = False, account: str = "none") -> coupons.Row:
    return "09", number, TRIP, EXPIRY, 2000, snapshot, charged, account


def ref(number: str, trip_date: date = TRIP) -> CouponRef:
    return CouponRef("09", number, trip_date)


def claim(serial: int, *numbers: str, applicant: str = "hanako", **changes: Any) -> Claim:
    fields: dict[str, Any] = {
        "receipt_no": make_receipt_no(serial),
        "coupons": tuple(ref(number) for number in numbers),
        "name": "栃木 花子",
        "contact": "+819011112222",
        "target": DeliveryTarget("sms", "+819011112222"),
        "campaign": CAMPAIGN,
        "campaign_version": 1,
        "acted_at": datetime(2023, 4, 5, 1, 0, tzinfo=UTC),
        "channel": "line",
        "applicant_key": applicant,
    }
    return Claim(**{**fields, **changes})


def builtin(pool: Pool, keys: Mapping[str, bytes] = VAULT_KEYS) -> BuiltinClaims:
    return BuiltinClaims(pool, Vault(keys), {CAMPAIGN: load_campaign(CAMPAIGN)})


@contextmanager
def opened(database_url: str) -> Iterator[Pool]:
    """A pool that is closed in the end; small, so that many threads also wait for its connections."""
    with closing(open_pool(database_url, size=8)) as pool:
        yield pool


@contextmanager
def claims_backend(kind: str, pool: Pool) -> Iterator[ClaimsBackend]:
    """One of KINDS on that database: the built-in one itself, or a client of it over real HTTP."""
    own = builtin(pool)
    if kind == "builtin":
        yield own
        return
    with served(claims_app(own)) as url:
        credentials = {
            "http-key": HttpClaimsConfig(url, shared_key=KEY),
            "http-token": HttpClaimsConfig(url, token_url=f"{url}/token", client_id="madoguchi", client_secret=KEY),
        }
        with closing(HttpClaims(credentials[kind])) as client:
            yield client


def claims_app(backend: ClaimsBackend, **access: Any) -> Flask:
    app = Flask(__name__)
    app.register_blueprint(claims_api(backend, Access(KEY, **access)), url_prefix=PREFIX)
    return app


@contextmanager
def served(app: Wsgi) -> Iterator[str]:
    """The address of that application, served on loopback by as many threads as ask."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
