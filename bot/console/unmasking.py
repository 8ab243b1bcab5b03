"""Personal data is masked. A button shows one field of one subject for ten minutes, to who pressed it, in the audit.

POST /console/unmask    subject, field, and the page to go back to
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from bot.console.door import for_roles
from bot.console.home import back_to
from bot.console.visiting import visit, whoever
from bot.parts import Parts
from bot.staff import note
from bot.store import staff_unmasked
from bot.store.db import transaction
from bot.store.staff import ROLES

# Each has its word under unmask.field.
FIELDS = ("name", "contact", "target", "told", "holder", "account", "address", "lodging", "old", "new")
SUBJECT = re.compile(r"[a-z_]+:[\w-]{1,64}", re.ASCII)  # a kind and an id, as the audit names it: «call:0189…»


@dataclass(frozen=True)
class Veiled:
    """A personal value as the macro console/veiled.html draws it; text holds what may be seen, and nothing else."""

    subject: str
    field: str
    text: str
    bare: bool


class Veil:
    """What this session may see of one subject."""

    def __init__(self, parts: Parts, subject: str) -> None:
        here = visit(parts)
        self._subject = subject
        self._bare = staff_unmasked.fields(parts.db, here.id, subject) if here else frozenset()

    def over(self, field: str, *, masked: str, plain: str) -> Veiled:
        bare = field in self._bare
        return Veiled(self._subject, field, plain if bare else masked, bare)


class AllOrNothing:
    """A veil for what is taken away: what the session may see does not count, only what was chosen for it."""

    def __init__(self, subject: str, *, bare: bool) -> None:
        self._subject = subject
        self._bare = bare

    def over(self, field: str, *, masked: str, plain: str) -> Veiled:
        return Veiled(self._subject, field, plain if self._bare else masked, bare=True)


def unmasking(parts: Parts) -> Blueprint:
    routes = Blueprint("unmasking", __name__)

    @routes.post("/unmask")
    @for_roles(*ROLES)
    def unmask() -> Response:
        subject, field, here = request.form.get("subject", ""), request.form.get("field", ""), visit(parts)
        if here is None or field not in FIELDS or not SUBJECT.fullmatch(subject):
            abort(400)
        with transaction(parts.db) as connection:
            staff_unmasked.unmask(connection, here.id, subject, field)
            note(parts, connection, "unmasked", subject, by=whoever().name, field=field)
        return redirect(back_to(request.form.get("to", "")), 303)

    return routes
