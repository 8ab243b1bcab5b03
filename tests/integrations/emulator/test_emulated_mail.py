"""The mail server takes what real SMTP brings, keeps it readable, and fails where it is told to."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from integrations.emulator.fixture import Emulator


@pytest.fixture
def relay(emulator: Emulator) -> Iterator[smtplib.SMTP]:
    """A logged-in connection."""
    with smtplib.SMTP("127.0.0.1", emulator.smtp_port, timeout=60) as found:
        found.login("user", "any password")
        yield found


def mail(to: str = "hanako@example.jp") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "窓口 <counter@example.jp>"
    message["To"] = to
    message["Subject"] = "【栃木県】クーポン補償の受付番号について、大切なお知らせです"
    message["Message-ID"] = "<attempt-1@example.jp>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("髙橋様、①受付番号は 1234 です。\n", cte="base64")
    message.add_alternative("<p>髙橋様</p>", subtype="html", cte="base64")
    return message


def test_a_mail_is_kept_as_people_read_it(emulator: Emulator, relay: smtplib.SMTP) -> None:
    relay.send_message(mail())
    kept = emulator.mail.wait_for("hanako@example.jp", "1234")
    assert ["髙橋様、①受付番号は 1234 です。", "<p>髙橋様</p>"] == [kept["text"].strip(), kept["html"].strip()]
    assert "【栃木県】クーポン補償の受付番号について、大切なお知らせです" == kept["subject"]
    assert ("<attempt-1@example.jp>", "auto-generated") == (
        kept["headers"]["Message-ID"],
        kept["headers"]["Auto-Submitted"],
    )


def test_addresses_that_the_carriers_gave_out_are_taken(emulator: Emulator, relay: smtplib.SMTP) -> None:
    relay.sendmail("counter@example.jp", ["a..b@docomo.ne.jp"], b"Subject: x\r\n\r\nx")
    assert ["x"] == [kept["subject"] for kept in emulator.mail.inbox("a..b@docomo.ne.jp")]


@pytest.mark.parametrize(("local", "code"), [("no-such-user", 550), ("mailbox-full", 552), ("try-later", 451)])
def test_agreed_addresses_bounce(emulator: Emulator, relay: smtplib.SMTP, local: str, code: int) -> None:
    address = f"{local}@example.jp"
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        relay.send_message(mail(address))
    assert code == error.value.recipients[address][0]
    assert [] == emulator.mail.inbox(address)


@pytest.mark.parametrize(("do", "kept"), [("drop_before", 0), ("drop_after", 1), ("timeout_after", 1)])
def test_a_lost_answer_is_told_from_a_lost_mail(emulator: Emulator, relay: smtplib.SMTP, do: str, kept: int) -> None:
    emulator.faults.set({"smtp": [{"do": do, "times": 1, "seconds": 0.05}]})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        relay.send_message(mail())
    assert kept == len(emulator.mail.inbox("hanako@example.jp"))


def test_a_status_keeps_the_connection(emulator: Emulator, relay: smtplib.SMTP) -> None:
    emulator.faults.set({"smtp": [{"do": "status", "status": 451, "times": 1}]})
    with pytest.raises(smtplib.SMTPDataError) as error:
        relay.send_message(mail())
    assert 451 == error.value.smtp_code
    relay.send_message(mail())
    assert 1 == len(emulator.mail.inbox("hanako@example.jp"))
    assert [451, 250] == [exchange["status"] for exchange in emulator.wire]
