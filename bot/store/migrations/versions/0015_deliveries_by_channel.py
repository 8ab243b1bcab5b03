"""The channel of a delivery's way, so that who sends by mail does not walk by a million that go by SMS."""

from alembic import op

revision = "0015"
down_revision = "0014"

CHANNEL = """
ALTER TABLE deliveries ADD COLUMN channel text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN ways[step + 1] = 'mail' THEN 'mail' WHEN ways[step + 1] IN ('line', 'pnp') THEN 'line' ELSE 'sms' END
) STORED;
DROP INDEX deliveries_to_send;
DROP INDEX deliveries_of_pilot;
CREATE INDEX deliveries_to_send ON deliveries (mailing, channel, due_at) WHERE state = 'planned';
CREATE INDEX deliveries_of_pilot ON deliveries (mailing, channel, due_at) WHERE state = 'planned' AND pilot;
CREATE INDEX events_that_failed ON delivery_events (at) WHERE code IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(CHANNEL)
