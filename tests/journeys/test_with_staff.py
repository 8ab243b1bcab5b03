"""Somebody asks for a person, a member of staff answers at the console, and hands them back into their application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import httpx
import pytest

from integrations.emulator.driver import LinePerson
from tests.bot.console.desk import hire, session_for
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import House
from tests.journeys.player import PATIENCE, REWARD, Traveller, text, wait_until
from tests.journeys.test_sms_door import link_in, to_the_receipt
from tests.journeys.test_sms_stop import Texter
from tests.journeys.test_web_form import front_page

NEWEST = "SELECT id FROM conversations WHERE channel = %s ORDER BY created_at DESC, id DESC LIMIT 1"
HIDDEN = re.compile(r'type="hidden" name="(csrf|handoff|version|once)" value="([^"]*)"')


class Agent:
    """A member at the console, by the pages' own forms."""

    def __init__(self, house: House) -> None:
        self.house, login = house, f"agent{next(SERIALS)}"
        with house.parts() as parts:
            token = session_for(parts, hire(parts, login, name=f"担当 {login}"))
        cookies = {"staff": token}
        self.browser = httpx.Client(
            base_url=house.url, cookies=cookies, timeout=60, follow_redirects=True, trust_env=False
        )
        self.text = ""

    def looks(self, conversation: UUID) -> str:
        return self._seen(self.browser.get(f"/console/conversations/{conversation}"))

    def does(self, conversation: UUID, act: str, **fields: str) -> str:
        self.looks(conversation)
        form = {**dict(HIDDEN.findall(self.text)), **fields}
        return self._seen(self.browser.post(f"/console/conversations/{conversation}/{act}", data=form))

    def close(self) -> None:
        self.browser.close()

    def _seen(self, answer: httpx.Response) -> str:
        answer.raise_for_status()
        self.text = answer.text
        return self.text


@pytest.fixture
def agent(house: House) -> Iterator[Agent]:
    with closing(Agent(house)) as found:
        yield found


def newest(house: House, channel: str) -> UUID:
    found: UUID = house.rows(NEWEST, channel)[0][0]
    return found


def heard_by(line: LinePerson) -> int:
    return sum(entry["from"] == "counter" for entry in line.messages)


def test_on_line_from_the_middle_of_an_application_to_a_person_and_back_and_to_the_url(
    house: House, traveller: Traveller, agent: Agent
) -> None:
    coupon = house.coupon(yen=1000)
    traveller.begins()
    traveller.is_eligible()
    traveller.says("担当者", "ask.aside.person")
    traveller.says("はい", "to_person")
    conversation = newest(house, "line")
    agent.does(conversation, "move", do="take")
    before = heard_by(traveller.line)
    traveller.line.says("番号の見方がわかりません")
    house.settle()
    assert before == heard_by(traveller.line)
    assert "番号の見方がわかりません" in agent.looks(conversation)
    agent.does(conversation, "reply", text="クーポンの右下をご覧ください。")
    traveller.line.wait_for("クーポンの右下をご覧ください。", PATIENCE)
    house.settle()
    assert "送信ずみ" in agent.looks(conversation)
    agent.does(conversation, "move", do="return")
    traveller.hears("ask.coupon.number")
    traveller.fills_in(traveller.names_coupons([coupon]))
    traveller.applies()
    house.settle()
    assert "1,000円" in traveller.reward_page()
    assert [("back",)] == house.rows("SELECT state FROM handoffs WHERE conversation = %s", conversation)


def test_the_same_by_sms_with_the_parts_told_and_the_receipt_of_the_reply(house: House, agent: Agent) -> None:
    texter = Texter(house, next(SERIALS))
    for said in ("こんにちは", "1", "栃木", "2/24", "1", "1", "1", "1", "担当者", "はい"):
        texter.texts(said)
    conversation = newest(house, "sms")
    agent.does(conversation, "move", do="take")
    agent.does(conversation, "reply", text="番号は、クーポンの右下にあります。")
    assert "SMS 1通分" in agent.text
    wait_until(lambda: any("クーポンの右下" in sms for sms in texter.got))
    heard = len(texter.got)
    texter.texts("わかりました")
    assert heard == len(texter.got)
    wait_until(lambda: "届きました" in agent.looks(conversation))
    agent.does(conversation, "move", do="return")
    wait_until(lambda: text("ask.coupon.number") in texter.got[-1])
    for said in (house.coupon(), "2/23", "2"):
        texter.texts(said)
    with closing(texter.opened(link_in(texter.got[-1]))) as page:
        page.open()
        to_the_receipt(page, texter)
    house.settle()
    assert texter.letter(REWARD)


def test_a_worker_that_is_killed_as_it_is_handed_back_asks_again_once(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    traveller.says("担当者", "ask.aside.person")
    traveller.says("はい", "to_person")
    conversation = newest(house, "line")
    with closing(Agent(house)) as agent:
        agent.does(conversation, "move", do="take")
        for worker in house.workers:
            worker.kill()
        agent.does(conversation, "move", do="return")
        assert "ボットに戻しています" in agent.text
        for worker in house.workers:
            worker.start()
        traveller.hears("handed_back")
        house.settle()
        told = [entry for entry in traveller.line.messages if text("handed_back") in str(entry["message"])]
        assert 1 == len(told)
        assert "いまはボットが応対しています" in agent.looks(conversation)


def test_two_agents_and_three_travellers_at_once(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    line, texter = Traveller(house, next(SERIALS)), Texter(house, next(SERIALS))
    line.begins()
    line.says("担当者", "ask.aside.person")
    line.says("はい", "to_person")
    for said in ("こんにちは", "担当者", "はい"):
        texter.texts(said)
    with front_page(house) as page, closing(Agent(house)) as ichiro, closing(Agent(house)) as jiro:
        page.send(answer="担当者")
        page.send(choice="yes")
        on_line, by_sms, on_the_web = (newest(house, channel) for channel in ("line", "sms", "web"))
        for agent, conversation in ((ichiro, on_line), (jiro, by_sms), (ichiro, on_the_web)):
            agent.does(conversation, "move", do="take")
        with pytest.raises(httpx.HTTPStatusError, match="409"):
            jiro.does(on_line, "reply", text="横から失礼します。")
        for agent, conversation in ((ichiro, on_line), (jiro, by_sms), (ichiro, on_the_web)):
            agent.does(conversation, "reply", text="お待たせしました。ご用件をどうぞ。")
        line.line.wait_for("ご用件をどうぞ", PATIENCE)
        wait_until(lambda: any("ご用件をどうぞ" in sms for sms in texter.got))
        page.look()
        assert "ご用件をどうぞ" in page.text
        page.send(answer="番号を間違えました")
        assert "番号を間違えました" in ichiro.looks(on_the_web)
        for agent, conversation in ((ichiro, on_line), (jiro, by_sms), (ichiro, on_the_web)):
            agent.does(conversation, "move", do="return")
        line.hears("ask.kind")
        wait_until(lambda: "どれですか" in texter.got[-1])
        house.settle()
        page.look()
        assert "kind" == page.asked
    assert [("back", 3)] == house.rows("SELECT state, count(*) FROM handoffs GROUP BY state")
    assert not any("横から" in str(entry["message"]) for entry in line.line.messages)
