"""What a person sends to staff is brought to an outside desk too."""

from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.execute("ALTER TABLE desk_outbox DROP CONSTRAINT desk_outbox_kind_check")
    op.execute(
        "ALTER TABLE desk_outbox ADD CONSTRAINT desk_outbox_kind_check"
        " CHECK (kind IN ('opened', 'heard', 'file', 'note', 'over', 'unsaid'))"
    )
