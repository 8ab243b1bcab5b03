"""Alarms: which last, which there were, and from when on each is raised and whom it tells.

GET  /console/alarms
POST /console/alarms/<kind>              its rule: on or off, its threshold, whom it tells
POST /console/alarms/<uuid:alarm>/seen   somebody takes care of it
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import alarms
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import alarms as kept
from bot.store import audit
from bot.store.alarms import Rule
from bot.store.db import Connection, autocommit, transaction

MOST_ENDED = 50
HIGHEST = {"queue_age": 1440, "unmatched": 100, "undelivered": 100_000, "code_stock": 1_000_000, "provider_errors": 100}
NUMBER = re.compile(r"[0-9]{1,7}")
MOST = {"minutes": 1440, "least": 100_000}


class BadNumber(Exception):
    """What stands in that field is none of the numbers that it may hold."""

    def __init__(self, field: str, most: int) -> None:
        super().__init__(field)
        self.field, self.most = field, most


def alarm_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("alarms", __name__)

    @routes.get("/alarms")
    @for_roles("supervisor")
    def look() -> Response:
        return _drawn(parts)

    @routes.post("/alarms/<kind>")
    @for_roles("supervisor")
    def set_rule(kind: str) -> AnyResponse:
        if kind not in HIGHEST:
            abort(404)
        try:
            _set(parts, kind)
        except BadNumber as wrong:
            return _drawn(parts, kind=kind, wrong=wrong)
        return redirect(url_for("console.alarms.look", saved=kind), 303)

    @routes.post("/alarms/<uuid:alarm>/seen")
    @for_roles("supervisor")
    def seen(alarm: UUID) -> AnyResponse:
        with transaction(parts.db) as connection:
            if kept.see(connection, alarm, by=whoever().name):
                _note(parts, connection, "alarm.seen", str(alarm), {})
        return redirect(url_for("console.alarms.look"), 303)

    return routes


def _set(parts: Parts, kind: str) -> None:
    """Raises BadNumber."""
    with transaction(parts.db) as connection:
        before = alarms.rules(parts, connection)[kind]
        rule = _typed(parts, before)
        if rule == before:
            return
        kept.set_rule(connection, rule)
        old, new = asdict(before), asdict(rule)
        changed = {name: f"{old[name]} → {new[name]}" for name in old if old[name] != new[name]}
        _note(parts, connection, "alarm.set", kind, changed)


def _typed(parts: Parts, before: Rule) -> Rule:
    """The rule that the form asks for. Raises BadNumber."""
    form, mail_to = request.form, request.form.get("mail_to", "")
    rule = replace(
        before,
        is_on="is_on" in form,
        threshold=_number("threshold", HIGHEST[before.kind]),
        by_webhook="by_webhook" in form,
        mail_to=mail_to if mail_to in ("", *_teams(parts, before)) else before.mail_to,
    )
    if before.kind not in alarms.SHARES:
        return rule
    return replace(rule, minutes=_number("minutes", MOST["minutes"]), least=_number("least", MOST["least"]))


def _number(field: str, most: int) -> int:
    typed = unicodedata.normalize("NFKC", request.form.get(field, "")).replace(",", "").strip()
    if not NUMBER.fullmatch(typed) or not 1 <= int(typed) <= most:
        raise BadNumber(field, most)
    return int(typed)


def _teams(parts: Parts, rule: Rule) -> tuple[str, ...]:
    """Who can be told by mail; whom the rule names already stays on offer."""
    return tuple(dict.fromkeys((*parts.settings.team_addresses, *((rule.mail_to,) if rule.mail_to else ()))))


def _drawn(parts: Parts, *, kind: str = "", wrong: BadNumber | None = None) -> Response:
    with autocommit(parts.db) as connection:
        rules = alarms.rules(parts, connection)
    drawn = page(
        parts,
        "alarms.html",
        rules=[(rule, _teams(parts, rule)) for rule in rules.values()],
        ended=kept.ended(parts.db, most=MOST_ENDED),
        shares=alarms.SHARES,
        alarm_subject=partial(alarms.subject_name, staff_words(language())),
        webhook=parts.webhook is not None,
        mail=bool(parts.settings.team_addresses),
        saved=request.args.get("saved", ""),
        wrong_kind=kind,
        wrong=wrong,
        typed=request.form,
    )
    return make_response(drawn, 400 if wrong else 200)


def _note(parts: Parts, connection: Connection, action: str, subject: str, details: Mapping[str, str]) -> None:
    audit.add(connection, actor=whoever().name, action=action, subject=subject, at=parts.clock.now(), details=details)
