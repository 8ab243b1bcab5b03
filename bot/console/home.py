"""The first page after the sign-in, and what belongs to the frame: the language.

GET  /console             what there is to do
POST /console/language    talk with me in that language from now on
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.door import for_roles
from bot.console.drawing import LANGUAGES, page
from bot.console.visiting import whoever
from bot.console.waiting_work import waiting_for
from bot.parts import Parts
from bot.store import staff
from bot.store.db import transaction
from bot.store.staff import ROLES


def home_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("home", __name__)

    @routes.get("")
    @for_roles(*ROLES)
    def look() -> Response:
        return make_response(page(parts, "home.html", waits=waiting_for(parts, whoever().role)))

    @routes.post("/language")
    @for_roles(*ROLES)
    def speak() -> AnyResponse:
        language = request.form.get("language", "")
        if language not in LANGUAGES:
            abort(400)
        with transaction(parts.db) as connection:
            staff.speak(connection, whoever().id, language)
        return redirect(back_to(request.form.get("to", "")), 303)

    return routes


def back_to(wanted: str) -> str:
    """A page of the console to go (back) to; whatever else is asked for leads to the first one."""
    return wanted if wanted.startswith("/console") and wanted.isprintable() else url_for("console.home.look")
