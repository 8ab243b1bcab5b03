"""As on several machines: two web processes behind a balancer, three workers, one PostgreSQL, one Valkey."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON
from tests.journeys.player import CODE, REWARD, Traveller


def test_two_web_processes_and_three_workers_share_the_work(own_house: MakeHouse) -> None:
    house = own_house()
    house.start(web=2, workers=3)
    house.emulator.clock.set(NOON)
    house.emulator.faults.set({"webhook": [{"do": "duplicate", "share": 0.5}], "seed": 3})
    people = [Traveller(house, next(SERIALS)) for _ in range(10)]
    with ThreadPoolExecutor(len(people)) as pool:
        receipts = set(pool.map(lambda person: person.whole_case([house.coupon()]), people))
        assert all("1,000円" in page for page in pool.map(Traveller.reward_page, people))
    house.settle()
    assert len(people) == len(receipts)
    assert [(len(people),)] == house.rows("SELECT count(*) FROM claims WHERE state = 'accepted'")
    assert [1] * len(people) == [len(person.letters(REWARD)) for person in people]
    assert [2] * len(people) == [len(person.letters(CODE)) for person in people]
    assert [1] * len({person.line.texts.count(words) for person in people for words in person.line.texts})
