"""What was done with one conversation, found in the audit without reading all of it."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute("CREATE INDEX audit_subject ON audit (subject, at) WHERE action LIKE 'handoff.%'")
