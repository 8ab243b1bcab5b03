"""Refunds to bank accounts, the files that the bank gets, and which refund stands in which file."""

from alembic import op

revision = "0002"
down_revision = "0001"

REFUNDS = """
CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    submission uuid NOT NULL REFERENCES submissions,
    receipt_no text NOT NULL,
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    acted_at timestamptz NOT NULL,
    details bytea,
    state text NOT NULL DEFAULT 'applied' CHECK (state IN (
        'applied', 'checked', 'released', 'paid', 'returned', 'cancelled')),
    amount bigint CHECK (amount >= 1),
    reason text NOT NULL DEFAULT '',
    checked_by text,
    checked_at timestamptz,
    settled_at timestamptz,
    erase_at timestamptz NOT NULL,
    CHECK (state IN ('applied', 'cancelled') OR (amount IS NOT NULL AND checked_by IS NOT NULL))
);
CREATE UNIQUE INDEX one_live_refund ON refunds (submission) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX refund_receipt ON refunds (receipt_no) WHERE state <> 'cancelled';
CREATE INDEX refund_waiting ON refunds (campaign, acted_at) WHERE state IN ('applied', 'checked', 'returned');
CREATE INDEX refund_erasure ON refunds (erase_at) WHERE details IS NOT NULL;
"""

FILES = """
CREATE TABLE refund_files (
    number integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    campaign text NOT NULL,
    pay_on date NOT NULL,
    state text NOT NULL DEFAULT 'made' CHECK (state IN ('made', 'released', 'dropped')),
    lines integer NOT NULL CHECK (lines BETWEEN 1 AND 9999),
    total bigint NOT NULL CHECK (total >= 1),
    sha256 text NOT NULL,
    content bytea,
    made_by text NOT NULL CHECK (btrim(made_by) <> ''),
    made_at timestamptz NOT NULL,
    released_by text,
    released_at timestamptz,
    exported_at timestamptz,
    CONSTRAINT four_eyes CHECK (lower(btrim(released_by)) <> lower(btrim(made_by))),
    CHECK ((state = 'released') = (released_by IS NOT NULL)),
    CHECK (exported_at IS NULL OR state = 'released')
);

CREATE TABLE refund_lines (
    file integer NOT NULL REFERENCES refund_files,
    line integer NOT NULL,
    refund uuid NOT NULL REFERENCES refunds,
    amount bigint NOT NULL CHECK (amount >= 1),
    live boolean NOT NULL DEFAULT true,
    PRIMARY KEY (file, line)
);
CREATE UNIQUE INDEX one_live_line ON refund_lines (refund) WHERE live;
"""

# The URL of one who chose the refund instead (rules.md §1.4(4), (5)).
VOID = "ALTER TABLE entitlements ADD COLUMN voided_at timestamptz"


def upgrade() -> None:
    for script in (REFUNDS, FILES, VOID):
        op.execute(script)
