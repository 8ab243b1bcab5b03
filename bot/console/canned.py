"""Ready sentences for staff's replies, to be written, scoped, hidden and put back. For supervisors.

GET  /console/canned          all of them; those that come with the counter first
POST /console/canned          a new one
GET  /console/canned/<key>    one of them: its words in each language, and how it reads
POST /console/canned/<key>    do: save, hide, show, remove
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import canned
from bot.canned import BUILT_IN, CHANNELS, LONGEST_TEXT, LONGEST_TITLE, PLACEHOLDERS, BadCanned, CannedError, Typed
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store.canned_replies import Row
from dialogs.words import FALLBACK, language_name, languages
from integrations.sms.segments import segments

NOBODYS = Row("", "", {})


def canned_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("canned", __name__)

    @routes.get("/canned")
    @for_roles("supervisor")
    def every() -> AnyResponse:
        return make_response(_list(parts))

    @routes.post("/canned")
    @for_roles("supervisor")
    def add() -> AnyResponse:
        typed = _typed(request.form.get("key", "").strip().lower(), new=True)
        try:
            canned.save(parts, typed, by=whoever().name)
        except CannedError as error:
            return make_response(_list(parts, typed=typed, error=error), 409)
        return redirect(url_for("console.canned.look", key=typed.key), 303)

    @routes.get("/canned/<key>")
    @for_roles("supervisor")
    def look(key: str) -> AnyResponse:
        return make_response(_one(parts, _found(parts, key)))

    @routes.post("/canned/<key>")
    @for_roles("supervisor")
    def change(key: str) -> AnyResponse:
        row = _found(parts, key)
        try:
            _do(parts, key, by=whoever().name)
        except CannedError as error:
            return make_response(_one(parts, row, typed=_typed(key), error=error), 409)
        stays = request.form["do"] == "save"
        return redirect(url_for("console.canned.look", key=key) if stays else url_for("console.canned.every"), 303)

    return routes


def _do(parts: Parts, key: str, *, by: str) -> None:
    do, typed = request.form.get("do", ""), _typed(key)
    if do == "save":
        canned.save(parts, typed, by=by)
    elif do in ("hide", "show"):
        canned.hide(parts, key, typed.version, hidden=do == "hide", by=by)
    elif do == "remove":
        canned.remove(parts, key, typed.version, by=by)
    else:
        abort(400)


def _found(parts: Parts, key: str) -> Row:
    return next((row for row in canned.every(parts) if row.key == key), None) or abort(404)


def _typed(key: str, *, new: bool = False) -> Typed:
    form, version = request.form, request.form.get("version", "")
    return Typed(
        key=key,
        title=form.get("title", ""),
        texts={each: form.get(f"text-{each}", "") for each in languages()},
        channels=form.getlist("channel"),
        prefectures=form.get("prefectures", ""),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        new=new,
    )


def _list(parts: Parts, *, typed: Typed | None = None, error: CannedError | None = None) -> str:
    return page(parts, "canned.html", rows=canned.every(parts), built_in=BUILT_IN, **_form(parts, typed, error))


def _one(parts: Parts, row: Row, *, typed: Typed | None = None, error: CannedError | None = None) -> str:
    read = {each: canned.sample(parts, row, each) for each in sorted(row.texts, key=_japanese_first)}
    counted = {each: segments(text) for each, text in read.items()}
    return page(
        parts,
        "canned_one.html",
        row=row,
        read=read,
        counted=counted,
        is_built_in=row.key in BUILT_IN,
        **_form(parts, typed, error),
    )


def _japanese_first(language: str) -> tuple[bool, bool, str]:
    return language != FALLBACK, not language.startswith(FALLBACK), language


def _form(parts: Parts, typed: Typed | None, error: CannedError | None) -> Mapping[str, Any]:
    """What the fields are drawn from; typed: what stood in them when something was wrong."""
    return {
        "typed": typed,
        "fault": error if isinstance(error, BadCanned) else None,
        "overtaken": error is not None and not isinstance(error, BadCanned),
        "spoken": {each: language_name(each) for each in sorted(languages(), key=_japanese_first)},
        "channels": CHANNELS,
        "placeholders": PLACEHOLDERS,
        "longest": LONGEST_TEXT,
        "longest_title": LONGEST_TITLE,
    }
