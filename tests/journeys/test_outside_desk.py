"""A traveller is handed over to a team that sits at Chatwoot, is answered from there, and comes back into the claim."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.local.try_settings import desk_settings
from integrations.emulator.chatwoot_desk import ChatwootDesk, Talk
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON, House
from tests.journeys.player import PATIENCE, Traveller, wait_until

AGENT = "木村"


@pytest.fixture
def house(own_house: MakeHouse) -> Iterator[House]:
    """A house whose staff sit at the emulated Chatwoot."""
    made = own_house(UNKNOWN_LOOKUP_AFTER="2")
    made.values = {**made.values, **desk_settings(emulator_port=made.emulator.port)}
    made.start()
    made.emulator.clock.set(NOON)
    yield made
    made.stop()


@pytest.fixture
def desk(house: House) -> ChatwootDesk:
    return house.emulator.chatwoot


def handed_over(traveller: Traveller) -> None:
    traveller.says("担当者", "ask.aside.person")
    traveller.says("はい", "to_person")


def only(desk: ChatwootDesk) -> Talk:
    """The one talk there, once it has been told all that came before."""
    wait_until(lambda: desk.talks and next(iter(desk.talks.values())).messages)
    (talk,) = desk.talks.values()
    return talk


def said(talk: Talk, kind: str, *, private: bool = False) -> list[str]:
    return [each.content for each in talk.messages if each.kind == kind and each.private == private]


def notes(talk: Talk) -> list[str]:
    return said(talk, "outgoing", private=True)


def times(traveller: Traveller, words: str) -> int:
    return sum(words in heard for heard in traveller.line.texts)


def settled(house: House) -> None:
    house.settle()
    house.wait_for_rows([(0,)], "SELECT count(*) FROM desk_outbox WHERE state IN ('planned', 'sending')")


def test_from_line_to_chatwoot_and_back_into_the_application_which_ends_in_a_claim(
    house: House, desk: ChatwootDesk
) -> None:
    traveller, coupon = Traveller(house, next(SERIALS)), house.coupon(yen=1000)
    traveller.begins()
    traveller.is_eligible()
    handed_over(traveller)
    talk = only(desk)
    assert "担当者" in notes(talk)[0]
    traveller.line.says("番号の見方がわかりません")
    wait_until(lambda: said(talk, "incoming") == ["番号の見方がわかりません"])
    desk.reply(talk, "クーポンの右下をご覧ください。", agent=AGENT)
    traveller.line.wait_for("クーポンの右下をご覧ください。", PATIENCE)
    traveller.line.says("ありました")
    wait_until(lambda: said(talk, "incoming")[1:] == ["ありました"])
    assert 1 == times(traveller, "クーポンの右下をご覧ください。")
    desk.set_status(talk, "resolved")
    traveller.hears("ask.coupon.number")
    traveller.fills_in(traveller.names_coupons([coupon]))
    traveller.applies()
    settled(house)
    assert "1,000円" in traveller.reward_page()
    assert [("back", "chatwoot", "Chatwoot")] == house.rows("SELECT state, desk, ended_by FROM handoffs")
    assert 1 == len(notes(talk))
