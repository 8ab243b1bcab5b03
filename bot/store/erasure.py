"""What is personal goes on its date; what a subsidy is audited by stays without it."""

from __future__ import annotations

from datetime import datetime

from bot.store.db import Pool, transaction
from dialogs.reaction import PRIVATE_DOORS

# Drafts and chats some days after the last word, claims after the years that the subsidy's books are kept.
STATEMENTS = {
    "answers": """
        UPDATE conversations SET answers = NULL, pending = '{}', ended_at = coalesce(ended_at, %(now)s)
        WHERE answers IS NOT NULL AND erase_at <= %(now)s
          -- What staff have waits for them, but not for ever.
          AND (%(chats_are_over)s OR NOT EXISTS (SELECT FROM handoffs h
              WHERE h.conversation = conversations.id AND h.state IN ('waiting', 'taken', 'returning')))
    """,
    "handoffs": """
        UPDATE handoffs h SET state = 'back', ended_at = now(), ended_by = 'erasure' FROM conversations c
        WHERE c.id = h.conversation AND c.ended_at IS NOT NULL AND h.state IN ('waiting', 'taken', 'returning')
    """,
    "desk_outbox": """
        UPDATE desk_outbox SET body = NULL
        WHERE body IS NOT NULL AND (
            state IN ('sent', 'refused') AND settled_at <= %(messages_before)s
            -- Where the desk was switched off nobody settles what is left.
            OR %(chats_are_over)s)
    """,
    "staff_notes": "UPDATE staff_notes SET body = NULL WHERE body IS NOT NULL AND %(chats_are_over)s",
    "chat_text": """
        UPDATE inbound SET payload = NULL
        WHERE payload IS NOT NULL AND state <> 'new' AND %(chats_are_over)s
    """,
    # Until then staff may have to answer, also after the answers are gone.
    "chat_addresses": """
        UPDATE conversations SET address = ''
        WHERE address <> '' AND answers IS NULL AND ended_at IS NOT NULL AND %(chats_are_over)s
    """,
    "received_files": """
        UPDATE received_files SET state = 'erased', content = NULL, preview = NULL
        WHERE state IN ('wanted', 'kept') AND %(chats_are_over)s
    """,
    "private_words": """
        UPDATE inbound SET payload = NULL
        WHERE payload IS NOT NULL AND state <> 'new' AND channel = ANY(%(pages)s) AND received_at <= %(pages_before)s
    """,
    # What became of an unknown one may never be found out, so nobody settles it.
    "messages": """
        UPDATE outgoing SET body = NULL, address = '', reply_token = NULL
        WHERE body IS NOT NULL AND (settled_at IS NOT NULL OR state = 'unknown') AND created_at <= %(messages_before)s
    """,
    "submissions": """
        UPDATE submissions SET claim = NULL, as_filed = NULL WHERE claim IS NOT NULL AND erase_at <= %(now)s
    """,
    "contact_changes": "UPDATE contact_changes SET target = NULL WHERE target IS NOT NULL AND erase_at <= %(now)s",
    "claims": "UPDATE claims SET body = NULL WHERE body IS NOT NULL AND erase_at <= %(now)s",
    "cases": "UPDATE cases SET details = NULL WHERE details IS NOT NULL AND erase_at <= %(now)s",
    "shop_records": """
        UPDATE shop_records SET details = NULL, content = NULL WHERE details IS NOT NULL AND erase_at <= %(now)s
    """,
    "refunds": "UPDATE refunds SET details = NULL, account = NULL WHERE details IS NOT NULL AND erase_at <= %(now)s",
    "refund_files": """
        UPDATE refund_files f SET content = NULL
        WHERE content IS NOT NULL AND NOT EXISTS (
            SELECT FROM refund_lines l JOIN refunds r ON r.id = l.refund
            WHERE l.file = f.number AND r.details IS NOT NULL)
    """,
    "reminders": """
        UPDATE reminders SET address = NULL
        WHERE address IS NOT NULL AND (state <> 'planned' OR due_at <= %(now)s - interval '30 days')
    """,
    "delivery_contacts": "UPDATE deliveries SET contacts = NULL WHERE contacts IS NOT NULL AND %(chats_are_over)s",
    "rewards": """
        UPDATE entitlements SET code = NULL, target = NULL
        WHERE (code IS NOT NULL OR target IS NOT NULL) AND erase_at <= %(now)s AND state NOT IN ('chosen', 'issuing')
    """,
    # Nothing personal; but nobody reads them any more either.
    "coupon_looks": "DELETE FROM coupon_looks WHERE minute <= %(messages_before)s",
    "webhook_calls": "DELETE FROM webhook_calls WHERE settled_at <= %(messages_before)s",
    "links": "DELETE FROM links WHERE expires_at <= %(now)s",
    "staff_sessions": "DELETE FROM staff_sessions WHERE last_seen_at <= %(messages_before)s",
}


def erase(
    pool: Pool, *, now: datetime, chats_are_over: bool, pages_before: datetime, messages_before: datetime
) -> dict[str, int]:
    """Erase whatever is past its date; gives how many rows of each kind.

    now and pages_before (what was written on our own pages) are the campaign's clock, messages_before PostgreSQL's.
    """
    values = {
        "now": now,
        "chats_are_over": chats_are_over,
        "pages": list(PRIVATE_DOORS),
        "pages_before": pages_before,
        "messages_before": messages_before,
    }
    with transaction(pool) as connection:
        # Whole tables are read: cut off after some seconds, nothing of a large one would ever be erased.
        connection.execute("SET LOCAL statement_timeout = 0")
        return {kind: connection.execute(sql, values).rowcount for kind, sql in STATEMENTS.items()}
