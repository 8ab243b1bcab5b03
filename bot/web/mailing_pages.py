"""What mailings lead to beside the reward site: a page that stops reminders, and one that takes a code for a URL.

GET  /u/<token>   says what would be stopped; POST stops it (mail programs post by themselves, RFC 8058)
GET  /code        a field for the code of an SMS that may hold no URL; POST leads on to the reward site
"""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from bot.parts import Parts
from bot.store import left_to_staff, suppressions
from bot.store.db import transaction
from bot.store.entitlements import Right
from bot.store.suppressions import Suppression
from bot.web.again import answered_by_get
from bot.web.drawing import page
from bot.web.guard import check_csrf, limit_form, unseen
from bot.web.right import right_behind, right_or_404

LONGEST_CODE = 40


def mailing_pages(parts: Parts) -> Blueprint:
    """GET and POST /u/<token> and /code."""
    routes = Blueprint("mailings", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)
    answered_by_get(routes, parts)

    @routes.get("/u/<token>")
    def look(token: str) -> Response:
        return _stop_page(parts, right_or_404(parts, token), done=False)

    @routes.post("/u/<token>")
    def stop(token: str) -> Response:
        # No token of a form: the address itself is the secret, and a mail program knows nothing else.
        right = right_or_404(parts, token)
        _stop(parts, right)
        return _stop_page(parts, right, done=True)

    @routes.get("/code")
    def ask() -> Response:
        return make_response(page(parts, "mailing_code.html", wrong=False, typed=""))

    @routes.post("/code")
    def take() -> Response:
        check_csrf()
        typed = request.form.get("code", "")[:LONGEST_CODE]
        token = "".join(filter(str.isalnum, typed))
        if right_behind(parts, token) is None:
            return make_response(page(parts, "mailing_code.html", wrong=True, typed=typed), 404)
        return redirect(f"/r/{token}", 303)

    return routes


def _stop(parts: Parts, right: Right) -> None:
    now = parts.clock.now()
    with transaction(parts.db) as connection:
        for person, channel in left_to_staff.persons_of(connection, right.id):
            source = f"{right.id}:{channel}"
            suppressions.add(connection, Suppression(channel, person, "one_click", now, source, kind="reminders"))


def _stop_page(parts: Parts, right: Right, *, done: bool) -> Response:
    return make_response(page(parts, "mailing_stop.html", campaign=parts.campaigns.seen_by(right), done=done))
