"""Codes of rewards that were bought beforehand: each sealed, unique by a keyed hash, and given to one right at most."""

from alembic import op

revision = "0012"
down_revision = "0011"

CODES = """
CREATE TABLE reward_codes (
    id uuid PRIMARY KEY,
    campaign text NOT NULL,
    brand text NOT NULL,
    amount integer NOT NULL CHECK (amount >= 1),
    code bytea,
    fingerprint bytea NOT NULL UNIQUE,
    expires_on date,
    imported_at timestamptz NOT NULL,
    given_to uuid UNIQUE REFERENCES entitlements,
    given_at timestamptz,
    CHECK ((given_to IS NULL) = (code IS NOT NULL))
);
CREATE INDEX reward_codes_free ON reward_codes (campaign, brand, amount, expires_on, id) WHERE given_to IS NULL;
"""


def upgrade() -> None:
    op.execute(CODES)
