"""What a statement moved is counted in one pass: claims are made to walk along indexes, and a join of what was before
with what is now had none, so that it took the square of a claim."""

from alembic import op

revision = "0043"
down_revision = "0042"

COUNT_MOVED = """
CREATE OR REPLACE FUNCTION count_moved_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        SELECT mailing, min(state) FILTER (WHERE past) AS before, min(state) FILTER (WHERE NOT past) AS state
        FROM (SELECT id, mailing, state, false AS past FROM entered
              UNION ALL SELECT id, mailing, state, true FROM gone) AS sides
        GROUP BY id, mailing
    ), changed AS (
        SELECT mailing, before, state, count(*) AS n FROM moved WHERE before <> state GROUP BY 1, 2, 3
    ), counted AS (
        INSERT INTO mailing_counts
        SELECT c.mailing, side.state, pg_backend_pid() % 16, sum(side.n)
        FROM changed c, LATERAL (VALUES (c.state, c.n), (c.before, -c.n)) AS side (state, n)
        GROUP BY 1, 2 HAVING sum(side.n) <> 0
        ORDER BY 1, 2
        ON CONFLICT (mailing, state, shard) DO UPDATE SET n = mailing_counts.n + excluded.n
    )
    INSERT INTO mailing_minutes
    SELECT mailing, date_trunc('minute', now()), state, pg_backend_pid() % 16, sum(n) FROM changed GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ON CONFLICT (mailing, minute, state, shard) DO UPDATE SET n = mailing_minutes.n + excluded.n;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.execute(COUNT_MOVED)
