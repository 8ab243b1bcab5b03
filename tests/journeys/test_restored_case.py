"""Charged twice (B②): told in the chat, decided by two of the staff at their screens, heard of in the chat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page

from dialogs.rules.cases import show_case_no
from tests.bot.console.desk import hire, session_for
from tests.browser.staff_screen import JA, LAPTOP, go, looks_right
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import House
from tests.journeys.player import Traveller
from tests.journeys.test_held_for_a_case import tells_of_it

pytestmark = pytest.mark.browser

BALANCE = "SELECT balance_after_extension, restored FROM coupons WHERE number = %s"
STATE = "SELECT state FROM cases WHERE case_no = %s"


def seated(house: House, browser: Browser, login: str, role: str, *, name: str) -> Page:
    """A member who is signed in at a laptop, at the counter as it really runs."""
    with house.parts() as parts:
        token = session_for(parts, hire(parts, login, role, name=name))
    context = browser.new_context(viewport=LAPTOP, locale="ja-JP", timezone_id="Asia/Tokyo")
    context.add_cookies([{"name": "staff", "value": token, "url": house.url}])
    return context.new_page()


def decided(house: House, browser: Browser, case_no: str, *, gives: str) -> None:
    """An agent finds it in the list and finds it so, with the shop's record; a supervisor gives 500 yen back."""
    agent = seated(house, browser, "ichiro", "agent", name="担当 一郎")
    agent.goto(f"{house.url}/console/cases")
    go(agent, agent.get_by_role("link", name=show_case_no(case_no)))
    go(agent, agent.get_by_role("button", name=JA.say("case.do.checking")))
    agent.get_by_text(JA.say("case.record_add")).click()
    agent.get_by_label(JA.say("case.record.words")).fill("18:31と18:32に500円の売上が2件")
    go(agent, agent.get_by_role("button", name=JA.say("case.record_keep")))
    go(agent, agent.get_by_role("button", name=JA.say("case.do.found")))
    supervisor = seated(house, browser, "hana", "supervisor", name="責任 花子")
    supervisor.goto(f"{house.url}/console/cases/{case_no}")
    supervisor.get_by_label(JA.say("case.yen")).fill("500")
    go(supervisor, supervisor.get_by_role("button", name=JA.say(gives)))
    looks_right(supervisor, "k13-given-back")
    for page in (agent, supervisor):
        page.context.close()


def opened(own_house: MakeHouse, at: str) -> House:
    # Playwright's own event loop runs on this thread, and the emulator's mail server starts one where it is called.
    with ThreadPoolExecutor(1) as aside:
        house = aside.submit(own_house).result()
    house.start()
    house.emulator.clock.set(at)
    return house


@pytest.mark.parametrize(
    ("at", "state", "balance"),
    [
        ("2023-03-25T11:00:00+09:00", "restored", (2500, 0)),
        ("2023-04-05T11:00:00+09:00", "to_points", (2000, 500)),  # no time is left to use it
    ],
)
def test_from_the_chat_to_the_balance_and_the_message(
    own_house: MakeHouse, browser: Browser, at: str, state: str, balance: tuple[int, int]
) -> None:
    house = opened(own_house, at)
    traveller, coupon = Traveller(house, next(SERIALS)), house.coupon()
    case_no = tells_of_it(traveller, coupon)
    decided(house, browser, case_no, gives="case.give_back" if state == "restored" else "case.give_points")
    heard = str(traveller.hears(f"push.case_{state}"))
    assert (True, True) == ("500円" in heard, show_case_no(case_no) in heard)
    assert (state == "restored") == ("2023年3月31日(金) 23:59 まで使える" in heard)
    assert ([(state,)], [balance]) == (house.rows(STATE, case_no), house.rows(BALANCE, coupon))
    assert show_case_no(case_no) in str(traveller.says("状況", f"trouble.state.{state}"))
