"""However a relay's answers come over the wire, it is known whether it took a mail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from integrations.bulk import Letter
from integrations.channel import OutcomeUnknown, SendLater
from integrations.mail import MailConfig
from integrations.mail.bulk import MailBulk

GREETING = [b"220 relay\r\n", b"250-relay\r\n250-PIPELINING\r\n250 HELP\r\n"]
YES = [b"250-2.1.0 a sender\r\n250 2.1.0 known\r\n", b"250 2.1.5 ok\r\n", b"354 go on\r\n"]
LETTER = Letter("01890a5dac96774bbcceb302099a8057.2", "taro@example.jp", "本文")

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def say(writer: asyncio.StreamWriter, words: bytes, *, pieces_of: int) -> None:
    for at in range(0, len(words), pieces_of):
        writer.write(words[at : at + pieces_of])
        await writer.drain()
        await asyncio.sleep(0)


def relay_that_says(before: bytes, after: bytes = b"", *, pieces_of: int = 1) -> Talk:
    """A relay that answers so to the commands of a mail, and so to the mail; then it waits to be left."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await say(writer, GREETING[0], pieces_of=1)
        await reader.readline()
        await say(writer, GREETING[1], pieces_of=1)
        await reader.readuntil(b"DATA\r\n")
        await say(writer, before, pieces_of=pieces_of)
        await reader.readuntil(b"\r\n.\r\n")
        await say(writer, after, pieces_of=pieces_of)
        await reader.read()

    return talk


async def sent_to(talk: Talk) -> None:
    async def on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has hung up
        finally:
            writer.close()
            left.set()

    left = asyncio.Event()

    server = await asyncio.start_server(on, "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    config = MailConfig(url, "no-reply@counter.example.jp", "栃木県", "counter.example.jp", 30.0)
    client = MailBulk(config, return_path=lambda _: "bounces@counter.example.jp")
    try:
        await client.send(LETTER)
    finally:
        await client.close()
        await left.wait()
        server.close()


def test_answers_of_many_lines_that_come_byte_by_byte_are_read_as_they_are():
    asyncio.run(sent_to(relay_that_says(b"".join(YES), b"250-2.0.0 taken\r\n250 2.0.0 queued\r\n")))


@pytest.mark.parametrize("rubbish", [b"hello\r\n", b"\r\n", b"250-" + b"x" * 40_000, b"250-a\r\n" * 40_000])
def test_rubbish_before_the_mail_means_that_nothing_was_taken(rubbish):
    with pytest.raises(SendLater):
        asyncio.run(sent_to(relay_that_says(rubbish, pieces_of=1000)))


@pytest.mark.parametrize("rubbish", [b"hello\r\n", b"\r\n"])
def test_rubbish_after_the_mail_leaves_open_whether_it_was_taken(rubbish):
    with pytest.raises(OutcomeUnknown):
        asyncio.run(sent_to(relay_that_says(b"".join(YES), rubbish)))


def test_a_relay_that_says_more_than_it_was_asked_before_it_has_the_mail_gets_none():
    more = b"".join([*YES, b"250 2.0.0 already\r\n"])
    with pytest.raises(SendLater):
        asyncio.run(sent_to(relay_that_says(more, pieces_of=len(more))))
