"""Mails on the wire with nothing recorded: by the client of mailings, and the way people send them now."""

from __future__ import annotations

import asyncio
import smtplib
import time
from email.message import EmailMessage

from bench.mailing_ground import Ground
from integrations.bulk import Letter
from integrations.mail.bulk import MailBulk
from integrations.mail.channel import MailConfig

AT_ONCE = 64
SENDER = "office@counter.example.jp"
SUBJECT = "【いちご一会とちぎ旅 補償窓口】ポイント受取のご案内"
WORDS = "下のURLから、5月31日(水)までにお受け取りください。\n\nhttps://counter.example.jp/r/AB3D9EXYZ0TK\n" * 4


def alone(on: Ground, count: int) -> float:
    """Mails a second of MailBulk."""
    began = time.monotonic()
    asyncio.run(_sent(on, count))
    return count / (time.monotonic() - began)


async def _sent(on: Ground, count: int) -> None:
    config = MailConfig(f"smtp://127.0.0.1:{on.smtp_port}", SENDER, "栃木県", "counter.example.jp")
    client = MailBulk(config, return_path=lambda reference: f"bounces+{reference}@counter.example.jp")
    room = asyncio.Semaphore(AT_ONCE)

    async def send(number: int) -> None:
        async with room:
            await client.send(Letter(f"{number:032x}.1", f"p{number}@example.jp", WORDS, subject=SUBJECT))

    await asyncio.gather(*map(send, range(count)))
    await client.close()


def plain(on: Ground, count: int) -> float:
    """Mails a second of smtplib, on one connection, one EmailMessage and one send_message a mail."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", on.smtp_port) as relay:
        for number in range(count):
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = SENDER, f"p{number}@example.jp", SUBJECT
            mail.set_content(WORDS)
            relay.send_message(mail)
    return count / (time.monotonic() - began)
