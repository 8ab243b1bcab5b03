"""The rich menu of the account: made, given its picture and shown to everybody, once for each content.

A menu cannot be changed at LINE, only replaced; its name carries a hash of all that it is, so that the same again
does nothing, and what was begun and not finished is taken away.
Reference: https://developers.line.biz/en/reference/messaging-api/#rich-menu
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from linebot.v3.messaging import (  # type: ignore[import-untyped]  # the SDK ships no types
    ApiException,
    MessageAction,
    MessagingApi,
    MessagingApiBlob,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)
from urllib3.exceptions import HTTPError

from integrations.channel import Misconfigured, SendLater
from integrations.line.menu_picture import HEIGHT, WIDTH, Drawn, boxes, draw_menu

OURS = "madoguchi "  # how the names of our menus begin; others in the account are left alone


class Tapped(Drawn, Protocol):
    """An area and the words that a tap on it says."""

    @property
    def says(self) -> str: ...


@dataclass(frozen=True)
class Published:
    """The menu that everybody sees now; whether it is new, and how many older ones were taken away."""

    menu_id: str
    is_new: bool
    removed: int


class Menus:
    """The menus of one account. options() gives what every call takes: time-outs and the token."""

    def __init__(self, api: MessagingApi, blob: MessagingApiBlob, options: Callable[[], Mapping[str, Any]]) -> None:
        self._api = api
        self._blob = blob
        self._options = options

    def publish(self, areas: Sequence[Tapped], *, bar: str) -> Published:
        """Show this menu to everybody. Raises NoFont, SendError."""
        picture = draw_menu(areas)
        request = _request(areas, bar, picture)
        try:
            return self._publish(request, picture)
        except ApiException as error:
            kind = SendLater if error.status == 429 or error.status >= 500 else Misconfigured
            raise kind(f"line_{error.status}") from None
        except HTTPError:
            raise SendLater("line_unreachable") from None

    def _publish(self, request: RichMenuRequest, picture: bytes) -> Published:
        ours = {menu["richMenuId"]: menu["name"] for menu in self._listed() if menu["name"].startswith(OURS)}
        shown = self._shown()
        is_new = ours.get(shown) != request.name
        if is_new:
            shown = self._made(request, picture)
        # The old ones only now: nobody is without a menu meanwhile.
        old = [menu_id for menu_id in ours if menu_id != shown]
        for menu_id in old:
            self._api.delete_rich_menu_with_http_info(menu_id, **self._options())
        return Published(shown, is_new, len(old))

    def _made(self, request: RichMenuRequest, picture: bytes) -> str:
        created = self._api.create_rich_menu_with_http_info(request, **self._options())
        menu_id = str(json.loads(created.raw_data)["richMenuId"])
        self._blob.set_rich_menu_image_with_http_info(
            menu_id, picture, _headers={"Content-Type": "image/png"}, **self._options()
        )
        self._api.set_default_rich_menu_with_http_info(menu_id, **self._options())
        return menu_id

    def _listed(self) -> list[dict[str, Any]]:
        # as sent: {"richmenus": [{"richMenuId": "richmenu-0a1b…", "name": "madoguchi 4c5d…", "size": {…}, …}]}
        listed: list[dict[str, Any]] = json.loads(
            self._api.get_rich_menu_list_with_http_info(**self._options()).raw_data
        )["richmenus"]
        return listed

    def _shown(self) -> str:
        try:
            shown = self._api.get_default_rich_menu_id_with_http_info(**self._options())
        except ApiException as error:
            if error.status == 404:  # there is none
                return ""
            raise
        return str(json.loads(shown.raw_data)["richMenuId"])


def _request(areas: Sequence[Tapped], bar: str, picture: bytes) -> RichMenuRequest:
    drawn = [
        RichMenuArea(
            bounds=RichMenuBounds(x=x, y=y, width=width, height=height),
            action=MessageAction(label=area.title, text=area.says),
        )
        for area, (x, y, width, height) in zip(areas, boxes(), strict=True)
    ]
    request = RichMenuRequest(
        size=RichMenuSize(width=WIDTH, height=HEIGHT), selected=True, name=OURS, chat_bar_text=bar, areas=drawn
    )
    request.name = OURS + hashlib.sha256(request.to_json().encode() + picture).hexdigest()[:24]
    return request
