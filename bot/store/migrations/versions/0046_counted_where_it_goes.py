"""A delivery that goes from a cancelled mailing to another one leaves the first one's count and stands in the other's:
one that stood in neither was sent to nobody, for a mailing of which nothing is left is finished."""

from alembic import op

revision = "0046"
down_revision = "0045"

COUNT_MOVED = """
CREATE OR REPLACE FUNCTION count_moved_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        SELECT mailing, min(state) FILTER (WHERE past) AS before, min(state) FILTER (WHERE NOT past) AS state
        FROM (SELECT id, mailing, state, false AS past FROM entered
              UNION ALL SELECT id, mailing, state, true FROM gone) AS sides
        GROUP BY id, mailing
    ), changed AS (
        SELECT mailing, before, state, count(*) AS n FROM moved WHERE before IS DISTINCT FROM state GROUP BY 1, 2, 3
    ), counted AS (
        INSERT INTO mailing_counts
        SELECT c.mailing, side.state, pg_backend_pid() % 16, sum(side.n)
        FROM changed c, LATERAL (VALUES (c.state, c.n), (c.before, -c.n)) AS side (state, n)
        WHERE side.state IS NOT NULL
        GROUP BY 1, 2 HAVING sum(side.n) <> 0
        ORDER BY 1, 2
        ON CONFLICT (mailing, state, shard) DO UPDATE SET n = mailing_counts.n + excluded.n
    )
    INSERT INTO mailing_minutes
    SELECT mailing, date_trunc('minute', now()), state, pg_backend_pid() % 16, sum(n) FROM changed
    WHERE state IS NOT NULL GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ON CONFLICT (mailing, minute, state, shard) DO UPDATE SET n = mailing_minutes.n + excluded.n;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.execute(COUNT_MOVED)
