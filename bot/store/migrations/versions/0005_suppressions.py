"""Who is not to be written to any more, for ever and without their address; and messages that were held back by it."""

from alembic import op

revision = "0005"
down_revision = "0004"

SUPPRESSIONS = """
CREATE TABLE suppressions (
    id uuid PRIMARY KEY,
    channel text NOT NULL,
    person bytea NOT NULL,
    reason text NOT NULL CHECK (reason IN ('stop', '21610', 'complaint', 'one_click')),
    kind text NOT NULL CHECK (kind IN ('everything', 'reminders')),
    since timestamptz NOT NULL,
    source text NOT NULL,
    lifted_at timestamptz,
    lifted_by text
);
CREATE UNIQUE INDEX suppression_stands ON suppressions (person, channel, reason, kind) WHERE lifted_at IS NULL;
CREATE UNIQUE INDEX suppression_source ON suppressions (person, channel, reason, source);

CREATE FUNCTION suppressions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a suppression is never erased'; END $$;
CREATE TRIGGER suppressions_stay BEFORE DELETE OR TRUNCATE ON suppressions
    FOR EACH STATEMENT EXECUTE FUNCTION suppressions_stay();
"""

HELD_BACK = """
ALTER TABLE outgoing DROP CONSTRAINT outgoing_state_check;
ALTER TABLE outgoing ADD CONSTRAINT outgoing_state_check CHECK (state IN (
    'planned', 'sending', 'sent', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled', 'suppressed'));
CREATE INDEX outgoing_suppressed ON outgoing (settled_at) WHERE state = 'suppressed';
"""


def upgrade() -> None:
    for script in (SUPPRESSIONS, HELD_BACK):
        op.execute(script)
