"""Mailings: who is to be brought a URL by which ways, every attempt and every word on it, and how many are where."""

from alembic import op

revision = "0013"
down_revision = "0012"

# An app user never applied, so there is no receipt number: a message names the end of their coupon's inquiry number.
RIGHTS = """
ALTER TABLE entitlements
    ALTER COLUMN receipt_no DROP NOT NULL,
    ADD COLUMN coupon_number text,
    ADD COLUMN person bytea,
    ADD CHECK (num_nonnulls(receipt_no, coupon_number) = 1);
CREATE UNIQUE INDEX one_right_of_a_list ON entitlements (campaign, person) WHERE person IS NOT NULL;

CREATE TABLE entitled_coupons (
    prefecture text NOT NULL,
    number text NOT NULL,
    trip_date date NOT NULL,
    amount integer NOT NULL CHECK (amount >= 1),
    entitlement uuid NOT NULL REFERENCES entitlements,
    PRIMARY KEY (prefecture, number)
);
CREATE INDEX entitled_by ON entitled_coupons (entitlement);

CREATE TABLE entitled_persons (
    person bytea NOT NULL,
    entitlement uuid NOT NULL REFERENCES entitlements,
    PRIMARY KEY (person, entitlement)
);
"""

MAILINGS = """
CREATE TABLE mailings (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN (
        'planned', 'piloting', 'running', 'paused', 'finished', 'cancelled')),
    reason text NOT NULL DEFAULT '',
    paused_from text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    begun_at timestamptz,
    ended_at timestamptz
);
"""

# due_at is also the lease: whoever claims a row moves it to when others may. It is NULL where nothing is left to do.
DELIVERIES = """
CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    mailing uuid NOT NULL REFERENCES mailings,
    entitlement uuid NOT NULL REFERENCES entitlements,
    purpose text NOT NULL,
    contacts bytea,
    ways text[] NOT NULL CHECK (cardinality(ways) >= 1),
    step smallint NOT NULL DEFAULT 0,
    tries smallint NOT NULL DEFAULT 0,
    attempts smallint NOT NULL DEFAULT 0,
    mail_group text NOT NULL DEFAULT '',
    pilot boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN (
        'planned', 'sending', 'unknown', 'accepted', 'presumed', 'delivered', 'undelivered', 'suppressed', 'chosen',
        'expired', 'cancelled')),
    due_at timestamptz DEFAULT now(),
    attempted_at timestamptz,
    provider text,
    provider_id text,
    reason text NOT NULL DEFAULT '',
    UNIQUE (entitlement, purpose),
    CHECK ((due_at IS NOT NULL) = (state IN ('planned', 'sending', 'unknown', 'accepted')))
);
CREATE INDEX deliveries_to_send ON deliveries (mailing, due_at) WHERE state = 'planned';
CREATE INDEX deliveries_of_pilot ON deliveries (mailing, due_at) WHERE state = 'planned' AND pilot;
CREATE INDEX deliveries_to_follow ON deliveries (due_at) WHERE state IN ('sending', 'unknown', 'accepted');
CREATE INDEX deliveries_for_staff ON deliveries (mailing) WHERE state IN ('undelivered', 'suppressed');
"""

# Both are only ever added to: what was tried, and what was heard of it.
HISTORY = """
CREATE TABLE delivery_attempts (
    delivery uuid NOT NULL,
    number smallint NOT NULL,
    way text NOT NULL,
    provider text NOT NULL,
    units smallint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (delivery, number)
);
CREATE TABLE delivery_events (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    delivery uuid NOT NULL,
    attempt smallint NOT NULL,
    kind text NOT NULL,
    code text,
    provider text NOT NULL,
    provider_id text,
    event_key text,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, event_key)
);
CREATE INDEX events_of_delivery ON delivery_events (delivery);
"""

# How many are in which state, and how many came into it in which minute, without counting rows: the statement that
# moves them adds the difference. Several writers would wait for one row, so each connection has a shard of its own.
COUNTS = """
CREATE TABLE mailing_counts (
    mailing uuid NOT NULL REFERENCES mailings,
    state text NOT NULL,
    shard smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (mailing, state, shard)
) WITH (fillfactor = 50);
CREATE TABLE mailing_minutes (
    mailing uuid NOT NULL REFERENCES mailings,
    minute timestamptz NOT NULL,
    state text NOT NULL,
    shard smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (mailing, minute, state, shard)
) WITH (fillfactor = 50);

CREATE FUNCTION count_new_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mailing_counts SELECT mailing, state, pg_backend_pid() % 16, count(*) FROM entered GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (mailing, state, shard) DO UPDATE SET n = mailing_counts.n + excluded.n;
    RETURN NULL;
END $$;
CREATE FUNCTION count_moved_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mailing_counts
    SELECT mailing, state, pg_backend_pid() % 16, sum(n)
    FROM (SELECT mailing, state, 1 AS n FROM entered UNION ALL SELECT mailing, state, -1 FROM gone) AS moved
    GROUP BY 1, 2 HAVING sum(n) <> 0
    ORDER BY 1, 2
    ON CONFLICT (mailing, state, shard) DO UPDATE SET n = mailing_counts.n + excluded.n;
    INSERT INTO mailing_minutes
    SELECT e.mailing, date_trunc('minute', now()), e.state, pg_backend_pid() % 16, count(*)
    FROM entered e JOIN gone g USING (id) WHERE e.state <> g.state GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ON CONFLICT (mailing, minute, state, shard) DO UPDATE SET n = mailing_minutes.n + excluded.n;
    RETURN NULL;
END $$;
CREATE TRIGGER count_new AFTER INSERT ON deliveries REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION count_new_deliveries();
CREATE TRIGGER count_moved AFTER UPDATE ON deliveries REFERENCING OLD TABLE AS gone NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION count_moved_deliveries();
"""


def upgrade() -> None:
    for script in (RIGHTS, MAILINGS, DELIVERIES, HISTORY, COUNTS):
        op.execute(script)
