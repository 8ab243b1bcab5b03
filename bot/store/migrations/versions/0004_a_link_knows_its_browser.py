"""Which browser has used a one-time link, so that its second tap is let in even if the first one's answer was lost."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE links ADD COLUMN used_by bytea")
