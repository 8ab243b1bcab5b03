"""The emulator as a Flask application."""

from __future__ import annotations

from flask import Flask

from integrations.emulator import (
    chatwoot_api,
    guard,
    incoming,
    line_api,
    office_api,
    oidc_api,
    twilio_api,
    vendor_api,
    vonage_api,
)
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.page import page_blueprint
from integrations.emulator.world import World

FAULT_ANSWERS = {
    "chatwoot": chatwoot_api.fault_answer,
    "line": line_api.fault_answer,
    "oidc": oidc_api.fault_answer,
    "office": office_api.fault_answer,
    "twilio": twilio_api.fault_answer,
    "vendor": vendor_api.fault_answer,
    "vonage": vonage_api.fault_answer,
}
BIGGEST_REQUEST = 8 * 1024 * 1024  # more than LINE's 2 MB, so that LINE's own 413 is seen


def create_app(config: EmulatorConfig) -> Flask:
    """The application over a world of its own, which is at `app.extensions["emulator"]` and is not started yet."""
    return app_of(World(config))


def app_of(world: World) -> Flask:
    """The application over this world."""
    app = Flask(__name__, static_url_path="/emulator/static")
    app.config["MAX_CONTENT_LENGTH"] = BIGGEST_REQUEST
    app.extensions["emulator"] = world
    guard.install(app, world.config)
    incoming.install(app, world, FAULT_ANSWERS)
    app.register_blueprint(line_api.line_blueprint(world))
    app.register_blueprint(office_api.office_blueprint(world))
    app.register_blueprint(twilio_api.twilio_blueprint(world))
    app.register_blueprint(vendor_api.vendor_blueprint(world))
    app.register_blueprint(vonage_api.vonage_blueprint(world))
    app.register_blueprint(chatwoot_api.chatwoot_blueprint(world))
    app.register_blueprint(oidc_api.oidc_blueprint(world))
    app.register_blueprint(page_blueprint(world))
    app.register_blueprint(chatwoot_api.chatwoot_page(world))
    return app
