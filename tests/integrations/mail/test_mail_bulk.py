"""Mail by the thousand arrives as the single one does, and of every break it is known whether it may have arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TypeVar

import pytest

from integrations.bulk import Letter
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.mail import MailConfig
from integrations.mail.bulk import MailBulk
from integrations.mail.relay import RelayAddress
from tests.integrations.mail.far_side import PASSWORD, USER, FarRelay, only_the_user, running
from tests.integrations.tls import server_side_tls

SENDER = "no-reply@counter.example.jp"
REFERENCE = "01890a5dac96774bbcceb302099a8057.2"
TEXT = "髙橋さま①\n\n下のURLから、5月31日(水)までにお受け取りください。\n\nhttps://counter.example.jp/r/AB3D9EXYZ012\n"
LETTER = Letter(
    REFERENCE, "taro@example.jp", TEXT, subject="【いちご一会とちぎ旅 補償窓口】ポイント受取のご案内（末尾1234）"
)

T = TypeVar("T")


@pytest.fixture(params=["one by one", "pipelining"])
def relay(request: pytest.FixtureRequest) -> Iterator[FarRelay]:
    """What is promised of a relay that takes one command at a time, and of one that takes several, is the same."""
    with running() as standing:
        standing.pipelining = request.param == "pipelining"
        yield standing


def with_client(url: str, use: Callable[[MailBulk], Awaitable[T]], *, timeout: float = 60, **more) -> T:
    async def run() -> T:
        config = MailConfig(url, SENDER, "栃木県クーポン補償", "counter.example.jp", timeout)
        client = MailBulk(config, return_path=lambda reference: f"bounces+{reference}@counter.example.jp", **more)
        try:
            return await use(client)
        finally:
            await client.close()

    return asyncio.run(run())


def sent(far: FarRelay, *letters: Letter) -> list[Receipt | BaseException]:
    async def all_at_once(client: MailBulk) -> list[Receipt | BaseException]:
        return await asyncio.gather(*map(client.send, letters or (LETTER,)), return_exceptions=True)

    return with_client(far.url, all_at_once)


def failing(far: FarRelay) -> SendError:
    [wrong] = sent(far)
    assert isinstance(wrong, SendError)
    return wrong


def test_a_mail_says_in_its_return_path_which_attempt_it_is_and_reads_as_it_was_written(relay):
    assert [Receipt("01890a5dac96774bbcceb302099a8057@counter.example.jp")] == sent(relay)
    [(sender, recipient, content)] = relay.taken
    mail = message_from_bytes(content, policy=policy.default)
    assert (f"bounces+{REFERENCE}@counter.example.jp", "<taro@example.jp>") == (sender, recipient)
    assert (LETTER.subject, TEXT) == (mail["Subject"], mail.get_content().replace("\r\n", "\n"))
    assert "栃木県クーポン補償 <no-reply@counter.example.jp>" == str(mail["From"])
    assert "auto-generated" == mail["Auto-Submitted"]
    assert content.isascii()
    assert max(map(len, content.partition(b"Auto-Submitted")[2].split(b"\r\n"))) <= 76


def test_another_attempt_of_a_mail_has_the_same_message_id(relay):
    sent(relay, LETTER, Letter("01890a5dac96774bbcceb302099a8057.3", "taro@example.jp", TEXT))
    ids = {message_from_bytes(content)["Message-ID"] for _, _, content in relay.taken}
    assert {"<01890a5dac96774bbcceb302099a8057@counter.example.jp>"} == ids


def test_only_a_letter_that_can_be_unsubscribed_from_says_so(relay):
    url = "https://counter.example.jp/u/AB3D9EXYZ012"
    sent(relay, LETTER, Letter(REFERENCE, "taro@example.jp", TEXT, subject="まもなく期限です", unsubscribe=url))
    headers = {
        (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"])
        for mail in (message_from_bytes(content) for _, _, content in relay.taken)
    }
    assert {(None, None), (f"<{url}>", "List-Unsubscribe=One-Click")} == headers


def test_a_hundred_mails_share_eight_connections(relay):
    letters = [Letter(f"{number:032x}.1", f"person{number}@example.jp", TEXT) for number in range(100)]
    sent(relay, *letters)
    assert (100, 8) == (len({recipient for _, recipient, _ in relay.taken}), len(relay.lines))


@pytest.mark.parametrize(
    ("step", "reply", "error", "code"),
    [
        ("MAIL", "550 5.7.1 not your sender", Misconfigured, "5.7.1"),
        ("RCPT", "550 5.1.1 no such user", Refused, "5.1.1"),
        ("RCPT", "550 no such user", Refused, "550"),
        ("RCPT", "451 4.7.1 greylisted", SendLater, "4.7.1"),
        ("DATA", "554 5.6.0 no", Refused, "5.6.0"),
        ("END", "552 5.3.4 too big", Refused, "5.3.4"),
        ("END", "421 4.3.2 shutting down", SendLater, "421"),
        ("END", "554 Message rejected: Email address is not verified. (…)", Misconfigured, "554"),
        ("END", "454 Throttling failure: Maximum sending rate exceeded.", SendLater, "454_429"),
        ("DATA", "454 Throttling failure: Daily message quota exceeded.", SendLater, "454"),
    ],
)
def test_a_reply_is_the_error_that_it_means_under_its_narrowest_code(relay, step, reply, error, code):
    relay.next_at(step, reply)
    wrong = failing(relay)
    assert (error, code, []) == (type(wrong), wrong.code, relay.taken)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_hangs_up_before_it_had_the_mail_has_not_taken_it(relay, step):
    relay.next_at(step, "hang up")
    assert SendLater is type(failing(relay))


@pytest.mark.parametrize("end", ["hang up", "silence"])
def test_a_mail_without_an_answer_after_its_last_dot_is_unknown(relay, end):
    relay.next_at("END", end)
    with pytest.raises(OutcomeUnknown):
        with_client(relay.url, lambda client: client.send(LETTER), timeout=1)


def test_a_relay_cannot_be_asked_what_became_of_a_mail(relay):
    with pytest.raises(OutcomeUnknown):
        with_client(relay.url, lambda client: client.find_sent(LETTER, since=datetime.now(UTC)))


def test_connections_that_the_relay_closed_meanwhile_are_renewed(relay):
    async def with_a_pause(client: MailBulk) -> None:
        await client.send(LETTER)
        await asyncio.to_thread(relay.hang_up_all)
        await client.send(LETTER)

    with_client(relay.url, with_a_pause)
    assert 2 == len(relay.taken)


def test_after_a_refusal_the_connection_goes_on_being_used(relay):
    async def one_after_the_other(client: MailBulk) -> None:
        relay.next_at("RCPT", "550 5.1.1 no such user")
        with pytest.raises(Refused):
            await client.send(LETTER)
        await client.send(LETTER)

    with_client(relay.url, one_after_the_other)
    assert (1, 1) == (len(relay.taken), len(relay.lines))


def test_a_relay_that_takes_several_commands_at_once_is_waited_for_twice_a_mail(relay):
    sent(relay)
    commands = [piece for piece in relay.pieces if not piece.startswith((b"EHLO", b"QUIT"))]
    assert (2 if relay.pipelining else 4) == len(commands)


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_relay_that_refuses_and_asks_for_the_mail_all_the_same_gets_none_of_it(relay, step):
    async def one_after_the_other(client: MailBulk) -> None:
        relay.next_at(step, "550 5.1.1 no")
        relay.next_at("DATA", "354 go on")
        with pytest.raises(SendError):
            await client.send(LETTER)
        relay.answers["DATA"].clear()
        await client.send(LETTER)

    with_client(relay.url, one_after_the_other)
    assert 1 == len(relay.taken)
    assert 1 == b"".join(relay.pieces).count(b"Subject: ")
    assert relay.pipelining == (b".\r\n" in relay.pieces)


def test_an_address_that_no_relay_can_take_is_refused_without_asking_one(relay):
    assert isinstance(sent(relay, Letter(REFERENCE, "髙橋@example.jp", TEXT))[0], Refused)
    assert [] == relay.lines


def test_an_old_address_of_a_carrier_goes_out_in_quotes(relay):
    sent(relay, Letter(REFERENCE, "a..b.@docomo.ne.jp", TEXT))
    assert '<"a..b."@docomo.ne.jp>' == relay.taken[0][1]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_a_wrong_password_is_for_a_person_to_mend(relay):
    with running(auth_required=True, auth_require_tls=False, authenticator=only_the_user) as guarded:
        wrong = guarded.url.replace("smtp://", "smtp://counter:wrong@")
        with pytest.raises(Misconfigured):
            with_client(wrong, lambda client: client.send(LETTER))


def test_a_relay_that_is_not_there_is_tried_later(relay):
    with pytest.raises(SendLater):
        with_client("smtp://127.0.0.1:9", lambda client: client.send(LETTER))


def test_a_relay_that_cannot_prove_who_it_is_gets_neither_password_nor_mail(certificate):
    with running(tls_context=server_side_tls(certificate), require_starttls=True) as imposter:
        url = imposter.url.replace("smtp://127.0.0.1", f"smtp://{USER}:{PASSWORD.replace('/', '%2F')}@localhost")
        with pytest.raises(Misconfigured):
            with_client(f"{url}?starttls=1", lambda client: client.send(LETTER))
        assert [] == imposter.taken


def test_the_address_of_amazon_ses_is_read_as_it_stands_in_the_handbook():
    url = "smtp://AKIA2EXAMPLE:p%2Fa%2Bss%3D@email-smtp.ap-northeast-1.amazonaws.com:587?starttls=1"
    host = "email-smtp.ap-northeast-1.amazonaws.com"
    expected = RelayAddress(host, 587, tls=False, starttls=True, user="AKIA2EXAMPLE", password="p/a+ss=")
    assert expected == RelayAddress.parse(url)
