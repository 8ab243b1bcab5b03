"""The console as a whole: its pages under one blueprint, behind one door. A new page is a line of PAGES."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, Response, abort, make_response
from werkzeug.exceptions import HTTPException

from bot.console.alarms import alarm_pages
from bot.console.applications import application_pages
from bot.console.audit import audit_pages
from bot.console.bulk import bulk_pages
from bot.console.calls import call_pages
from bot.console.canned import canned_pages
from bot.console.case_files import case_files
from bot.console.cases import case_pages
from bot.console.contacts import contact_pages
from bot.console.conversations import conversation_pages
from bot.console.deliveries import delivery_pages
from bot.console.delivery_acts import delivery_acts
from bot.console.delivery_plan import delivery_plan
from bot.console.disputes import dispute_pages
from bot.console.door import for_roles, watch
from bot.console.drawing import page
from bot.console.enrolment import enrolment_pages
from bot.console.figures import figure_pages
from bot.console.files import file_pages
from bot.console.funnel import funnel_pages
from bot.console.histories import history_pages
from bot.console.home import home_pages
from bot.console.lists import list_files
from bot.console.live import live_pages
from bot.console.queue import queue_pages
from bot.console.refund_files import refund_file_pages
from bot.console.refunds import refund_pages
from bot.console.search import search_pages
from bot.console.shop_records import record_pages
from bot.console.sign_in import sign_in_pages
from bot.console.sso import sso_pages
from bot.console.staff import staff_pages
from bot.console.unmasking import unmasking
from bot.console.visiting import know_visitors
from bot.parts import Parts
from bot.store.staff import ROLES

PAGES: tuple[Callable[[Parts], Blueprint], ...] = (
    sign_in_pages,
    sso_pages,
    enrolment_pages,
    home_pages,
    unmasking,
    queue_pages,
    live_pages,
    case_pages,
    record_pages,
    bulk_pages,
    case_files,
    list_files,
    dispute_pages,
    contact_pages,
    refund_pages,
    refund_file_pages,
    search_pages,
    application_pages,
    audit_pages,
    staff_pages,
    conversation_pages,
    file_pages,
    call_pages,
    canned_pages,
    funnel_pages,
    figure_pages,
    alarm_pages,
    delivery_pages,
    delivery_acts,
    delivery_plan,
    history_pages,
)
TOLD = (400, 401, 403, 404, 409, 413, 429)


def open_console(app: Flask, parts: Parts) -> None:
    """Put the staff's side under /console."""
    console = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    know_visitors(app, parts)
    watch(console, parts)
    for pages in PAGES:
        console.register_blueprint(pages(parts))

    @console.errorhandler(HTTPException)
    def told(error: HTTPException) -> Response:
        """In the console's own frame; what is no error of 4xx goes on to the pages of the whole counter."""
        code = error.code or 500
        if error.response is not None or not 400 <= code < 500:
            return make_response(error.get_response())
        return make_response(page(parts, "error.html", status=code if code in TOLD else 400), code)

    # Without a view of its own an address of ours would be told by the travellers' page.
    @console.route("/<path:unknown>", methods=["GET", "POST"])
    @for_roles(*ROLES)
    def nowhere(unknown: str) -> Response:
        abort(404)

    app.register_blueprint(console)
