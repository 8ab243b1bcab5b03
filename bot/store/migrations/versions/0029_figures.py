"""What supervisors see over time: by the hour what came in and what became of it; since when staff have a handoff."""

from alembic import op

revision = "0029"
down_revision = "0028"

HOURS = """
CREATE TABLE counter_hours (
    day date NOT NULL,
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    channel text NOT NULL,
    kind text NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (day, hour, channel, kind)
);
-- Turns are added in the order of their time, but for a late one here and there.
CREATE INDEX turns_lately ON turns USING brin (at) WITH (autosummarize = on);
-- The hours are counted together with the funnel: what was counted without them is counted again.
DELETE FROM funnel_rolled;
"""

# began_at is by the campaign's clock and queued_at begins anew; how long somebody waited is by PostgreSQL's alone.
CAME = """
ALTER TABLE handoffs ADD COLUMN came_at timestamptz NOT NULL DEFAULT now();
UPDATE handoffs SET came_at = least(queued_at, answered_at, ended_at);
CREATE INDEX handoff_began ON handoffs (began_at)
    INCLUDE (channel, prefecture, came_at, answered_at, ended_at, ended_by);
"""


def upgrade() -> None:
    for script in (HOURS, CAME):
        op.execute(script)
