"""A traveller is handed over to a team that sits at Chatwoot, is answered from there, and comes back into the claim."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.local.engines import Engines
from bot.local.try_settings import desk_settings
from integrations.emulator.chatwoot_desk import ChatwootDesk, Talk
from integrations.emulator.config import DEFAULT_CHATWOOT_TOKEN
from tests.journeys.conftest import SERIALS
from tests.journeys.house import NOON, House, house_on
from tests.journeys.player import PATIENCE, Traveller, wait_until
from tests.journeys.test_sms_stop import Texter
from tests.journeys.test_with_staff import Agent, newest

AGENT = "木村"


LONG = 300.0  # seconds; each trouble costs a pause, and each kill the lease of whoever looked
LEASED = ("inbound", "outgoing", "desk_outbox", "desk_threads")
TROUBLES = {
    "seed": 7,
    "chatwoot": [{"do": "drop_after", "share": 0.08}, {"do": "status", "status": 503, "share": 0.08}],
    "chatwoot.webhook": [
        {"do": "duplicate", "share": 0.4},
        {"do": "reorder", "share": 0.3},
        {"do": "drop", "share": 0.2},
    ],
}


@pytest.fixture(scope="module")
def desk_house(engines: Engines, module_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose staff sit at the emulated Chatwoot, for the tests of this file."""
    folder = tmp_path_factory.mktemp("desk")
    with house_on(module_database, engines.redis_url, folder, UNKNOWN_LOOKUP_AFTER="2") as house:
        house.values = {**house.values, **desk_settings(emulator_port=house.emulator.port)}
        house.start()
        house.emulator.clock.set(NOON)
        yield house


@pytest.fixture
def house(desk_house: House) -> Iterator[House]:
    """That house, without any trouble left over."""
    desk_house.emulator.faults.set({})
    yield desk_house
    desk_house.emulator.faults.set({})


class Seat:
    """An agent's place at the emulated Chatwoot; the talk is the one that comes after they sat down."""

    def __init__(self, desk: ChatwootDesk) -> None:
        self.desk = desk
        self.before = len(desk.talks)

    @property
    def talk(self) -> Talk:
        """Once all that came before stands in it."""
        wait_until(lambda: len(self.desk.talks) > self.before and notes(self.desk.talks[self.before + 1]), LONG)
        return self.desk.talks[self.before + 1]

    def replies(self, text: str) -> None:
        self.desk.reply(self.talk, text, agent=AGENT)

    def resolves(self) -> None:
        self.desk.set_status(self.talk, "resolved")


@pytest.fixture
def seat(house: House) -> Seat:
    return Seat(house.emulator.chatwoot)


def handed_over(traveller: Traveller) -> None:
    traveller.says("担当者", "ask.aside.person")
    traveller.says("はい", "to_person")


def said(talk: Talk, kind: str, *, private: bool = False) -> list[str]:
    return [each.content for each in talk.messages if each.kind == kind and each.private == private]


def notes(talk: Talk) -> list[str]:
    return said(talk, "outgoing", private=True)


def kill_and_start(house: House) -> None:
    """With -9 in the middle of things; what was leased runs out while nobody is there."""
    for worker in house.workers:
        worker.kill()
    for table in LEASED:
        house.change(f"UPDATE {table} SET lease_until = '-infinity' WHERE lease_until > now()")  # noqa: S608 - ours
    for worker in house.workers:
        worker.start()


def times(traveller: Traveller, words: str) -> int:
    return sum(words in heard for heard in traveller.line.texts)


def settled(house: House) -> None:
    house.settle()
    house.wait_for_rows([(0,)], "SELECT count(*) FROM desk_outbox WHERE state IN ('planned', 'sending')")


def test_from_line_to_chatwoot_and_back_into_the_application_which_ends_in_a_claim(house: House, seat: Seat) -> None:
    traveller, coupon = Traveller(house, next(SERIALS)), house.coupon(yen=1000)
    traveller.begins()
    traveller.is_eligible()
    handed_over(traveller)
    talk = seat.talk
    assert "担当者" in notes(talk)[0]
    traveller.line.says("番号の見方がわかりません")
    wait_until(lambda: said(talk, "incoming") == ["番号の見方がわかりません"])
    seat.replies("クーポンの右下をご覧ください。")
    traveller.line.wait_for("クーポンの右下をご覧ください。", PATIENCE)
    traveller.line.says("ありました")
    wait_until(lambda: said(talk, "incoming")[1:] == ["ありました"])
    assert 1 == times(traveller, "クーポンの右下をご覧ください。")
    seat.resolves()
    traveller.hears("ask.coupon.number")
    traveller.fills_in(traveller.names_coupons([coupon]))
    traveller.applies()
    settled(house)
    assert "1,000円" in traveller.reward_page()
    assert [("back", "chatwoot", "Chatwoot")] == house.rows(
        "SELECT state, desk, ended_by FROM handoffs WHERE conversation = %s", newest(house, "line")
    )
    assert 2 == len(notes(talk))


def test_through_faults_and_kills_each_word_stands_there_and_here_once(house: House, seat: Seat) -> None:
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    house.emulator.faults.set(TROUBLES)
    handed_over(traveller)
    talk = seat.talk
    for number in range(1, 7):
        traveller.line.says(f"質問{number}")
        seat.replies(f"お答え{number}")
        if number % 3 == 0:
            kill_and_start(house)
    seat.resolves()
    traveller.hears("handed_back", timeout=LONG)
    house.emulator.faults.set({})
    house.change("UPDATE desk_outbox SET due_at = now() WHERE state IN ('planned', 'sending')")
    settled(house)
    assert [f"質問{number}" for number in range(1, 7)] == said(talk, "incoming")
    assert [f"お答え{number}" for number in range(1, 7)] == [
        heard for heard in traveller.line.texts if "お答え" in heard
    ]
    assert seat.before + 1 == len(seat.desk.talks)


def test_while_chatwoot_is_away_the_console_answers_and_nobody_answers_twice(house: House, seat: Seat) -> None:
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    house.emulator.faults.set({"chatwoot": [{"do": "drop_before"}]})
    handed_over(traveller)
    conversation = newest(house, "line")
    with closing(Agent(house)) as agent:
        agent.does(conversation, "move", do="take")
        agent.does(conversation, "reply", text="こちらで承ります。")
        traveller.line.wait_for("こちらで承ります。", PATIENCE)
        house.emulator.faults.set({})
        talk = seat.talk
        wait_until(lambda: any("担当になりました" in note for note in notes(talk)))
        seat.replies("横から失礼します。")
        wait_until(lambda: any("送られていません" in note for note in notes(talk)))
        agent.does(conversation, "move", do="return")
        traveller.hears("handed_back")
        wait_until(lambda: talk.status == "resolved")
    assert 0 == times(traveller, "横から失礼します。")


def test_by_sms_what_is_too_long_comes_back_to_the_team_and_the_next_part_goes(house: House, seat: Seat) -> None:
    texter = Texter(house, next(SERIALS))
    for words in ("こんにちは", "担当者", "はい"):
        texter.texts(words)
    talk = seat.talk
    seat.replies("長い" * 400)
    wait_until(lambda: any("短く分けて" in note for note in notes(talk)))
    seat.replies("番号は、クーポンの右下にあります。")
    wait_until(lambda: any("クーポンの右下" in sms for sms in texter.got))
    assert not any("長い長い" in sms for sms in texter.got)


def test_nothing_that_was_said_stands_in_the_logs(house: House, seat: Seat) -> None:
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    handed_over(traveller)
    assert notes(seat.talk)
    house.emulator.faults.set({"chatwoot.write": [{"do": "status", "status": 422, "times": 1}]})
    traveller.line.says("栃木 花子と申します")
    seat.replies("花子さま、お待たせしました。")
    traveller.line.wait_for("お待たせしました。", PATIENCE)
    wait_until(lambda: "desk.not_told" in house.said())
    assert not [word for word in ("花子", AGENT, DEFAULT_CHATWOOT_TOKEN) if word in house.said()]
