"""The coupons of a list as cases about them are found: what is planned and not sent waits for a case opened later."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("ALTER TABLE entitled_coupons ADD COLUMN subject bytea")
    op.execute("CREATE INDEX entitled_subject ON entitled_coupons (subject)")
