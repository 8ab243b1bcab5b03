"""Where a URL goes may change: what was asked for, what staff said, and who has shown that an application is theirs."""

from alembic import op

revision = "0007"
down_revision = "0006"

# claim is the application as it stands, as_filed as it was filed, once the two differ: a backend that is asked again
# under the same key must read the same words. target finds it for who writes from that number.
SUBMISSIONS = """
ALTER TABLE submissions ADD COLUMN as_filed bytea, ADD COLUMN target bytea;
CREATE INDEX submission_target ON submissions (target, acted_at) WHERE target IS NOT NULL;
"""

CHANGES = """
CREATE TABLE contact_changes (
    id uuid PRIMARY KEY,
    submission uuid NOT NULL REFERENCES submissions,
    receipt_no text NOT NULL,
    conversation uuid,
    target bytea,
    state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'refused', 'withdrawn')),
    requested_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    reason text NOT NULL DEFAULT '',
    erase_at timestamptz NOT NULL,
    CHECK ((state IN ('approved', 'refused')) = (decided_by IS NOT NULL)),
    CHECK (state = 'requested' OR decided_at IS NOT NULL)
);
CREATE UNIQUE INDEX one_open_change ON contact_changes (submission) WHERE state = 'requested';
CREATE INDEX contact_change_erasure ON contact_changes (erase_at) WHERE target IS NOT NULL;
"""

KNOWN = """
CREATE TABLE known_claims (
    person bytea NOT NULL,
    submission uuid NOT NULL REFERENCES submissions,
    at timestamptz NOT NULL,
    PRIMARY KEY (person, submission)
);
"""


def upgrade() -> None:
    for script in (SUBMISSIONS, CHANGES, KNOWN):
        op.execute(script)
