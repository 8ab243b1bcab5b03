"""The funnel by day: what became of the conversations that began on it, counted once an hour."""

from alembic import op

revision = "0016"
down_revision = "0015"

FUNNEL = """
CREATE TABLE funnel_days (
    day date NOT NULL,
    campaign text NOT NULL,
    channel text NOT NULL,
    script text NOT NULL,
    script_version integer NOT NULL,
    kind text NOT NULL,
    question text NOT NULL,
    next text NOT NULL,
    conversations integer NOT NULL,
    times integer NOT NULL,
    PRIMARY KEY (day, script, script_version, campaign, channel, kind, question, next)
);
CREATE TABLE funnel_rolled (
    day date PRIMARY KEY,
    rolled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conversation_created ON conversations (created_at);
"""


def upgrade() -> None:
    op.execute(FUNNEL)
