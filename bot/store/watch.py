"""A row for each thing that is looked after: whoever looks holds it meanwhile, so that one process at a time does."""

from __future__ import annotations

from bot.store.db import Connection

TAKE = """
UPDATE watch SET looked_at = now() WHERE name IN (
    SELECT name FROM watch WHERE name = %(name)s AND looked_at <= now() - %(every)s * interval '1 second'
    FOR UPDATE SKIP LOCKED)
"""


def take(connection: Connection, name: str, *, every: float) -> bool:
    """For this transaction; False while another has it, or has looked less than `every` seconds ago.

    Who dies in it has not looked: the next one does.
    """
    return connection.execute(TAKE, {"name": name, "every": every}).rowcount == 1
