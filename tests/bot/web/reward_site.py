"""What the tests of the page behind the URL share: a stock of codes, somebody with points, their way to the rewards."""

from __future__ import annotations

from datetime import date

from bot.app import create_app
from bot.store.db import autocommit
from dialogs.words import words
from integrations.rewards.code import RewardCode
from tests.bot.rewards_house import from_stock, put_on_stock
from tests.bot.web.counter import LATER_PAGES, Browser, Counter

JA = words("ja")
CODE = RewardCode("SAMPLE-EDY-0001", pin="4711", url="https://edy.example.jp/gift", expires_on=date(2024, 3, 31))
TARGET = "+819012345678"
OF_A_LIST = """
INSERT INTO entitlements (id, coupon_number, campaign, campaign_version, amount, token_hash, token, target, created_at)
SELECT gen_random_uuid(), 'AB99887766', 'tochigi-2023-02', 2, 77000, sha256('2'), '', %s, now()
"""
STAND = """
SELECT e::text, (SELECT count(*) FROM outgoing), (SELECT count(given_to) FROM reward_codes) FROM entitlements e
"""


def stocked(counter: Counter) -> Counter:
    """The same counter, with rewards that come from a stock of codes."""
    counter.parts = from_stock(counter.parts)
    counter.app = create_app(counter.parts)
    return counter


def accepted(counter: Counter, inside: Browser) -> str:
    """The token of somebody whose application was accepted for 1,000 yen, when Edy and nanaco are on stock."""
    put_on_stock(counter.parts, "edy", 1000, [CODE])
    put_on_stock(counter.parts, "nanaco", 1000, ["SAMPLE-NANACO-1", "SAMPLE-NANACO-2"])
    return entitled(counter, inside)


def entitled(counter: Counter, inside: Browser, amount: int = 1000) -> str:
    inside.answer(*LATER_PAGES).answer(counter.code())
    inside.post("/form/here").answer("submit")
    counter.parts.redis.flushdb()
    return counter.entitled(amount)


def proven(counter: Counter, token: str) -> Browser:
    """A browser that has come up to the rewards."""
    page = Browser(counter).get(f"/r/{token}").post(f"/r/{token}", send="1")
    return page.post(f"/r/{token}", code=counter.code())


def choose(page: Browser, token: str, brand: str) -> Browser:
    return page.get(f"/r/{token}?choose=1&brand={brand}").post(f"/r/{token}", brand=brand)


def stand(counter: Counter) -> object:
    with autocommit(counter.parts.db) as connection:
        return connection.execute(STAND).fetchall()


def state(counter: Counter) -> tuple[str, str | None]:
    with autocommit(counter.parts.db) as connection:
        [row] = connection.execute("SELECT state, brand FROM entitlements").fetchall()
    return row[0], row[1]
