"""Rich menus: what is made, which picture it has, and which one everybody sees (reference: Rich menu)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from integrations.emulator.feed import Feed
from integrations.emulator.line_actions import Place, check_action
from integrations.emulator.line_fields import (
    Fields,
    Flag,
    Items,
    Nested,
    Number,
    Problem,
    Problems,
    Text,
    check_fields,
    objects,
)
from integrations.emulator.line_send import Refused, refuse_problems
from integrations.emulator.store import Store

MOST_MENUS = 1000
BIGGEST_PICTURE = 1024 * 1024
WIDTH, LEAST_HEIGHT, LEAST_RATIO = (800, 2500), 250, 1.45
FORMS = {"image/jpeg": "JPEG", "image/png": "PNG"}
AREA = Place(20, label_required=False)
DEFAULT = "default"

MENU: Fields = {
    "size": Nested(),
    "selected": Flag(required=True),
    "name": Text(300, required=True),
    "chatBarText": Text(14, required=True),
    "areas": Items(0, 20),
}
SIZE: Fields = {"width": Number(*WIDTH, required=True), "height": Number(LEAST_HEIGHT, 2500, required=True)}

Menu = dict[str, Any]


class RichMenus:
    """All rich menus of the account, kept over a restart."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._store = store
        self._feed = feed
        self._menus: dict[str, Menu] = {saved["richMenuId"]: saved for saved in store.load("menu")}
        self._pictures = {
            each["id"]: (each["type"], base64.b64decode(each["data"])) for each in store.load("menu_image")
        }
        self._default = next((saved["id"] for saved in store.load("menu_default")), "")

    def create(self, body: Mapping[str, Any]) -> str:
        """A new menu without a picture; its id. Raises Refused."""
        refuse_problems(list(_check_menu(body)))
        if len(self._menus) >= MOST_MENUS:
            raise Refused(400, "You can create up to 1000 rich menus")
        menu_id = f"richmenu-{secrets.token_hex(16)}"
        self._menus[menu_id] = {"richMenuId": menu_id, **{name: body[name] for name in MENU}}
        self._store.put("menu", menu_id, self._menus[menu_id])
        return menu_id

    def upload(self, menu_id: str, kind: str, data: bytes) -> None:
        """The picture of a menu, once. Raises Refused."""
        menu = self.get(menu_id)
        if kind not in FORMS:
            raise Refused(415, "Unsupported Media Type")
        if len(data) > BIGGEST_PICTURE:
            raise Refused(413, "Request entity too large")
        if menu_id in self._pictures:
            raise Refused(400, "An image has already been uploaded to the richmenu")
        if _size_of(data, FORMS[kind]) != (menu["size"]["width"], menu["size"]["height"]):
            raise Refused(400, "The image size is not valid")
        self._pictures[menu_id] = (kind, data)
        saved = {"id": menu_id, "type": kind, "data": base64.b64encode(data).decode()}
        self._store.put("menu_image", menu_id, saved)

    def picture(self, menu_id: str) -> tuple[str, bytes]:
        """(media type, content); raises Refused."""
        if menu_id not in self._pictures:
            raise Refused(404, "Not found")
        return self._pictures[menu_id]

    def all(self) -> list[Menu]:
        """Every menu, oldest first."""
        return list(self._menus.values())

    def get(self, menu_id: str) -> Menu:
        """One menu; raises Refused."""
        if menu_id not in self._menus:
            raise Refused(404, "richmenu not found")
        return self._menus[menu_id]

    def delete(self, menu_id: str) -> None:
        """Forget a menu; who saw it sees none. Raises Refused."""
        self.get(menu_id)
        del self._menus[menu_id]
        self._pictures.pop(menu_id, None)
        self._store.drop("menu", menu_id)
        self._store.drop("menu_image", menu_id)
        if menu_id == self._default:
            self.set_default("")

    def set_default(self, menu_id: str) -> None:
        """Everybody sees this menu from now on; "" takes it away. Raises Refused."""
        if menu_id:
            self.get(menu_id)
            if menu_id not in self._pictures:
                raise Refused(400, "must upload richmenu image before applying it to user")
            self._store.put("menu_default", DEFAULT, {"id": menu_id})
        else:
            self._store.drop("menu_default", DEFAULT)
        self._default = menu_id
        self._feed.touch()

    @property
    def default(self) -> str:
        """The id of the menu that everybody sees; "" when there is none."""
        return self._default

    def shown(self) -> Menu | None:
        """The menu on the phones, with the address of its picture."""
        menu = self._menus.get(self._default)
        return {**menu, "picture": f"/emulator/menu/{self._default}"} if menu else None


def _check_menu(body: Mapping[str, Any]) -> Problems:
    yield from _at_top(check_fields(MENU, body, ""))
    size = body.get("size")
    if not isinstance(size, dict):
        return
    wrong = list(check_fields(SIZE, size, "size"))
    yield from wrong
    if wrong:
        return
    if size["width"] / size["height"] < LEAST_RATIO:
        yield Problem("The ratio of width to height must be 1.45 or more", "size")
    for area, path in objects(body.get("areas"), "areas"):
        yield from _check_bounds(area.get("bounds"), f"{path}.bounds", size)
        yield from check_action(area.get("action"), f"{path}.action", AREA)


def _at_top(problems: Problems) -> Problems:
    """Paths of a menu begin with the property itself."""
    for problem in problems:
        yield Problem(problem.message, problem.property.removeprefix("."))


def _check_bounds(bounds: object, path: str, size: Mapping[str, Any]) -> Problems:
    if not isinstance(bounds, dict):
        yield Problem("May not be empty", path)
        return
    within: Fields = {
        "x": Number(0, size["width"], required=True),
        "y": Number(0, size["height"], required=True),
        "width": Number(1, size["width"], required=True),
        "height": Number(1, size["height"], required=True),
    }
    wrong = list(check_fields(within, bounds, path))
    yield from wrong
    if not wrong and (bounds["x"] + bounds["width"] > size["width"] or bounds["y"] + bounds["height"] > size["height"]):
        yield Problem("The area must be within the rich menu", path)


def _size_of(data: bytes, form: str) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(data), formats=(form,)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused(400, "The image is not valid") from error
