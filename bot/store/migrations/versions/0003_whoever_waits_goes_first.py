"""Indexes for what is sent at once and for what waits for its date, and for finding a person whatever the channel."""

from alembic import op

revision = "0003"
down_revision = "0002"

# With one index for both, every look for work walked by all the messages that wait for a date yet to come.
OUTGOING = """
CREATE INDEX outgoing_at_once ON outgoing (due_at)
    WHERE not_before IS NULL AND state IN ('planned', 'sending', 'unknown');
CREATE INDEX outgoing_on_its_date ON outgoing (not_before)
    WHERE not_before IS NOT NULL AND state IN ('planned', 'sending', 'unknown');
DROP INDEX outgoing_due;
DROP INDEX outgoing_order;
CREATE INDEX outgoing_order ON outgoing (person, id)
    WHERE state = 'sending' OR state = 'planned' AND not_before IS NULL;
"""

# A person is looked for without a channel, which PostgreSQL before 18 could only do by reading the whole index.
PERSONS = """
CREATE UNIQUE INDEX one_live_conversation ON conversations (person) WHERE ended_at IS NULL;
DROP INDEX conversation_live;
CREATE INDEX submissions_of_person ON submissions (person, acted_at);
DROP INDEX submission_person;
"""


def upgrade() -> None:
    for script in (OUTGOING, PERSONS):
        op.execute(script)
