"""What somebody is to be told on a later day: a row with its date, until it is sent or of no use any more."""

from alembic import op

revision = "0011"
down_revision = "0010"

# due_at is the campaign's time, look_at PostgreSQL's: the pause of one that could not be looked at. address is where it
# goes if not into the chat of its person: sealed.
REMINDERS = """
CREATE TABLE reminders (
    id uuid PRIMARY KEY,
    conversation uuid NOT NULL,
    person bytea NOT NULL,
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    kind text NOT NULL,
    days integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    look_at timestamptz NOT NULL DEFAULT '-infinity',
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sent', 'dropped')),
    reason text NOT NULL DEFAULT '',
    planned_at timestamptz NOT NULL,
    address bytea,
    settled_at timestamptz,
    UNIQUE (conversation, kind, days)
);
CREATE INDEX reminders_due ON reminders (campaign, kind, due_at) WHERE state = 'planned';
"""


def upgrade() -> None:
    op.execute(REMINDERS)
