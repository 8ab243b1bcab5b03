"""Who waits for a person: the queue of a member's team, the longest first, and what is somebody's already.

GET  /console/queue
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store import handoff_queue

AT_THE_DESK = ("agent", "supervisor")
MOST_LISTED = 100


def queue_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("queue", __name__)

    @routes.get("/queue")
    @for_roles(*AT_THE_DESK)
    def look() -> Response:
        who = whoever()
        lines = handoff_queue.queue(parts.db, who.id, who.prefectures, most=MOST_LISTED)
        counts = handoff_queue.counts(parts.db, who.id, who.prefectures)
        return make_response(page(parts, "queue.html", lines=lines, counts=counts, most=MOST_LISTED))

    return routes
