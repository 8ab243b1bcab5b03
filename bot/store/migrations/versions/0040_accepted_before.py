"""What a claim was once accepted for may have been paid by the counter that brought it, whatever it waits for now."""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.execute("ALTER TABLE claims ADD COLUMN accepted_before boolean NOT NULL DEFAULT false")
    op.execute("UPDATE claims SET accepted_before = true WHERE reason = 'given_back'")
