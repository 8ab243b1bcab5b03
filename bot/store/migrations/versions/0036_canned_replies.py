"""Ready sentences of staff's own: over those that come with the counter, beside them, or in their place."""

from alembic import op

revision = "0036"
down_revision = "0035"

CANNED = """
CREATE TABLE canned_replies (
    key text PRIMARY KEY,
    title text NOT NULL,
    texts jsonb NOT NULL,
    channels text[] NOT NULL DEFAULT '{}',
    prefectures text[] NOT NULL DEFAULT '{}',
    hidden boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1
);
"""


def upgrade() -> None:
    op.execute(CANNED)
