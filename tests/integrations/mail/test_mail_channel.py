from __future__ import annotations

import gc
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from urllib.parse import quote
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from dialogs.message import Address, Outbound
from integrations.channel import (
    BadSignature,
    Envelope,
    Misconfigured,
    OutcomeUnknown,
    Receipt,
    Refused,
    SendError,
    SendLater,
)
from integrations.mail import MailChannel, MailConfig
from integrations.mail import relay as relay_module
from tests.integrations.mail.far_side import PASSWORD, USER, FarRelay, only_the_user, running
from tests.integrations.tls import server_side_tls

OUTGOING = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
SENDER = "no-reply@counter.example.jp"
NOW = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)


def channel(url: str, *, timeout: float = 60.0) -> MailChannel:
    return MailChannel(MailConfig(url, SENDER, "栃木県クーポン補償", "counter.example.jp", timeout))


def envelope(to: str = "taro@example.jp", outgoing_id: UUID = OUTGOING) -> Envelope:
    return Envelope(outgoing_id, 1, Address("mail", to), (Outbound("一", subject="二"),))


def failing(mail: MailChannel) -> SendError:
    with pytest.raises(SendError) as raised:
        mail.send(envelope())
    return raised.value


def connections(far: FarRelay) -> int:
    return len(far.lines)


def test_a_mail_arrives_with_our_id_and_the_relays(relay):
    receipt = channel(relay.url).send(envelope())
    assert receipt == Receipt(f"{OUTGOING}@counter.example.jp", "4ABC01")
    [(sender, recipient, content)] = relay.taken
    assert (sender, recipient) == (SENDER, "<taro@example.jp>")
    assert f"Message-ID: <{OUTGOING}@counter.example.jp>\r\n".encode() in content


@pytest.mark.parametrize(("named", "shown"), [("いわて旅 補償窓口", "いわて旅 補償窓口"), ("", "栃木県クーポン補償")])
def test_a_mail_comes_from_who_it_names_and_else_from_the_channels_own_sender(relay, named, shown):
    sent = replace(envelope(), messages=(Outbound("一", subject="二", sender=named),))
    channel(relay.url).send(sent)
    [(_, _, content)] = relay.taken
    assert f"{shown} <{SENDER}>" == str(message_from_bytes(content, policy=policy.default)["From"])


def test_a_carriers_old_address_goes_over_the_wire_in_quotes(relay):
    channel(relay.url).send(envelope("a..b@docomo.ne.jp"))
    assert relay.taken[0][1] == '<"a..b"@docomo.ne.jp>'


def test_one_connection_serves_many_mails(relay):
    mail = channel(relay.url)
    for _ in range(5):
        mail.send(envelope())
    assert (len(relay.taken), connections(relay)) == (5, 1)


def test_a_connection_closed_in_the_meantime_is_renewed_without_a_word(relay):
    mail = channel(relay.url)
    mail.send(envelope())
    relay.hang_up_all()
    mail.send(envelope())
    assert (len(relay.taken), connections(relay)) == (2, 2)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["hang up", "421 too many messages on this connection"])
def test_a_relay_that_hangs_up_before_it_has_the_mail_is_dialled_again(relay, step, reply):
    mail = channel(relay.url)
    mail.send(envelope())
    relay.next_at(step, reply)
    mail.send(envelope())
    assert (len(relay.taken), connections(relay)) == (2, 2)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["hang up", "421 closing", "garbage"])
def test_a_new_connection_that_breaks_too_means_later(relay, step, reply):
    relay.next_at(step, reply)
    assert type(failing(channel(relay.url))) is SendLater
    assert relay.taken == []


@pytest.mark.parametrize(
    ("step", "reply", "error"),
    [
        ("MAIL", "451 busy", SendLater),
        ("MAIL", "530 sign in first", Misconfigured),
        ("MAIL", "553 not your sender", Misconfigured),
        ("RCPT", "450 mailbox busy", SendLater),
        ("RCPT", "550 no such user", Refused),
        ("DATA", "451 later", SendLater),
        ("DATA", "554 no", Refused),
        ("END", "451 later", SendLater),
        ("END", "552 too big", Refused),
        ("END", "554 looks like spam", Refused),
    ],
)
def test_a_reply_is_the_error_that_it_means_and_the_connection_goes_on(relay, step, reply, error):
    mail = channel(relay.url)
    relay.next_at(step, reply)
    raised = failing(mail)
    assert (type(raised), raised.code) == (error, reply[:3])
    mail.send(envelope())
    assert (len(relay.taken), connections(relay)) == (1, 1)


def test_a_relay_that_closes_instead_of_taking_the_mail_means_later_on_a_new_connection(relay):
    mail = channel(relay.url)
    relay.next_at("END", "421 shutting down")
    assert type(failing(mail)) is SendLater
    mail.send(envelope())
    assert (len(relay.taken), connections(relay)) == (1, 2)


def test_a_relay_that_hangs_up_after_taking_the_mail_leaves_the_outcome_unknown(relay):
    relay.next_at("END", "hang up")
    mail = channel(relay.url)
    assert type(failing(mail)) is OutcomeUnknown
    assert len(relay.taken) == 1
    with pytest.raises(OutcomeUnknown):
        mail.find_sent(envelope(), since=NOW)


def test_a_second_try_bears_the_same_id_so_that_servers_can_drop_it(relay):
    relay.next_at("END", "hang up")
    mail = channel(relay.url)
    failing(mail)
    mail.send(envelope())
    ids = {line for _, _, content in relay.taken for line in content.split(b"\r\n") if line.startswith(b"Message-ID")}
    assert ids == {f"Message-ID: <{OUTGOING}@counter.example.jp>".encode()}


def test_a_silent_relay_after_the_mail_leaves_the_outcome_unknown(relay):
    relay.next_at("END", "silence")
    assert type(failing(channel(relay.url, timeout=1))) is OutcomeUnknown


def test_nobody_listening_means_later():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert type(failing(channel(f"smtp://127.0.0.1:{nobody.getsockname()[1]}"))) is SendLater


@pytest.mark.parametrize(
    ("greeting", "error"),
    [(b"421 later\r\n", SendLater), (b"554 not you\r\n", Misconfigured), (b"", SendLater), (b"SSH-2.0\r\n", SendLater)],
)
def test_a_relay_that_does_not_greet_is_judged_by_what_it_says(greeting, error):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            line, _ = server.accept()
            line.sendall(greeting)
            line.close()

        thread = threading.Thread(target=greet)
        thread.start()
        assert type(failing(channel(f"smtp://127.0.0.1:{server.getsockname()[1]}"))) is error
        thread.join()


def with_user(url: str, user: str = USER, password: str = PASSWORD) -> str:
    return url.replace("://", f"://{quote(user, safe='')}:{quote(password, safe='')}@")


loopback_needs_no_tls = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


@loopback_needs_no_tls
def test_a_relay_that_wants_a_user_gets_one():
    with running(authenticator=only_the_user, auth_required=True, auth_require_tls=False) as relay:
        channel(with_user(relay.url)).send(envelope())
        assert len(relay.taken) == 1


@loopback_needs_no_tls
@pytest.mark.parametrize("password", ["wrong", "違う"])
def test_a_wrong_password_is_for_a_person_to_mend(password):
    with running(authenticator=only_the_user, auth_required=True, auth_require_tls=False) as relay:
        assert type(failing(channel(with_user(relay.url, password=password)))) is Misconfigured
        assert type(failing(channel(relay.url))) is Misconfigured


def test_a_relay_that_cannot_do_what_the_settings_ask_is_for_a_person_to_mend(relay):
    assert type(failing(channel(with_user(relay.url)))) is Misconfigured
    assert type(failing(channel(f"{relay.url}?starttls=1"))) is Misconfigured


@pytest.mark.parametrize(
    ("option", "address"), [("tls_context", "smtp://localhost:{}?starttls=1"), ("ssl_context", "smtps://localhost:{}")]
)
def test_mail_goes_encrypted_to_a_relay_that_proves_its_name_and_to_no_other(certificate, monkeypatch, option, address):
    with running(**{option: server_side_tls(certificate)}) as relay:
        url = address.format(relay.url.rpartition(":")[2])
        assert type(failing(channel(url))) is Misconfigured
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mail = channel(url)
        mail.send(envelope())
        assert len(relay.taken) == 1
        mail.close()


def test_an_old_connection_is_not_trusted(relay, monkeypatch):
    monkeypatch.setattr(relay_module, "IDLE_AT_MOST", 0.0)
    mail = channel(relay.url)
    mail.send(envelope())
    mail.send(envelope())
    assert connections(relay) == 2


def test_threads_send_at_once_over_connections_of_their_own(relay):
    mail = channel(relay.url)
    ids = [uuid7() for _ in range(60)]

    def send(outgoing_id: UUID) -> str:
        return mail.send(envelope(f"{outgoing_id}@example.jp", outgoing_id)).provider_id

    with ThreadPoolExecutor(4) as threads:
        receipts = list(threads.map(send, ids))
    assert receipts == [f"{outgoing_id}@counter.example.jp" for outgoing_id in ids]
    assert sorted(recipient for _, recipient, _ in relay.taken) == sorted(f"<{i}@example.jp>" for i in ids)
    for _, recipient, content in relay.taken:
        assert f"To: {recipient.strip('<>')}\r\n".encode() in content
    assert connections(relay) <= 4


def test_a_channel_that_nobody_holds_any_more_leaves_no_connection_open(relay):
    mail = channel(relay.url)
    mail.send(envelope())
    del mail
    gc.collect()
    assert relay.closed_within(60)


def test_no_web_request_is_mail():
    with pytest.raises(BadSignature):
        channel("smtp://127.0.0.1:9").receive({}, b"", url="https://counter.example.jp/", now=NOW)


@pytest.mark.parametrize("url", ["", "mail.example.jp:25", "http://mail.example.jp", "smtp://", "smtp://host:port"])
def test_a_senseless_address_of_the_relay_stops_the_start(url):
    with pytest.raises(ValueError, match=r"."):
        channel(url)


def test_the_password_is_not_shown_with_the_config():
    assert "s3cret" not in repr(MailConfig("smtp://user:s3cret@host", SENDER, "x"))
