"""Applicants whose URL a mailing brought another way: what they have to prove there."""

from __future__ import annotations

from bot import rewards
from bot.app import create_app
from bot.parts import Parts
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import rows
from tests.bot.test_mailing_applicants import MAIL, accepted, move_to, planned
from tests.bot.test_mailing_send import at_work, start, until
from tests.bot.web.counter import hidden_fields


def test_the_code_is_sent_to_where_the_url_got_through_until_a_person_moves_it(
    sending: tuple[Parts, Emulator],
) -> None:
    parts, emulator = sending
    row = accepted(parts, 1, target="+819055530005", contact=MAIL)
    planned(parts)
    start(parts)
    with at_work(parts):
        until(lambda: emulator.mail.inbox(MAIL) != [])
    assert code_goes_to(parts) == "mail"
    move_to(parts, row, "+819033334444")
    assert code_goes_to(parts) == "sms"


def code_goes_to(parts: Parts) -> str:
    """The channel of the code that the page of the only right sends."""
    [(sealed,)] = rows(parts, "SELECT token FROM entitlements")
    path = f"/r/{parts.vault.open(bytes(sealed), rewards.TOKEN).decode()}"
    browser = create_app(parts).test_client()
    fields = hidden_fields(browser.get(path).get_data(as_text=True))
    assert 303 == browser.post(path, data={**fields, "send": "1"}).status_code
    [(channel,)] = rows(parts, "DELETE FROM outgoing WHERE purpose = 'code' RETURNING channel")
    return str(channel)
