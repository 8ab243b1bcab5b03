"""How many refunds, files and changes of contact wait for staff, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.store.db import Pool, autocommit

WAITING = """
SELECT 'refunds', count(*), min(acted_at) FROM refunds WHERE campaign = %(campaign)s AND state = 'applied'
UNION ALL
SELECT 'refund_files', count(*), min(made_at) FROM refund_files WHERE campaign = %(campaign)s AND state = 'made'
UNION ALL
SELECT 'contacts', count(*), min(requested_at) FROM contact_changes WHERE state = 'requested'
"""


def waiting(pool: Pool, campaign: str) -> Mapping[str, tuple[int, datetime | None]]:
    """To check, to release, to decide: by the key of their page, how many and since when."""
    with autocommit(pool) as connection:
        rows = connection.execute(WAITING, {"campaign": campaign}).fetchall()
    return {page: (count, oldest) for page, count, oldest in rows}
