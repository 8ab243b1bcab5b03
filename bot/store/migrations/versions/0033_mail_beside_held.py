"""Mail by its group of domains, so that who claims what is not held does not walk past all that is."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX deliveries_beside_held ON deliveries (mailing, mail_group, due_at)
        WHERE state = 'planned' AND channel = 'mail'
    """)
