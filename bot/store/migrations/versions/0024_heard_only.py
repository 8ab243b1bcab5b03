"""What was only heard of a person, for the page of their talk with staff."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("CREATE INDEX inbound_heard_only ON inbound (person, occurred_at) WHERE state = 'kept'")
