"""Who has a conversation that the bot handed over: the queue, a member of staff; since when, and how it ended."""

from alembic import op

revision = "0018"
down_revision = "0017"

HANDOFFS = """
CREATE TABLE handoffs (
    id uuid PRIMARY KEY,
    conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    campaign text NOT NULL,
    channel text NOT NULL,
    prefecture text NOT NULL DEFAULT '',
    reason text NOT NULL CHECK (reason IN ('asked', 'tries', 'case', 'dispute', 'script', 'quarantined', 'reopened')),
    detail text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'returning', 'back', 'closed')),
    agent uuid REFERENCES staff,
    version integer NOT NULL DEFAULT 0,
    lease_until timestamptz NOT NULL DEFAULT 'infinity',
    began_at timestamptz NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    spoken_at timestamptz DEFAULT now(),
    answered_at timestamptz,
    ended_at timestamptz,
    ended_by text,
    why text NOT NULL DEFAULT '',
    CHECK (state NOT IN ('taken', 'returning') OR agent IS NOT NULL),
    CHECK (state <> 'waiting' OR agent IS NULL),
    CHECK ((state IN ('back', 'closed')) = (ended_at IS NOT NULL AND ended_by IS NOT NULL))
);
-- A conversation is with staff once at a time; before that it may have been any number of times.
CREATE UNIQUE INDEX handoff_live ON handoffs (conversation) WHERE state IN ('waiting', 'taken', 'returning');
CREATE INDEX handoff_waiting ON handoffs (queued_at) WHERE state = 'waiting';
CREATE INDEX handoff_of ON handoffs (agent, lease_until) WHERE state = 'taken';
CREATE INDEX handoff_conversation ON handoffs (conversation, began_at);
"""

# Those that wait already were handed over when nobody could take them.
WAITING = """
INSERT INTO handoffs (id, conversation, campaign, channel, reason, began_at, queued_at)
SELECT gen_random_uuid(), id, campaign, channel, 'asked', last_event_at, now() FROM conversations
WHERE owner NOT IN ('bot', 'closed') AND ended_at IS NULL;
UPDATE conversations SET owner = 'queue' WHERE owner NOT IN ('bot', 'closed', 'queue') AND ended_at IS NULL;
"""

NOTES = """
CREATE TABLE staff_notes (
    id uuid PRIMARY KEY,
    conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    at timestamptz NOT NULL,
    by_name text NOT NULL,
    body bytea
);
CREATE INDEX staff_note_conversation ON staff_notes (conversation, at);
"""

# Whose words a message is, by the name that stands in their account; the bot's own have none.
WORDS = """
ALTER TABLE outgoing ADD COLUMN said_by text;
ALTER TABLE staff ADD COLUMN capacity integer NOT NULL DEFAULT 5 CHECK (capacity BETWEEN 0 AND 99);
CREATE INDEX inbound_conversation ON inbound (conversation, occurred_at) WHERE conversation IS NOT NULL;
"""


def upgrade() -> None:
    for script in (HANDOFFS, WAITING, NOTES, WORDS):
        op.execute(script)
