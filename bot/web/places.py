"""Banks and branches as one types, for the page that asks for them; without a script the page finds them when sent.

POST /form/places   what fits what was typed so far; a POST, so that it stands in no address and no log
"""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from bot.parts import Parts
from bot.web.guard import check_csrf, limit_form, unseen
from bot.web.place import BANK, place_of
from bot.web.visitor import bound_conversation, expired
from integrations import banks

LONGEST = 40
MOST = 8


def place_search(parts: Parts) -> Blueprint:
    """POST /form/places."""
    routes = Blueprint("places", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)

    @routes.post("/form/places")
    def fitting() -> Response:
        conversation = bound_conversation(parts)
        if conversation is None:
            return expired(parts)
        check_csrf()
        place, said = place_of(parts, conversation), request.form.get("said", "")[:LONGEST].strip()
        if not said or not place.asking or not place.looks_up:
            return jsonify([])
        by_bank = place.asking.wording == BANK
        found = banks.search_banks(said) if by_bank else banks.search_branches(place.asking.about, said)
        return jsonify([{"code": each.code, "name": each.name} for each in found[:MOST]])

    return routes
