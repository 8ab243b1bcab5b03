"""The house checks itself: what its own rules promise of processes, migrations, routes and state machines."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient

from bot.app import create_app
from bot.cli import cli
from bot.parts import open_parts
from bot.settings import settings_from
from bot.store.migrate import MIGRATIONS

PROJECT = Path(__file__).resolve().parents[1]

# Every route with what guards it. "open": tells nobody's business; "link", "url": a secret in the address; "session":
# the signed cookie that binds a browser to a conversation, and on POST its token; "form": only that token;
# "signature": the provider's; "key": the claims API's. "staff:…": an open session of that role or an admin's ("any": of
# every role), and on POST its token; "staff half": one that still lacks the second factor.
ROUTES = {
    "GET /": "open",
    "GET /verify": "open",
    "GET /help": "open",
    "GET /opening/<campaign_id>.ics": "open",
    "GET /healthz": "open",
    "GET /static/<path:filename>": "open",
    "GET /demo/clock": "demo",
    "POST /demo/clock": "demo",
    "GET /continue/<token>": "link",
    "POST /continue/<token>": "link",
    "GET /c/<token>": "link",
    "POST /c/<token>": "link",
    "GET /form": "session",
    "POST /form": "session",
    "POST /form/here": "session",
    "POST /form/places": "session",
    "POST /apply": "form",
    "GET /form/later": "session",
    "POST /form/later": "session",
    "GET /form/later/sent": "session",
    "GET /status": "open",
    "POST /status": "form",
    "GET /r/<token>": "url",
    "POST /r/<token>": "url",
    "GET /u/<token>": "url",
    "POST /u/<token>": "url",
    "GET /code": "open",
    "POST /code": "form",
    "POST /webhooks/line": "signature",
    "POST /webhooks/twilio/inbound": "signature",
    "POST /webhooks/twilio/status": "signature",
    "POST /webhooks/vonage/status": "signature",
    "POST /webhooks/chatwoot": "signature",
    "POST /webhooks/chatwoot/<token>": "signature",
    "POST /api/claims/v1/coupons/lookup": "key",
    "POST /api/claims/v1/claims": "key",
    "GET /api/claims/v1/claims/<receipt_no>": "key",
    "POST /api/claims/v1/claims/<receipt_no>/cancellation": "key",
    "POST /api/claims/v1/token": "key",
    "GET /console/static/<path:filename>": "open",
    "GET /console/sign-in": "open",
    "POST /console/sign-in": "form",
    "GET /console/sso": "open",
    "GET /console/sso/back": "open",
    "GET /console/set-up/<token>": "link",
    "POST /console/set-up/<token>": "link",
    "GET /console/code": "staff half",
    "POST /console/code": "staff half",
    "GET /console/enrol": "staff half",
    "POST /console/enrol": "staff half",
    "POST /console/sign-out": "staff:any",
    "GET /console": "staff:any",
    "GET /console/funnel": "staff:supervisor",
    "GET /console/funnel.csv": "staff:supervisor",
    "GET /console/live": "staff:agent,supervisor",
    "GET /console/cases": "staff:agent,supervisor",
    "GET /console/cases/<case_no>": "staff:agent,supervisor",
    "POST /console/cases/<case_no>/move": "staff:agent,supervisor",
    "POST /console/cases/<case_no>/give-back": "staff:supervisor",
    "GET /console/disputes": "staff:agent,supervisor",
    "GET /console/disputes/<uuid:dispute>": "staff:agent,supervisor",
    "POST /console/disputes/<uuid:dispute>/proposal": "staff:agent,supervisor",
    "POST /console/disputes/<uuid:dispute>/refusal": "staff:agent,supervisor",
    "POST /console/disputes/<uuid:dispute>/decision": "staff:supervisor",
    "POST /console/disputes/asked": "staff:agent,supervisor",
    "GET /console/cases/<case_no>/paper": "staff:agent,supervisor",
    "POST /console/cases/<case_no>/paper": "staff:agent,supervisor",
    "GET /console/cases/<case_no>/case.json": "staff:agent,supervisor",
    "POST /console/cases/<case_no>/case.json": "staff:agent,supervisor",
    "GET /console/cases.csv": "staff:agent,supervisor",
    "GET /console/disputes.csv": "staff:agent,supervisor",
    "GET /console/applications.csv": "staff:supervisor,finance",
    "POST /console/search.csv": "staff:agent,supervisor,finance",
    "POST /console/cases/together": "staff:agent,supervisor",
    "POST /console/cases/together/confirmed": "staff:agent,supervisor",
    "GET /console/cases/together/<uuid:batch>": "staff:agent,supervisor",
    "POST /console/cases/<case_no>/records": "staff:agent,supervisor",
    "GET /console/cases/<case_no>/records/<uuid:record>": "staff:agent,supervisor",
    "POST /console/cases/<case_no>/records/<uuid:record>/removal": "staff:supervisor",
    "GET /console/contacts": "staff:agent,supervisor",
    "GET /console/contacts/<receipt_no>": "staff:agent,supervisor",
    "POST /console/contacts/<receipt_no>/<act>": "staff:agent,supervisor",
    "GET /console/refunds": "staff:agent,supervisor,finance",
    "GET /console/refunds.csv": "staff:finance",
    "GET /console/refunds/<receipt_no>": "staff:agent,supervisor,finance",
    "POST /console/refunds/<receipt_no>/<act>": "staff:finance",
    "GET /console/refund-files": "staff:finance",
    "POST /console/refund-files": "staff:finance",
    "GET /console/refund-files/<int:number>": "staff:finance",
    "POST /console/refund-files/<int:number>/file": "staff:finance",
    "POST /console/refund-files/<int:number>/<act>": "staff:finance",
    "GET /console/staff": "staff:admin",
    "POST /console/staff": "staff:admin",
    "POST /console/staff/<login>": "staff:admin",
    "GET /console/search": "staff:agent,supervisor,finance",
    "POST /console/search": "staff:agent,supervisor,finance",
    "GET /console/applications/<receipt_no>": "staff:agent,supervisor,finance",
    "GET /console/audit": "staff:supervisor",
    "GET /console/audit.csv": "staff:supervisor",
    "GET /console/queue": "staff:agent,supervisor",
    "GET /console/conversations/<uuid:conversation>": "staff:agent,supervisor",
    "POST /console/conversations/<uuid:conversation>/move": "staff:agent,supervisor",
    "POST /console/conversations/<uuid:conversation>/reply": "staff:agent,supervisor",
    "POST /console/conversations/<uuid:conversation>/note": "staff:agent,supervisor",
    "POST /console/conversations/<uuid:conversation>/file": "staff:agent,supervisor",
    "GET /console/files/<uuid:file>": "staff:agent,supervisor",
    "GET /console/files/<uuid:file>/preview": "staff:agent,supervisor",
    "GET /console/canned": "staff:supervisor",
    "POST /console/canned": "staff:supervisor",
    "GET /console/canned/<key>": "staff:supervisor",
    "POST /console/canned/<key>": "staff:supervisor",
    "GET /console/calls": "staff:agent,supervisor",
    "POST /console/calls": "staff:agent,supervisor",
    "GET /console/calls/<uuid:call>": "staff:agent,supervisor",
    "POST /console/calls/<uuid:call>": "staff:agent,supervisor",
    "POST /console/calls/<uuid:call>/give": "staff:agent,supervisor",
    "GET /console/alarms": "staff:supervisor",
    "POST /console/alarms/<kind>": "staff:supervisor",
    "POST /console/alarms/<uuid:alarm>/seen": "staff:supervisor",
    "GET /console/figures": "staff:supervisor",
    "GET /console/figures.csv": "staff:supervisor",
    "GET /console/deliveries": "staff:supervisor",
    "GET /console/deliveries/plan": "staff:supervisor",
    "POST /console/deliveries/plan": "staff:supervisor",
    "POST /console/deliveries/plan/<key>": "staff:supervisor",
    "GET /console/deliveries/plan/<key>/bad-rows.csv": "staff:supervisor",
    "GET /console/deliveries/<uuid:mailing>": "staff:supervisor",
    "GET /console/deliveries/<uuid:mailing>/figures.csv": "staff:supervisor",
    "GET /console/deliveries/<uuid:mailing>/preview": "staff:supervisor",
    "GET /console/deliveries/<uuid:mailing>/<act>": "staff:supervisor",
    "POST /console/deliveries/<uuid:mailing>/<act>": "staff:supervisor",
    "GET /console/history": "staff:agent,supervisor",
    "POST /console/history": "staff:agent,supervisor",
    "GET /console/history/<uuid:right>": "staff:agent,supervisor",
    "GET /console/<path:unknown>": "staff:any",
    "POST /console/<path:unknown>": "staff:any",
    "POST /console/language": "staff:any",
    "POST /console/unmask": "staff:any",
}
REFUSALS = {
    "link": (400, 410),
    "session": (400, 403),
    "form": (400,),
    "url": (400, 404),
    "signature": (400,),
    "key": (400, 401),
}

VALUES = {
    "SECRET_KEYS": f"test:{b64encode(bytes(32)).decode()}",
    "LINE_CHANNEL_ID": "1650000000",
    "LINE_CHANNEL_SECRETS": "channel-secret",
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "auth-token",
    "TWILIO_FROM": "+15005550006",
    "CLAIMS_SERVE_KEY": "a-key-for-the-claims-api",
    "CHATWOOT_URL": "http://127.0.0.1:9",
    "CHATWOOT_API_TOKEN": "token-of-our-user",
    "CHATWOOT_ACCOUNT": "1",
    "CHATWOOT_INBOX": "1",
    "CHATWOOT_WEBHOOK_SECRET": "a-secret-of-the-webhook",
}
VONAGE = {
    "VONAGE_APPLICATION_ID": "78d335fa-323d-0114-9c3d-d6f0d48968cf",
    "VONAGE_API_KEY": "abcd1234",
    "VONAGE_API_SECRET": "api-secret",
    "VONAGE_SIGNATURE_SECRET": "signature-secret-of-an-account",
    "VONAGE_FROM": "+815012345678",
}


@pytest.fixture
def app(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The web side with everything that can be switched on."""
    key_file = tmp_path / "vonage.pem"
    key_file.touch()
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    values = {**VALUES, **VONAGE, **servers, "VONAGE_PRIVATE_KEY_FILE": str(key_file), "CLOCK": "demo"}
    with open_parts(settings_from(values), threads=2) as parts:
        yield create_app(parts)


def test_every_process_of_the_procfile_is_a_command() -> None:
    lines = (PROJECT / "Procfile").read_text().splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    assert ["release", "web", "worker"] == sorted(processes)
    for line in processes.values():
        python, module, bot, command = line.split()
        assert ("python", "-m", "bot") == (python, module, bot)
        assert command in cli.commands


def test_migrations_stand_in_one_line() -> None:
    revisions = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    assert 1 == sum(revision.is_head for revision in revisions)
    assert [] == [revision.revision for revision in revisions if revision.is_branch_point or revision.is_merge_point]


def test_every_route_is_listed_with_its_guard(app: Flask) -> None:
    assert set(ROUTES) == set(_routes(app))


@pytest.mark.parametrize("route", [route for route, guard in ROUTES.items() if guard in REFUSALS])
def test_a_guarded_route_refuses_who_brings_nothing(app: Flask, route: str) -> None:
    method, path = route.split(" ")
    path = path.replace("<token>", "0" * 12).replace("<receipt_no>", "1234567897")
    client: FlaskClient = app.test_client()
    answer = client.open(path, method=method, data=b"" if method == "GET" else b"{}")
    assert answer.status_code in REFUSALS[ROUTES[route]]


@pytest.mark.parametrize("path", [route.split(" ")[1] for route, guard in ROUTES.items() if guard == "signature"])
def test_a_webhook_with_a_wrong_signature_is_answered_400_and_leaves_nothing(
    app: Flask, database_url: str, path: str
) -> None:
    wrong = {"X-Line-Signature": "AAAA", "X-Twilio-Signature": "AAAA", "Authorization": "Bearer AAAA"}
    body = b'{"events": [{"type": "follow"}]}' if path.endswith("line") else b"MessageSid=SM1&From=%2B81900000000"
    kind = "application/json" if path.endswith("line") else "application/x-www-form-urlencoded"
    assert 400 == app.test_client().post(path, data=body, headers=wrong, content_type=kind).status_code
    with psycopg.connect(database_url) as connection:
        assert [(0, 0)] == connection.execute(
            "SELECT (SELECT count(*) FROM inbound), (SELECT count(*) FROM receipts)"
        ).fetchall()


def test_a_real_clock_cannot_be_moved(database_url: str, redis_url: str) -> None:
    values = {**VALUES, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "CLOCK": "real"}
    with open_parts(settings_from(values), threads=2) as parts:
        assert [] == [route for route in _routes(create_app(parts)) if "demo" in route]


def test_every_state_that_a_table_allows_is_drawn(database_url: str) -> None:
    drawn = _drawn_states()
    allowed = {}
    with psycopg.connect(database_url) as connection:
        for table, check in connection.execute(STATE_CHECKS).fetchall():
            allowed[table] = set(re.findall(r"'(\w+)'::text", check))
    assert allowed == drawn


# The check that lists the states is the first on that column; later ones say what some of them need.
STATE_CHECKS = """
SELECT c.conrelid::regclass::text, pg_get_constraintdef(c.oid) FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = 'state'
WHERE c.contype = 'c' AND c.conkey = ARRAY[a.attnum]
"""


def _drawn_states() -> dict[str, set[str]]:
    sections = re.split(r"^## ", (PROJECT / "docs/state-machines.md").read_text(), flags=re.MULTILINE)[1:]
    drawn = {}
    for section in sections:
        arrows = re.findall(r"^\s+(\S+) --> (\w+|\[\*\])", section, flags=re.MULTILINE)
        drawn[section.split("\n", 1)[0]] = {state for arrow in arrows for state in arrow} - {"[*]"}
    return drawn


def _routes(app: Flask) -> list[str]:
    return [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
    ]
