"""A file of transfers that the bank has paid says so itself."""

from alembic import op

revision = "0030"
down_revision = "0029"

PAID = """
ALTER TABLE refund_files
    ADD COLUMN paid_at timestamptz,
    DROP CONSTRAINT refund_files_state_check,
    DROP CONSTRAINT refund_files_check,
    DROP CONSTRAINT refund_files_check1;
UPDATE refund_files f SET state = 'paid', paid_at = p.at FROM (
    SELECT l.file, max(r.settled_at) AS at FROM refund_lines l JOIN refunds r ON r.id = l.refund
    WHERE l.live AND r.state = 'paid' GROUP BY l.file) p
WHERE p.file = f.number AND f.state = 'released';
ALTER TABLE refund_files
    ADD CHECK (state IN ('made', 'released', 'paid', 'dropped')),
    ADD CHECK ((state IN ('released', 'paid')) = (released_by IS NOT NULL)),
    ADD CHECK (exported_at IS NULL OR state IN ('released', 'paid')),
    ADD CHECK ((state = 'paid') = (paid_at IS NOT NULL));
"""


def upgrade() -> None:
    op.execute(PAID)
