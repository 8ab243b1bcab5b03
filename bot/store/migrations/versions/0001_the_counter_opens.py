"""What came in, who talks with us, what is to be said, and what is owed to the claims backend."""

from alembic import op

revision = "0001"
down_revision = None

INBOUND = """
CREATE TABLE inbound (
    id uuid PRIMARY KEY,
    channel text NOT NULL,
    event_id text NOT NULL,
    person bytea NOT NULL,
    conversation uuid,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    reply_until timestamptz NOT NULL DEFAULT now() + interval '50 seconds',
    payload bytea,
    message_id text,
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'kept', 'failed')),
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    tries integer NOT NULL DEFAULT 0,
    UNIQUE (channel, event_id)
);
CREATE INDEX inbound_waiting ON inbound (person, occurred_at) WHERE state = 'new';
CREATE INDEX inbound_due ON inbound (occurred_at) WHERE state = 'new';
CREATE INDEX inbound_message ON inbound (channel, message_id) WHERE message_id IS NOT NULL;
"""

CONVERSATIONS = """
CREATE TABLE conversations (
    id uuid PRIMARY KEY,
    channel text NOT NULL,
    person bytea NOT NULL,
    address bytea NOT NULL,
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    script text NOT NULL,
    script_version integer NOT NULL,
    language text NOT NULL,
    answers bytea,
    pending jsonb NOT NULL DEFAULT '{}',
    turn integer NOT NULL DEFAULT 0,
    owner text NOT NULL DEFAULT 'bot',
    blocked boolean NOT NULL DEFAULT false,
    last_event_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    erase_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX conversation_live ON conversations (channel, person) WHERE ended_at IS NULL;
CREATE INDEX conversation_erasure ON conversations (erase_at) WHERE answers IS NOT NULL;

CREATE TABLE turns (
    conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    turn integer NOT NULL,
    inbound uuid,
    at timestamptz NOT NULL,
    answered text,
    manner text NOT NULL,
    asked text,
    outcome text,
    PRIMARY KEY (conversation, turn)
);

CREATE TABLE links (
    token_hash bytea PRIMARY KEY,
    conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX link_conversation ON links (conversation);
"""

OUTGOING = """
CREATE TABLE outgoing (
    id uuid PRIMARY KEY,
    conversation uuid,
    purpose text NOT NULL,
    once_key text UNIQUE,
    channel text NOT NULL,
    person bytea NOT NULL,
    address bytea NOT NULL,
    body bytea,
    reply_token text,
    reply_until timestamptz,
    not_before timestamptz,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN (
        'planned', 'sending', 'sent', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled')),
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    attempts integer NOT NULL DEFAULT 0,
    first_attempt_at timestamptz,
    provider_id text,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
);
CREATE INDEX outgoing_due ON outgoing (due_at) WHERE state IN ('planned', 'sending', 'unknown');
CREATE INDEX outgoing_order ON outgoing (person, id) WHERE state IN ('planned', 'sending');
CREATE INDEX outgoing_conversation ON outgoing (conversation);
CREATE INDEX outgoing_provider ON outgoing (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE receipts (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    event_key text NOT NULL,
    outgoing uuid NOT NULL,
    attempt integer NOT NULL,
    provider_id text NOT NULL,
    status text NOT NULL,
    code text,
    received_at timestamptz NOT NULL,
    UNIQUE (provider, event_key)
);
CREATE INDEX receipt_outgoing ON receipts (outgoing);
"""

SUBMISSIONS = """
CREATE TABLE submissions (
    id uuid PRIMARY KEY,
    receipt_no text NOT NULL UNIQUE,
    conversation uuid,
    channel text NOT NULL,
    person bytea NOT NULL,
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    acted_at timestamptz NOT NULL,
    claim bytea,
    state text NOT NULL DEFAULT 'filed' CHECK (state IN (
        'filed', 'pending', 'accepted', 'rejected', 'disputed', 'duplicate', 'withdrawing', 'cancelled')),
    amount integer,
    reason text NOT NULL DEFAULT '',
    existing_receipt_no text,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    tries integer NOT NULL DEFAULT 0,
    settled_at timestamptz,
    erase_at timestamptz NOT NULL
);
CREATE INDEX submission_due ON submissions (due_at) WHERE state IN ('filed', 'pending', 'withdrawing');
CREATE INDEX submission_person ON submissions (channel, person);

CREATE TABLE entitlements (
    id uuid PRIMARY KEY,
    submission uuid NOT NULL UNIQUE REFERENCES submissions,
    receipt_no text NOT NULL,
    campaign text NOT NULL,
    amount integer NOT NULL CHECK (amount >= 1),
    token_hash bytea NOT NULL UNIQUE,
    token bytea NOT NULL,
    created_at timestamptz NOT NULL,
    opened_at timestamptz
);
"""

BACKEND = """
CREATE TABLE coupons (
    prefecture text NOT NULL,
    number text NOT NULL,
    trip_date date NOT NULL,
    expiry date NOT NULL,
    balance_after_extension integer CHECK (balance_after_extension >= 0),
    balance_at_snapshot integer CHECK (balance_at_snapshot >= 0),
    charged_to_app boolean NOT NULL DEFAULT false,
    account text NOT NULL DEFAULT 'none' CHECK (account IN ('none', 'active', 'withdrawn')),
    PRIMARY KEY (prefecture, number)
);

CREATE TABLE claims (
    id uuid PRIMARY KEY,
    idempotency_key text NOT NULL UNIQUE,
    request_digest bytea NOT NULL,
    receipt_no text NOT NULL UNIQUE,
    applicant bytea NOT NULL,
    campaign text NOT NULL,
    campaign_version integer NOT NULL,
    body bytea,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected', 'disputed', 'duplicate', 'cancelled')),
    amount integer,
    reason text NOT NULL DEFAULT '',
    existing_receipt_no text,
    acted_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    erase_at timestamptz
);

CREATE TABLE claim_coupons (
    claim uuid NOT NULL REFERENCES claims,
    prefecture text NOT NULL,
    number text NOT NULL,
    trip_date date NOT NULL,
    live boolean NOT NULL,
    PRIMARY KEY (claim, prefecture, number)
);
CREATE UNIQUE INDEX one_live_claim ON claim_coupons (prefecture, number) WHERE live;

CREATE TABLE disputes (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claims,
    prefecture text NOT NULL,
    number text NOT NULL,
    held_by uuid NOT NULL REFERENCES claims,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    UNIQUE (claim, prefecture, number)
);
"""

RECORD = """
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only ever added to';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays();

CREATE TABLE demo_clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    ahead interval NOT NULL
);
"""


def upgrade() -> None:
    for script in (INBOUND, CONVERSATIONS, OUTGOING, SUBMISSIONS, BACKEND, RECORD):
        op.execute(script)
