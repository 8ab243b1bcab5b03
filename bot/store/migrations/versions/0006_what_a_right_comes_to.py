"""What a right to points comes to: its state, the chosen reward, the code; and rights without an application."""

from alembic import op

revision = "0006"
down_revision = "0005"

# submission is NULL and target set for who never applied here: an app user's right comes from a list.
COLUMNS = """
ALTER TABLE entitlements
    ALTER COLUMN submission DROP NOT NULL,
    ADD COLUMN campaign_version integer,
    ADD COLUMN language text NOT NULL DEFAULT 'ja',
    ADD COLUMN target bytea,
    ADD COLUMN state text NOT NULL DEFAULT 'planned' CHECK (state IN (
        'planned', 'notified', 'opened', 'choosing', 'chosen', 'issuing', 'issued', 'code_shown',
        'expired', 'cancelled', 'failed')),
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN notified_at timestamptz,
    ADD COLUMN brand text,
    ADD COLUMN chosen_at timestamptz,
    ADD COLUMN code bytea,
    ADD COLUMN issued_at timestamptz,
    ADD COLUMN shown_at timestamptz
"""

FILLED = """
UPDATE entitlements e SET campaign_version = s.campaign_version, language = coalesce(c.language, 'ja'),
    state = CASE WHEN e.voided_at IS NOT NULL THEN 'cancelled' WHEN o.id IS NOT NULL THEN 'notified' ELSE 'planned' END,
    notified_at = o.settled_at
FROM submissions s LEFT JOIN conversations c ON c.id = s.conversation,
    entitlements same LEFT JOIN outgoing o ON o.once_key = 'reward_url:' || same.id AND o.state IN ('sent', 'delivered')
WHERE s.id = e.submission AND same.id = e.id
"""

RULES = """
ALTER TABLE entitlements
    ALTER COLUMN campaign_version SET NOT NULL,
    ADD CHECK ((state = 'cancelled') = (voided_at IS NOT NULL)),
    ADD CHECK ((brand IS NOT NULL) = (state IN ('chosen', 'issuing', 'issued', 'code_shown', 'failed'))),
    ADD CHECK (state NOT IN ('issued', 'code_shown') OR issued_at IS NOT NULL)
"""


def upgrade() -> None:
    for script in (COLUMNS, FILLED, RULES):
        op.execute(script)
