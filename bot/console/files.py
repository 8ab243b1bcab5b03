"""Pictures and files that people have sent to staff, for whoever may see the conversation that they came in.

GET /console/files/<uuid:file>            the whole: a picture to look at, anything else to be saved; in the audit
GET /console/files/<uuid:file>/preview    a small picture, drawn anew, for the page of the conversation
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort

from bot.console.conversation_view import seen_handoffs
from bot.console.door import for_roles
from bot.console.handing_out import handed_out
from bot.console.queue import AT_THE_DESK
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.staff import note
from bot.store import received_files
from bot.store.db import autocommit, transaction
from bot.store.received_files import Received


def file_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("files", __name__)

    @routes.get("/files/<uuid:file>")
    @for_roles(*AT_THE_DESK)
    def look(file: UUID) -> Response:
        found = _found(parts, file)
        with transaction(parts.db) as connection:
            sealed = received_files.content(connection, file)
            if sealed is None:
                abort(404)
            subject = f"conversation:{found.conversation}"
            note(parts, connection, "file_opened", subject, by=whoever().name, file=str(file))
        return handed_out(parts.vault.open(sealed, "received_files.content"), found.kind, name=f"file-{file.hex[-6:]}")

    @routes.get("/files/<uuid:file>/preview")
    @for_roles(*AT_THE_DESK)
    def preview(file: UUID) -> Response:
        _found(parts, file)
        with autocommit(parts.db) as connection:
            sealed = received_files.preview(connection, file)
        if sealed is None:
            abort(404)
        return handed_out(parts.vault.open(sealed, "received_files.preview"), "image/jpeg", name="preview")

    return routes


def _found(parts: Parts, file: UUID) -> Received:
    """The file; to whoever may not see its conversation there is none."""
    found = received_files.by_id(parts.db, file)
    if found is None or not seen_handoffs(parts, found.conversation, whoever()):
        abort(404)
    return found
