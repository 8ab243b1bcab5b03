"""Commands typed where nothing is set but what a test sets, and an application to look at."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta

from uuid_utils.compat import uuid7

from bot.filing import PLACE
from bot.settings import PROJECT
from bot.store import submissions
from bot.store.db import open_pool, transaction
from bot.store.submissions import NewSubmission, Outcome
from bot.store.vault import Vault
from dialogs.rules.claim import Claim
from integrations.claims.wire import claim_to_wire
from tests.bot.claims_house import claim

KEY = bytes(range(32))
SECRET = base64.b64encode(KEY).decode()
OURS = re.compile(
    r"DATABASE_URL|REDIS_URL|SECRET_KEYS|CAMPAIGN|DATA_DIR|LINE_.*|TWILIO_.*|SMTP_URL|MAIL_FROM|CLAIMS_.*"
)

Ended = subprocess.CompletedProcess[str]


def bot(*arguments: str, settings: Mapping[str, str] | None = None, said: str = "") -> Ended:
    """Type a command where nothing is set but `settings`."""
    environment = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**environment, "ENV_FILE": "/dev/null", **(settings or {})},
        timeout=180,
    )


def keep_application(settings: Mapping[str, str], serial: int, *, acted_at: datetime) -> Claim:
    """An application of Hanako's for two coupons, as a turn would have kept it."""
    kept = claim(serial, f"TG1234567{serial}", f"TG7654321{serial}", acted_at=acted_at)
    row = NewSubmission(
        id=uuid7(),
        receipt_no=kept.receipt_no,
        conversation=uuid7(),
        channel="line",
        person=b"hanako",
        campaign=kept.campaign,
        campaign_version=1,
        acted_at=acted_at,
        claim=Vault({"first": KEY}).seal(claim_to_wire(kept), PLACE),
        erase_at=acted_at + timedelta(days=1000),
    )
    pool = open_pool(settings["DATABASE_URL"], size=1)
    with transaction(pool) as connection:
        submissions.insert(connection, row)
        submissions.settle(connection, row.id, Outcome("accepted", 3000, "", None, acted_at)) if serial == 1 else None
    pool.close()
    return kept
