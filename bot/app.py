"""create_app(parts): registers blueprints and does nothing else."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask

from bot.console.rooms import open_console
from bot.lifeline import die_with_parent
from bot.logs import set_up_logs
from bot.parts import Parts, open_parts
from bot.settings import load_settings
from bot.store.clock import DemoClock
from bot.web.apply import apply_pages
from bot.web.claims_api import PREFIX, Access, claims_api
from bot.web.front import front_pages
from bot.web.guard import guard
from bot.web.health import demo_clock, health
from bot.web.mailing_pages import mailing_pages
from bot.web.opening import opening_day
from bot.web.places import place_search
from bot.web.private import private_pages
from bot.web.rewards import reward_pages
from bot.web.status import status_pages
from bot.web.webhooks import webhooks


def create_app(parts: Parts) -> Flask:
    """The counter's web side over these parts."""
    app = Flask(__name__, static_folder="web/static", static_url_path="/static", template_folder="web/templates")
    guard(app, parts)
    for blueprint in (
        webhooks,
        health,
        apply_pages,
        private_pages,
        place_search,
        status_pages,
        reward_pages,
        mailing_pages,
        opening_day,
        front_pages,
    ):
        app.register_blueprint(blueprint(parts))
    open_console(app, parts)
    if isinstance(parts.clock, DemoClock):
        app.register_blueprint(demo_clock(parts, parts.clock))
    if parts.settings.claims_serve_key:
        access = Access(parts.settings.claims_serve_key.get_secret_value())
        app.register_blueprint(claims_api(parts.claims, access), url_prefix=PREFIX)
    return app


def create_web() -> Flask:
    """What each web process of granian calls once; its parts stay open until the process ends."""
    die_with_parent()
    settings = load_settings()
    set_up_logs(settings.log_level)
    opened = ExitStack()
    app = create_app(opened.enter_context(open_parts(settings, threads=settings.web_threads)))
    app.extensions["madoguchi"] = opened  # held as long as the app: once collected it would close the parts
    return app
