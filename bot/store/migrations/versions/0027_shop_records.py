"""What a shop's till or terminal shows about a case, typed in or as a file; what was done with a case, in the audit."""

from alembic import op

revision = "0027"
down_revision = "0026"

RECORDS = """
CREATE TABLE shop_records (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    details bytea,
    content bytea,
    kind text CHECK (kind IN ('application/pdf', 'image/jpeg', 'image/png', 'image/webp')),
    size integer NOT NULL DEFAULT 0,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    removed_by text,
    removed_at timestamptz,
    erase_at timestamptz NOT NULL
);
CREATE INDEX record_of_case ON shop_records (case_id, id);
CREATE INDEX record_erasure ON shop_records (erase_at) WHERE details IS NOT NULL;
"""

# For conversations there was one already, which knew nothing of other subjects.
HISTORY = """
DROP INDEX audit_subject;
CREATE INDEX audit_subject ON audit (subject, at);
"""


def upgrade() -> None:
    for script in (RECORDS, HISTORY):
        op.execute(script)
