"""LINE's rich menu endpoints (on the real LINE, the pictures are at api-data.line.me)."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from integrations.emulator.incoming import json_answer
from integrations.emulator.line_menus import RichMenus
from integrations.emulator.line_send import Refused

NEEDS_JSON = frozenset({"line.create_menu"})


def add_menus(routes: Blueprint, menus: RichMenus) -> None:
    """Hang the endpoints on the blueprint of LINE."""
    _add_menus(routes, menus)
    _add_default(routes, menus)


def _add_menus(routes: Blueprint, menus: RichMenus) -> None:
    @routes.post("/v2/bot/richmenu")
    def create_menu() -> Response:
        return json_answer(200, {"richMenuId": menus.create(g.body)})

    @routes.get("/v2/bot/richmenu/list")
    def list_menus() -> Response:
        return json_answer(200, {"richmenus": menus.all()})

    @routes.get("/v2/bot/richmenu/<menu_id>")
    def get_menu(menu_id: str) -> Response:
        return json_answer(200, menus.get(menu_id))

    @routes.delete("/v2/bot/richmenu/<menu_id>")
    def delete_menu(menu_id: str) -> Response:
        menus.delete(menu_id)
        return json_answer(200, {})

    @routes.post("/v2/bot/richmenu/<menu_id>/content")
    def upload_menu(menu_id: str) -> Response:
        menus.upload(menu_id, request.mimetype, request.get_data())
        return json_answer(200, {})

    @routes.get("/v2/bot/richmenu/<menu_id>/content")
    def menu_picture(menu_id: str) -> Response:
        kind, data = menus.picture(menu_id)
        return Response(data, content_type=kind)


def _add_default(routes: Blueprint, menus: RichMenus) -> None:
    @routes.get("/v2/bot/user/all/richmenu")
    def default_menu() -> Response:
        if not menus.default:
            raise Refused(404, "no default richmenu")
        return json_answer(200, {"richMenuId": menus.default})

    @routes.post("/v2/bot/user/all/richmenu/<menu_id>")
    def set_default_menu(menu_id: str) -> Response:
        menus.set_default(menu_id)
        return json_answer(200, {})

    @routes.delete("/v2/bot/user/all/richmenu")
    def no_default_menu() -> Response:
        menus.set_default("")
        return json_answer(200, {})
