"""What the tests of the office's own sign-in share: the way there and back, and what a browser is told."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx

from integrations.emulator.fixture import Emulator
from tests.bot.web.counter import Browser, Counter

THERE, BACK, SIGN_IN = "/console/sso", "/console/sso/back", "/console/sign-in"
MAIL = "agent@office.example.jp"


def settings(emulator: Emulator, **more: str) -> dict[str, str]:
    config = emulator.config
    client = {"OIDC_CLIENT_ID": config.oidc_client_id, "OIDC_CLIENT_SECRET": config.oidc_client_secret}
    return {"OIDC_ISSUER": emulator.oidc_issuer, **client, **more}


def servers(counter: Counter) -> tuple[str, str]:
    given = counter.parts.settings
    assert given.database_url
    assert given.redis_url
    return given.database_url.get_secret_value(), given.redis_url.get_secret_value()


def way_there(browser: Browser, to: str = "") -> str:
    """Where the browser is sent to."""
    answer = browser.client.get(THERE, query_string={"to": to})
    assert 302 == answer.status_code
    return str(answer.headers["Location"])


def at_the_provider(url: str, who: str) -> str:
    """Somebody chooses who they are there; gives the path that they are sent back to."""
    answer = httpx.get(url, params={**dict(parse_qsl(urlsplit(url).query)), "as": who}, trust_env=False)
    assert httpx.codes.FOUND == answer.status_code, answer.text
    found = urlsplit(answer.headers["Location"])
    return f"{found.path}?{found.query}"


def sign_in(browser: Browser, who: str = "agent", to: str = "") -> Browser:
    return browser.get(at_the_provider(way_there(browser, to), who))


def told(browser: Browser) -> str:
    found = re.search(r'role="alert"><p>(.*?)</p>', browser.text)
    return unescape(found[1]) if found else ""


def is_in(browser: Browser) -> bool:
    return 200 == browser.client.get("/console").status_code
