"""Codes that a gift vendor issues: who asks for one leases the right, and counts the attempt before the wire."""

from alembic import op

revision = "0017"
down_revision = "0016"

# request: the part of the id at the vendor that changes, only when the gift before it is dead.
COLUMNS = """
ALTER TABLE entitlements
    ADD COLUMN request integer NOT NULL DEFAULT 1 CHECK (request BETWEEN 1 AND 999999),
    ADD COLUMN vendor_ref text,
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN due_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN lease_until timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN erase_at timestamptz;
CREATE INDEX entitlement_due ON entitlements (due_at) WHERE state IN ('chosen', 'issuing');
CREATE INDEX entitlement_open ON entitlements (campaign, campaign_version)
    WHERE state IN ('planned', 'notified', 'opened', 'choosing');
CREATE INDEX entitlement_erasure ON entitlements (erase_at) WHERE code IS NOT NULL OR target IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
