"""What people send to staff as a picture or a file: wanted from the provider while it is there, kept sealed, erased."""

from alembic import op

revision = "0028"
down_revision = "0027"

# due_at is also the lease: whoever claims a row moves it to when another may ask again.
FILES = """
CREATE TABLE received_files (
    id uuid PRIMARY KEY,
    inbound uuid NOT NULL UNIQUE REFERENCES inbound ON DELETE CASCADE,
    conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'kept', 'lost', 'erased')),
    reason text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT '',
    size integer NOT NULL DEFAULT 0,
    content bytea,
    preview bytea,
    tries smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'kept') = (content IS NOT NULL)),
    CHECK (state = 'kept' OR preview IS NULL)
);
CREATE INDEX received_file_wanted ON received_files (due_at) WHERE state = 'wanted';
CREATE INDEX received_file_conversation ON received_files (conversation);
"""


def upgrade() -> None:
    op.execute(FILES)
