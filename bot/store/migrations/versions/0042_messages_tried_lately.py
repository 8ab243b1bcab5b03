"""Messages are found by when they were last tried: an alarm looks at the last minutes."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.execute("CREATE INDEX outgoing_tried ON outgoing (first_attempt_at)")
