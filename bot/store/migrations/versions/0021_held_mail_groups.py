"""Groups of mail domains that a mailing does not write to for now, and how many attempts there were lately."""

from alembic import op

revision = "0021"
down_revision = "0020"

GROUPS = """
CREATE TABLE held_mail_groups (
    mailing uuid NOT NULL REFERENCES mailings,
    mail_group text NOT NULL,
    reason text NOT NULL,
    held_at timestamptz NOT NULL DEFAULT now(),
    released_at timestamptz,
    PRIMARY KEY (mailing, mail_group)
);
CREATE INDEX attempts_lately ON delivery_attempts USING brin (at);
"""


def upgrade() -> None:
    op.execute(GROUPS)
