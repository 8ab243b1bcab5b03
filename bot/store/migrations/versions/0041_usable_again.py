"""A coupon whose balance was restored says until which day it can be used; its expiry stays that of the paper."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("ALTER TABLE coupons ADD COLUMN extended_to date")
