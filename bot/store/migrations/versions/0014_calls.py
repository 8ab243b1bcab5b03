"""Which calls staff fill the form in for, and whose name stands behind an application that came by telephone."""

from alembic import op

revision = "0014"
down_revision = "0013"

CALLS = """
CREATE TABLE calls (
    conversation uuid PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
    staff uuid NOT NULL REFERENCES staff,
    begun_at timestamptz NOT NULL
);
CREATE INDEX calls_of ON calls (staff, begun_at DESC);
ALTER TABLE submissions ADD COLUMN filed_by text;
CREATE INDEX submission_conversation ON submissions (conversation) WHERE conversation IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(CALLS)
