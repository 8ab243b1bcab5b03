"""The way people do it now: one Celery task a recipient, `messages.create`, the row updated. A Celery application.

`celery -A bench.mailing_celery worker`; DATABASE_URL, REDIS_URL and TWILIO_API_BASE are in the environment.
"""

from __future__ import annotations

import os

import psycopg
from celery import Celery
from twilio.rest import Client

app = Celery("mailing", broker=os.environ["REDIS_URL"])
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = 16
app.conf.task_ignore_result = True

CALLBACK = "https://counter.example.jp/webhooks/twilio/status"
TEXT = (
    "【いちご一会とちぎ旅 補償窓口】ポイント受取は5月31日(水)まで https://counter.example.jp/r/{} お問合せ0120-479-249"
)
SENT = "UPDATE recipients SET state = 'sent', sid = %s, sent_at = now() WHERE id = %s"

client = Client("AC00000000000000000000000000000001", "token")
client.api.base_url = os.environ["TWILIO_API_BASE"]
connections: dict[int, psycopg.Connection] = {}


@app.task
def send(row: int, number: str, token: str) -> None:
    """Send one and mark it."""
    message = client.messages.create(
        to=number, from_="+15005550006", body=TEXT.format(token), status_callback=f"{CALLBACK}?id={row}"
    )
    pid = os.getpid()
    if pid not in connections:
        connections[pid] = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    connections[pid].execute(SENT, (message.sid, row))
