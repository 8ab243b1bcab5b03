"""What staff look for: a coupon by its number alone, and what was done in some days."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("CREATE INDEX claim_coupon_number ON claim_coupons (number)")
    op.execute("CREATE INDEX audit_at ON audit (at)")
