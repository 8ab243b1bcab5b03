"""The house checks every column: what could hold words of people is sealed, hashed, or was thought about."""

from __future__ import annotations

import psycopg

# What holds words of people, or leads to them: sealed by the vault before it is written.
SEALED = {
    "inbound": {"payload"},
    "conversations": {"address", "answers"},
    "outgoing": {"address", "body"},
    "submissions": {"claim", "as_filed"},
    "contact_changes": {"target"},
    "entitlements": {"token", "target", "code"},
    "claims": {"body"},
    "refunds": {"details"},
    "cases": {"details"},
    "shop_records": {"details", "content"},
    "refund_files": {"content"},
    "deliveries": {"contacts"},
    "staff": {"password", "totp"},
    "staff_notes": {"body"},
    "desk_outbox": {"body"},
    "reminders": {"address"},
    "reward_codes": {"code"},
    "received_files": {"content", "preview"},
}
# Keyed hashes: they find a person or a token again and tell nobody who or what it is.
HASHED = {
    "inbound": {"person"},
    "conversations": {"person"},
    "outgoing": {"person"},
    "submissions": {"person", "target"},
    "known_claims": {"person"},
    "links": {"token_hash", "used_by"},
    "entitlements": {"token_hash", "person"},
    "entitled_coupons": {"subject"},
    "entitled_persons": {"person"},
    "delivery_attempts": {"person"},
    "claims": {"applicant", "request_digest"},
    "cases": {"person", "subject"},
    "refunds": {"account"},
    "reminders": {"person"},
    "staff": {"set_up_hash", "sso_subject"},
    "staff_recovery_codes": {"code_hash"},
    "staff_sessions": {"token_hash"},
    "reward_codes": {"fingerprint"},
    "suppressions": {"person"},
}
# Every column that could hold words and holds none of anybody's. A new one is listed only after that thought.
PLAIN = {
    "inbound": {"channel", "event_id", "message_id", "state"},
    "conversations": {"channel", "campaign", "script", "language", "pending", "owner"},
    "turns": {"answered", "manner", "asked", "outcome"},
    "outgoing": {"purpose", "once_key", "channel", "reply_token", "state", "provider_id", "error", "said_by"},
    "handoffs": {"campaign", "channel", "prefecture", "reason", "detail", "state", "desk", "ended_by", "why"},
    "desk_threads": {"desk", "state", "remote"},
    "desk_outbox": {"kind", "state", "error"},
    "desk_messages": {"desk"},
    "staff_notes": {"by_name"},
    "received_files": {"state", "reason", "kind"},
    "canned_replies": {"key", "title", "texts"},
    "receipts": {"provider", "event_key", "provider_id", "status", "code"},
    "submissions": {"receipt_no", "channel", "campaign", "filed_by", "state", "reason", "existing_receipt_no"},
    "entitlements": {"receipt_no", "coupon_number", "campaign", "language", "state", "reason", "brand", "vendor_ref"},
    "entitled_coupons": {"prefecture", "number"},
    "mailings": {"name", "campaign", "purpose", "state", "reason", "paused_from"},
    "mailing_counts": {"state"},
    "mailing_minutes": {"state"},
    "deliveries": {"purpose", "channel", "mail_group", "state", "provider", "provider_id", "reason"},
    "delivery_attempts": {"way", "provider"},
    "held_mail_groups": {"mail_group", "reason"},
    "delivery_events": {"kind", "code", "provider", "provider_id", "event_key"},
    "coupons": {"prefecture", "number", "account"},
    "contact_changes": {"receipt_no", "state", "decided_by", "reason"},
    "claims": {"idempotency_key", "receipt_no", "campaign", "state", "reason", "existing_receipt_no"},
    "claim_coupons": {"prefecture", "number"},
    "disputes": {"prefecture", "number", "state", "answer", "proposed_by", "decided_by"},
    "audit": {"actor", "action", "subject", "details"},
    "cases": {"case_no", "kind", "campaign", "channel", "state", "found_by", "restored_by"},
    "shop_records": {"kind", "added_by", "removed_by"},
    "reminders": {"campaign", "kind", "state", "reason"},
    "refunds": {"receipt_no", "campaign", "state", "reason", "checked_by"},
    "refund_files": {"campaign", "state", "sha256", "made_by", "released_by"},
    "reward_codes": {"campaign", "brand"},
    "suppressions": {"channel", "reason", "kind", "source", "lifted_by"},
    "funnel_days": {"campaign", "channel", "script", "kind", "question", "next"},
    "counter_hours": {"channel", "kind"},
    "staff": {"login", "name", "role", "language", "created_by", "sso_name"},
    "watch": {"name"},
    "alarm_rules": {"kind", "mail_to"},
    "alarms": {"kind", "subject", "state", "seen_by"},
    "coupon_looks": {"result"},
    "queue_hours": {"channel", "prefecture"},
    "webhook_calls": {"kind", "body", "state", "error"},
    "staff_sessions": {"state", "ended_by"},
    "staff_unmasked": {"subject", "field"},
    "alembic_version": {"version_num"},
}


def test_what_is_personal_is_sealed_and_every_other_column_was_thought_about(database_url: str) -> None:
    words: dict[str, set[str]] = {}
    bytes_: dict[str, set[str]] = {}
    for table, column, kind in _columns(database_url):
        if kind in ("text", "character varying", "jsonb", "json"):
            words.setdefault(table, set()).add(column)
        elif kind == "bytea":
            bytes_.setdefault(table, set()).add(column)
    assert PLAIN == words
    both = {table: SEALED.get(table, set()) | HASHED.get(table, set()) for table in {**SEALED, **HASHED}}
    assert both == bytes_


def _columns(database_url: str) -> list[tuple[str, str, str]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
