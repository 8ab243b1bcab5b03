"""What a session may see of personal data without a mask, because its member asked for it."""

from alembic import op

revision = "0010"
down_revision = "0009"

UNMASKED = """
CREATE TABLE staff_unmasked (
    session uuid NOT NULL REFERENCES staff_sessions ON DELETE CASCADE,
    subject text NOT NULL,
    field text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session, subject, field)
);
"""


def upgrade() -> None:
    op.execute(UNMASKED)
