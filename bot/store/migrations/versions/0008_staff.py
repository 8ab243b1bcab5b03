"""Who works behind the counter, and where they are signed in."""

from alembic import op

revision = "0008"
down_revision = "0007"

STAFF = """
CREATE TABLE staff (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = lower(login)),
    name text NOT NULL CHECK (btrim(name) <> ''),
    role text NOT NULL CHECK (role IN ('agent', 'supervisor', 'finance', 'admin')),
    prefectures text[] NOT NULL DEFAULT '{}',
    language text NOT NULL DEFAULT 'ja',
    password bytea,
    totp bytea,
    totp_step bigint NOT NULL DEFAULT 0,
    enrolled_at timestamptz,
    set_up_hash bytea UNIQUE,
    set_up_until timestamptz,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);
-- The name stands in the audit and counts for four eyes, so it names one person.
CREATE UNIQUE INDEX staff_name ON staff (lower(name));

CREATE TABLE staff_recovery_codes (
    code_hash bytea PRIMARY KEY,
    staff uuid NOT NULL REFERENCES staff,
    used_at timestamptz
);
CREATE INDEX recovery_code_of ON staff_recovery_codes (staff);
"""

SESSIONS = """
CREATE TABLE staff_sessions (
    id uuid PRIMARY KEY,
    staff uuid NOT NULL REFERENCES staff,
    token_hash bytea NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('half', 'open', 'ended')),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ended_by text,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL AND ended_by IS NOT NULL))
);
CREATE INDEX staff_session_live ON staff_sessions (staff) WHERE state <> 'ended';
"""

# Tries are counted here while Redis is away.
REFUSED = """
CREATE INDEX audit_sign_ins_refused ON audit (at) WHERE action = 'staff.refused';
"""


def upgrade() -> None:
    for script in (STAFF, SESSIONS, REFUSED):
        op.execute(script)
