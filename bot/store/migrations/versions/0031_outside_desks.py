"""A team that answers in software of its own: what it has of whom, what is to be told it, what it has said."""

from alembic import op

revision = "0031"
down_revision = "0030"

# Who has a conversation is a member of ours, or a desk.
HELD = """
ALTER TABLE handoffs ADD COLUMN desk text NOT NULL DEFAULT '';
ALTER TABLE handoffs DROP CONSTRAINT handoffs_check, DROP CONSTRAINT handoffs_check1;
ALTER TABLE handoffs
    ADD CONSTRAINT handoffs_held CHECK (state NOT IN ('taken', 'returning') OR (agent IS NOT NULL) <> (desk <> '')),
    ADD CONSTRAINT handoffs_free CHECK (state <> 'waiting' OR (agent IS NULL AND desk = ''));
"""

THREADS = """
CREATE TABLE desk_threads (
    id uuid PRIMARY KEY,
    desk text NOT NULL,
    conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'over')),
    remote text,
    began_at timestamptz NOT NULL DEFAULT now(),
    over_at timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    tries integer NOT NULL DEFAULT 0,
    CHECK ((state = 'over') = (over_at IS NOT NULL))
);
CREATE UNIQUE INDEX desk_thread_live ON desk_threads (conversation) WHERE state = 'live';
CREATE INDEX desk_thread_remote ON desk_threads (desk, remote);
CREATE INDEX desk_thread_due ON desk_threads (due_at) WHERE remote IS NOT NULL;
"""

OUTBOX = """
CREATE TABLE desk_outbox (
    id uuid PRIMARY KEY,
    thread uuid NOT NULL REFERENCES desk_threads ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('opened', 'heard', 'note', 'over')),
    event uuid,
    body bytea,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sending', 'sent', 'refused')),
    attempts integer NOT NULL DEFAULT 0,
    error text,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    settled_at timestamptz
);
CREATE INDEX desk_outbox_due ON desk_outbox (due_at) WHERE state IN ('planned', 'sending');
CREATE INDEX desk_outbox_thread ON desk_outbox (thread, id);
"""

MESSAGES = """
CREATE TABLE desk_messages (
    desk text NOT NULL,
    remote bigint NOT NULL,
    thread uuid NOT NULL REFERENCES desk_threads ON DELETE CASCADE,
    heard_at timestamptz NOT NULL DEFAULT now(),
    outgoing uuid,
    told boolean NOT NULL DEFAULT false,
    PRIMARY KEY (desk, remote)
);
CREATE INDEX desk_message_thread ON desk_messages (thread, remote);
"""


def upgrade() -> None:
    for script in (HELD, THREADS, OUTBOX, MESSAGES):
        op.execute(script)
