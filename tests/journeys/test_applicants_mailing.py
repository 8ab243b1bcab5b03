"""Applicants' URLs with a mailing, through processes as they really run: each once; who has not chosen is reminded."""

from __future__ import annotations

from contextlib import closing

from bot.deliveries import running
from bot.deliveries.planning import Source, Told, plan
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import House
from tests.journeys.player import Traveller, wait_until

EARLY, NOON, WEEK_BEFORE = "2023-04-01T12:00:00+09:00", "2023-04-05T12:00:00+09:00", "2023-05-25T10:00:00+09:00"
REMINDED = "まだです"
PLANNED = "SELECT state FROM outgoing WHERE purpose = 'reward_url'"
TAKEN_OVER = "SELECT state, error FROM outgoing WHERE purpose = 'reward_url'"


def test_accepted_claims_go_out_with_a_mailing_once_and_those_who_have_not_chosen_are_reminded(
    own_house: MakeHouse,
) -> None:
    house = own_house()
    house.start(workers=2)
    house.emulator.clock.set(EARLY)
    both = [Traveller(house, next(SERIALS)) for _ in range(2)]
    for traveller in both:
        traveller.whole_case([house.coupon(yen=1700)])
    house.wait_for_rows([("planned",)] * 2, PLANNED)
    _send_with_a_mailing(house)
    for traveller in both:
        wait_until(lambda traveller=traveller: traveller.letters("/r/"))
    house.settle()
    assert [("cancelled", "by_mailing")] * 2 == house.rows(TAKEN_OVER)
    with closing(both[0].at_the_reward_site()) as site:
        site.choose("amazon")
    house.emulator.clock.set(WEEK_BEFORE)
    wait_until(lambda: both[1].letters(REMINDED))
    house.settle()
    assert [0, 1] == [len(traveller.letters(REMINDED)) for traveller in both]
    assert [1, 2] == [len(traveller.letters("/r/")) for traveller in both]


def _send_with_a_mailing(house: House) -> None:
    with house.parts() as parts:
        assert 2 == plan(parts, Source(accepted_claims=True), "applicants", Told(), without_bad_rows=False).planned
        house.emulator.clock.set(NOON)
        running.start(parts, "applicants", by="佐藤")
