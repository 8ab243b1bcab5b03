"""What comes back for a mail that was taken at first: a report that it could not be delivered, or a complaint of it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage, Message

# Local parts, whatever digits they end with: the status of the report, by RFC 3463.
COMES_BACK = {"comes-back": "5.1.1", "comes-back-full": "5.2.2", "comes-back-blocked": "5.7.1"}
COMPLAINS = "complains"


def answer(sender: str, recipient: str, content: bytes) -> bytes | None:
    """The mail that goes to the sender of the envelope; None where all is well, or nobody is to be told."""
    local = recipient.partition("@")[0].lower().rstrip("0123456789")
    if not sender:
        return None
    if local in COMES_BACK:
        return _report(sender, recipient, COMES_BACK[local])
    return _complaint(sender, content) if local == COMPLAINS else None


def _report(sender: str, recipient: str, status: str) -> bytes:
    """RFC 3464."""
    fields = f"Reporting-MTA: dns; mail.emulator.test\n\nFinal-Recipient: rfc822; {recipient}\n"
    blocks = f"{fields}Action: failed\nStatus: {status}\n"
    return _enclosing(sender, "Undelivered Mail Returned to Sender", "delivery-status", blocks)


def _complaint(sender: str, content: bytes) -> bytes:
    """RFC 5965; the address of who complains is left out, as most providers do."""
    fields = f"Feedback-Type: abuse\nUser-Agent: Emulator/1\nVersion: 1\nOriginal-Mail-From: <{sender}>\n"
    mail = message_from_bytes(content, policy=policy.SMTP)
    del mail["To"]
    return _enclosing(sender, "Complaint", "feedback-report", fields, mail)


def _enclosing(to: str, subject: str, kind: str, fields: str, mail: Message | None = None) -> bytes:
    report = EmailMessage(policy=policy.SMTP)
    report["From"], report["To"], report["Subject"] = "MAILER-DAEMON@mail.emulator.test", to, subject
    report.set_content("A report follows.\n")
    report.make_mixed()
    report.attach(_part(f"message/{kind}", fields))
    if mail:
        report.attach(_part("message/rfc822", mail.as_string()))
    report.replace_header("Content-Type", f"multipart/report; report-type={kind}")
    return report.as_bytes()


def _part(kind: str, text: str) -> EmailMessage:
    return message_from_bytes(f"Content-Type: {kind}\n\n{text}".encode(), policy=policy.SMTP)
