"""All conversations of a person, also those that have ended, for what staff look up by a telephone number or a case."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("CREATE INDEX conversation_person ON conversations (person)")
