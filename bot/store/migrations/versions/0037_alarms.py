"""Alarms: when each is raised, as staff set it, and each time that one was; what they are reckoned from."""

from alembic import op

revision = "0037"
down_revision = "0036"

ALARMS = """
CREATE TABLE alarm_rules (
    kind text PRIMARY KEY CHECK (kind IN ('queue_age', 'unmatched', 'undelivered', 'code_stock', 'provider_errors')),
    is_on boolean NOT NULL,
    threshold integer NOT NULL CHECK (threshold >= 1),
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    least integer NOT NULL CHECK (least >= 1),
    mail_to text NOT NULL,
    by_webhook boolean NOT NULL
);
CREATE TABLE alarms (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL DEFAULT 'raised' CHECK (state IN ('raised', 'seen', 'ended')),
    value integer NOT NULL,
    threshold integer NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz,
    seen_by text,
    ended_at timestamptz,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((seen_at IS NULL) = (seen_by IS NULL))
);
-- The same trouble is one alarm for as long as it lasts.
CREATE UNIQUE INDEX alarm_live ON alarms (kind, subject) WHERE state <> 'ended';
CREATE INDEX alarm_raised ON alarms (raised_at);
INSERT INTO watch (name) VALUES ('alarms'), ('undelivered');
"""

# Every writer would wait for the row of the minute, so each connection has a shard of its own.
RECKONED = """
CREATE TABLE coupon_looks (
    minute timestamptz NOT NULL,
    result text NOT NULL CHECK (result IN ('match', 'no_match')),
    shard smallint NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (minute, result, shard)
);
CREATE TABLE queue_hours (
    hour timestamptz NOT NULL,
    channel text NOT NULL,
    prefecture text NOT NULL,
    waiting integer NOT NULL,
    longest integer NOT NULL,
    PRIMARY KEY (hour, channel, prefecture)
);
"""


def upgrade() -> None:
    for script in (ALARMS, RECKONED):
        op.execute(script)
