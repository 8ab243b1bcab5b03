"""Cases for staff: trouble with a payment in the outage, as its person told it."""

from alembic import op

revision = "0009"
down_revision = "0008"

# subject: which coupon it is about, as a keyed hash, so that a person has one live case of a kind about it.
CASES = """
CREATE TABLE cases (
    id uuid PRIMARY KEY,
    case_no text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('B1', 'B2', 'OTHER')),
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    person bytea NOT NULL,
    subject bytea NOT NULL,
    conversation uuid,
    channel text NOT NULL,
    acted_at timestamptz NOT NULL,
    details bytea,
    state text NOT NULL DEFAULT 'opened' CHECK (state IN (
        'opened', 'checking', 'found', 'not_found', 'answered', 'restored', 'to_points', 'closed', 'withdrawn')),
    changed_at timestamptz NOT NULL,
    erase_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_live_case ON cases (person, kind, subject) WHERE state NOT IN ('closed', 'withdrawn');
CREATE INDEX cases_of_person ON cases (person, acted_at);
CREATE INDEX case_waiting ON cases (campaign, acted_at) WHERE state NOT IN ('closed', 'withdrawn');
CREATE INDEX case_erasure ON cases (erase_at) WHERE details IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(CASES)
