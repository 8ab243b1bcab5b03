"""A mailbox is read without losing a message, whatever breaks on the way, and says why when it cannot be."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.emulator.imap import PASSWORD, Folders, ImapServer
from integrations.mail.mailbox import WHY, CannotRead, Mailbox, MailboxAddress
from tests.integrations.tls import server_side_tls, write_certificate

A_MAIL = b"From: a@example.jp\r\nSubject: returned\r\n\r\ntext\r\n"


@pytest.fixture
def folders() -> Folders:
    return Folders("Done", "R&D")


@contextmanager
def serving(folders: Folders, certificate: Path | None = None) -> Iterator[ImapServer]:
    server = ImapServer(folders, "127.0.0.1", 0, server_side_tls(certificate) if certificate else None)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(folders: Folders) -> Iterator[ImapServer]:
    with serving(folders) as found:
        yield found


def mailbox(server: ImapServer, folder: str = "INBOX", *, query: str = "", wrong: str = "") -> Mailbox:
    url = f"imap://bounces%40example.jp:{PASSWORD}{wrong}@127.0.0.1:{server.port}/{folder}{query}"
    return Mailbox(MailboxAddress.parse(url), timeout=60)


def why(reading: Callable[[], object]) -> str:
    with pytest.raises(CannotRead) as found:
        reading()
    assert found.value.why in WHY
    return found.value.why


def test_each_message_is_handed_on_once_as_it_came(server: ImapServer, folders: Folders) -> None:
    for number in range(3):
        folders.keep(A_MAIL + b"%d\r\n" % number)
    taken: list[bytes] = []
    assert 3 == mailbox(server).waiting()
    assert [3, 0] == [mailbox(server).read(lambda raw: taken.append(raw) is None) for _ in range(2)]
    assert [A_MAIL + b"%d\r\n" % number for number in range(3)] == taken
    assert [{r"\Seen"}] * 3 == [message.flags for message in folders.messages()]


def test_what_could_not_be_kept_comes_again(server: ImapServer, folders: Folders) -> None:
    folders.keep(A_MAIL)

    def fails(_raw: bytes) -> bool:
        raise ConnectionError("PostgreSQL is away")

    with pytest.raises(CannotRead):
        mailbox(server).read(fails)
    assert 1 == mailbox(server).waiting()
    assert 1 == mailbox(server).read(lambda _: True)


def test_what_was_taken_is_moved_where_a_folder_is_named_for_it(server: ImapServer, folders: Folders) -> None:
    folders.keep(A_MAIL)
    assert 1 == mailbox(server, query="?done=Done").read(lambda _: True)
    assert ([], [A_MAIL]) == (folders.messages(), [message.content for message in folders.messages("Done")])


def test_what_is_none_of_ours_stays_and_is_flagged_for_a_person(server: ImapServer, folders: Folders) -> None:
    folders.keep(A_MAIL)
    assert 1 == mailbox(server, query="?done=Done").read(lambda _: False)
    assert [{r"\Seen", r"\Flagged"}] == [message.flags for message in folders.messages()]


def test_a_folder_that_is_named_is_read(server: ImapServer, folders: Folders) -> None:
    folders.keep(A_MAIL, "R&D")
    assert 1 == mailbox(server, "R%26D").read(lambda _: True)


def test_a_wrong_password_a_missing_folder_and_a_silent_port_are_told_apart(server: ImapServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        nobody = Mailbox(MailboxAddress.parse(f"imap://u:p@127.0.0.1:{port}"), timeout=0.3)
        assert "unreachable" == why(nobody.waiting)
    assert "login_refused" == why(mailbox(server, wrong="x").waiting)
    assert "no_folder" == why(mailbox(server, "Nowhere").waiting)
    assert "no_folder" == why(mailbox(server, "%E6%88%BB%E3%82%8A").waiting)


def test_a_folder_for_what_was_taken_that_is_not_there_loses_nothing(server: ImapServer, folders: Folders) -> None:
    folders.keep(A_MAIL)
    assert "broken" == why(lambda: mailbox(server, query="?done=Nowhere").read(lambda _: True))
    assert [A_MAIL] == [message.content for message in folders.messages()]


def test_over_tls_a_certificate_that_nobody_vouches_for_is_refused_and_a_good_one_taken(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "localhost.pem")
    folders.keep(A_MAIL)
    with serving(folders, certificate) as server:
        address = MailboxAddress.parse(f"imaps://u:pass@localhost:{server.port}/INBOX")
        assert "certificate" == why(Mailbox(address, timeout=60).waiting)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert 1 == Mailbox(address, timeout=60).waiting()


@pytest.mark.parametrize("url", ["pop3://u:p@host", "imap://host/INBOX", "imaps:///INBOX"])
def test_what_is_no_address_of_a_mailbox_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="imaps://user:password@host/INBOX"):
        MailboxAddress.parse(url)


def test_an_address_keeps_its_password_to_itself() -> None:
    assert "secret" not in repr(MailboxAddress.parse("imaps://user:secret@host/INBOX"))
