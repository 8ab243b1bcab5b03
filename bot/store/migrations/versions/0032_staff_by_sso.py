"""Members of staff who come by their office's own account: the name that an administrator gave, then that account."""

from alembic import op

revision = "0032"
down_revision = "0031"

SSO = """
ALTER TABLE staff ADD COLUMN sso_name text NOT NULL DEFAULT '', ADD COLUMN sso_subject bytea UNIQUE;
CREATE UNIQUE INDEX staff_sso_name ON staff (sso_name) WHERE sso_name <> '';
"""


def upgrade() -> None:
    op.execute(SSO)
