"""The reward site in a browser of somebody's own, with the telephone or the mail box beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import httpx

HTTP_SECONDS = 60.0
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


class RewardSite:
    """The page behind one URL; redirects are followed, as a browser does."""

    def __init__(self, url: str) -> None:
        self._browser = httpx.Client(follow_redirects=True, timeout=HTTP_SECONDS, trust_env=False)
        self._url = url
        self.text = ""
        self.headers: Mapping[str, str] = {}
        self.look()

    def look(self, query: str = "") -> str:
        """Load the page, or the one after a choice that is not confirmed yet."""
        return self._seen(self._browser.get(self._url + query))

    def press(self, **fields: str) -> str:
        """Send the page's form with these fields."""
        hidden: Mapping[str, str] = dict(HIDDEN.findall(self.text))
        return self._seen(self._browser.post(self._url, data={**hidden, **fields}))

    def prove(self, read_code: Callable[[], str]) -> str:
        """Have a one-time code sent and enter it; on a closed page nothing is sent, and nothing happens."""
        if 'name="send"' in self.text:
            self.press(send="1")
            self.press(code=read_code())
        return self.text

    def choose(self, brand: str) -> str:
        """Pick a reward and confirm it."""
        self.look(f"?choose=1&brand={brand}")
        return self.press(brand=brand)

    def close(self) -> None:
        self._browser.close()

    def _seen(self, answer: httpx.Response) -> str:
        answer.raise_for_status()
        self.text, self.headers = answer.text, answer.headers
        return self.text
