"""Refunds know one another by their account, as a keyed hash, so that one that several people ask for is seen.

Those of before have none until they are checked or corrected. A case is found by its coupon, also once it is over.
"""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.execute("ALTER TABLE refunds ADD COLUMN account bytea")
    op.execute("CREATE INDEX refunds_of_account ON refunds (account) WHERE account IS NOT NULL")
    op.execute("CREATE INDEX cases_of_coupon ON cases (subject)")
