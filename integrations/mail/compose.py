"""A mail as it goes over the wire."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote
from uuid import UUID

from integrations.channel import Envelope, Refused
from integrations.mail import drawing

DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
QUOTED = re.compile(r'"([^"\\]|\\.)*"')
DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def sendable(address: str) -> str:
    """The address as RFC 5321 writes it; raises Refused for what no relay can take.

    docomo and au once gave out a..b@ and a.@, which still live and are valid only in quotes
    (https://www.docomo.ne.jp/service/docomo_mail/rfc_add/).
    """
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise Refused("bad-address") from None
    if not local.isascii() or not local.isprintable() or not local or not DOMAIN.fullmatch(domain):
        raise Refused("bad-address")
    if DOT_ATOM.fullmatch(local) or QUOTED.fullmatch(local):
        return f"{local}@{domain}"
    return f'"{quote(local)}"@{domain}'


def message_id(outgoing_id: UUID, mail_from: str) -> str:
    """The same for every try of a message, so that servers on the way can drop the second."""
    return f"{outgoing_id}@{mail_from.rpartition('@')[2]}"


def compose(envelope: Envelope, sender: Mailbox, *, reply_to: str, date: datetime) -> bytes:
    """The whole message with CRLF, in ASCII; DKIM is left to the relay. date is the real one, aware.

    sender's own name stands where the message names nobody who writes.
    """
    mail, name = EmailMessage(policy=SMTP), drawing.sender(envelope.messages, otherwise=sender.display_name)
    mail["From"] = Mailbox(name, addr_spec=sender.addr_spec)
    mail["To"] = sendable(envelope.address.user)
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Subject"] = drawing.subject(envelope.messages, otherwise=name)
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = f"<{message_id(envelope.outgoing_id, sender.addr_spec)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday responders keep quiet
    # Left to itself it writes raw 8-bit bytes, which a relay without 8BITMIME may refuse or break. ISO-2022-JP has
    # no 髙, ① or ㈱, so UTF-8 it is.
    mail.set_content(drawing.body(envelope.messages), cte="base64")
    return mail.as_bytes()
