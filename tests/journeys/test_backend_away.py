"""A claims backend that is down delays an application, never loses or doubles it, and the receipt is told at once."""

from __future__ import annotations

from bot.web.claims_api import PREFIX
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON
from tests.journeys.player import REWARD, Traveller

STANDS = "SELECT state FROM submissions WHERE receipt_no = %s"


def test_an_application_outlives_a_backend_that_is_down(own_house: MakeHouse) -> None:
    backend = own_house()
    backend.start(workers=0)
    house = own_house(
        CLAIMS_BACKEND="http",
        CLAIMS_URL=f"{backend.url}{PREFIX}",
        CLAIMS_SHARED_KEY=backend.values["CLAIMS_SERVE_KEY"],
        CLAIMS_SERVE_KEY="",
    )
    house.start()
    house.emulator.clock.set(NOON)
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    traveller.is_eligible()
    traveller.fills_in(traveller.names_coupons([backend.coupon(yen=800)]))
    backend.web[0].kill()
    receipt = traveller.applies()
    house.wait_for_rows([(True,)], "SELECT tries > 0 AND lease_until < now() FROM submissions WHERE state = 'filed'")
    assert [] == traveller.letters(REWARD)
    backend.web[0].start()
    backend.wait_until_ready()
    house.change("UPDATE submissions SET due_at = now()")
    house.wait_for_rows([("accepted",)], STANDS, receipt)
    assert "800円" in traveller.reward_page()
    assert [(receipt, "accepted")] == backend.rows("SELECT receipt_no, state FROM claims")
    house.settle()
    assert 1 == len(traveller.letters(REWARD))
