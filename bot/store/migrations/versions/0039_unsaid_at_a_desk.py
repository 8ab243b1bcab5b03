"""What a person takes back is taken back at an outside desk too."""

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.execute("ALTER TABLE desk_outbox DROP CONSTRAINT desk_outbox_kind_check")
    op.execute(
        "ALTER TABLE desk_outbox ADD CONSTRAINT desk_outbox_kind_check"
        " CHECK (kind IN ('opened', 'heard', 'note', 'over', 'unsaid'))"
    )
    op.execute("CREATE INDEX desk_outbox_event ON desk_outbox (event) WHERE event IS NOT NULL")
