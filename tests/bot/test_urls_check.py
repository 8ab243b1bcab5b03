"""The alarm of the last days: whose URL has not arrived, also where a cancelled mailing had it."""

from __future__ import annotations

from bot.deliveries import running
from bot.local.urls_check import urls_found
from bot.parts import Parts
from integrations.emulator.fixture import Emulator
from tests.bot.test_mailing_applicants import accepted, planned, send_singly


def test_a_week_before_the_end_the_applicants_without_a_url_are_named(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    accepted(parts, 1)
    send_singly(parts)
    forgotten = accepted(parts, 2, target="+819033334444")
    planned(parts)
    assert 1 == running.cancel(parts, "april", by="佐藤")
    emulator.clock.set("2023-05-24T23:59:59+09:00")
    assert [] == list(urls_found(parts))
    emulator.clock.set("2023-05-25T00:00:00+09:00")
    [(_, found, mend)] = urls_found(parts)
    assert "1 applicants" in found
    assert [forgotten.receipt_no] == mend.splitlines()[1:]
    emulator.clock.set("2023-06-01T00:00:00+09:00")
    assert [] == list(urls_found(parts))
