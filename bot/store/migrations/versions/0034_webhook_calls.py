"""What an outside system is told, as rows before the wire is touched; whether a team was told of somebody who waits."""

from alembic import op

revision = "0034"
down_revision = "0033"

CALLS = """
CREATE TABLE webhook_calls (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    body text NOT NULL,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sending', 'delivered', 'given_up')),
    due_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
);
CREATE INDEX webhook_call_due ON webhook_calls (due_at) WHERE state IN ('planned', 'sending');
ALTER TABLE handoffs ADD COLUMN told_at timestamptz;
CREATE TABLE watch (
    name text PRIMARY KEY,
    looked_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO watch (name) VALUES ('waits');
"""


def upgrade() -> None:
    op.execute(CALLS)
