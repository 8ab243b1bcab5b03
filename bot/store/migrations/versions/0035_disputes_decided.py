"""Staff decide whose a coupon is, in two steps by two persons."""

from alembic import op

revision = "0035"
down_revision = "0034"

# held_since: both wait since then, so the claim that holds the coupon is not paid meanwhile.
DISPUTES = """
ALTER TABLE disputes ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN (
        'open', 'proposed', 'waiting', 'kept', 'passed', 'gone')),
    ADD COLUMN answer text CHECK (answer IN ('holder', 'challenger', 'wait')),
    ADD COLUMN proposed_by text, ADD COLUMN decided_by text,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN held_since timestamptz,
    ADD CONSTRAINT dispute_four_eyes CHECK (decided_by IS NULL OR lower(decided_by) <> lower(proposed_by));
UPDATE disputes SET state = 'gone' WHERE closed_at IS NOT NULL;
UPDATE disputes SET changed_at = coalesce(closed_at, opened_at);
CREATE INDEX dispute_open ON disputes (opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX dispute_of_holder ON disputes (held_by) WHERE closed_at IS NULL;
"""

# A claim goes on with its other coupons.
LOST = "ALTER TABLE claim_coupons ADD COLUMN lost boolean NOT NULL DEFAULT false"


def upgrade() -> None:
    for script in (DISPUTES, LOST):
        op.execute(script)
