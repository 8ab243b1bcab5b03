"""An application is held while a case of (B) about one of its coupons is open; what staff decide on a case."""

from alembic import op

revision = "0022"
down_revision = "0021"

# subjects: the coupons of an application, hashed as a case's subject is. released_at: staff let it go all the same.
SUBMISSIONS = """
ALTER TABLE submissions ADD COLUMN subjects bytea[] NOT NULL DEFAULT '{}', ADD COLUMN released_at timestamptz,
    DROP CONSTRAINT submissions_state_check,
    ADD CONSTRAINT submissions_state_check CHECK (state IN (
        'filed', 'pending', 'held', 'accepted', 'rejected', 'disputed', 'duplicate', 'withdrawing', 'cancelled'));
CREATE INDEX submission_subjects ON submissions USING gin (subjects);
"""

# Whoever found it so cannot say as well how much is given back.
CASES = """
ALTER TABLE cases ADD COLUMN found_by text, ADD COLUMN restored integer CHECK (restored >= 1),
    ADD COLUMN restored_by text,
    ADD CONSTRAINT four_eyes CHECK (restored_by IS NULL OR lower(restored_by) <> lower(found_by));
CREATE INDEX case_holds ON cases (subject) WHERE state IN ('opened', 'checking', 'found');
"""

# restored: yen given back after the snapshot, which no list of balances knows.
COUPONS = "ALTER TABLE coupons ADD COLUMN restored integer NOT NULL DEFAULT 0 CHECK (restored >= 0)"


def upgrade() -> None:
    for script in (SUBMISSIONS, CASES, COUPONS):
        op.execute(script)
