"""Whom an attempt was for, as a hash: who opts out by its receipt, or complains of it, goes on the list by that."""

from alembic import op

revision = "0019"
down_revision = "0018"

PERSON = "ALTER TABLE delivery_attempts ADD COLUMN person bytea"


def upgrade() -> None:
    op.execute(PERSON)
