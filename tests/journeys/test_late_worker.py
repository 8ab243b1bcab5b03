"""Worked cases 30 to 32 by SMS and on the web: who acted on the last day is in time, however late anybody works."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime
from uuid import UUID, uuid4

from bot.own_words import own_payload
from bot.store import conversations, inbound
from bot.store.inbound import Kept
from dialogs.message import Address, Inbound
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import House
from tests.journeys.player import PrivatePage, Traveller, text
from tests.journeys.test_web_form import to_the_private_part

LINK = re.compile(r"http://\S+/c(?:ontinue)?/[\w-]+")
BY_SMS = ("こんにちは", "1", "栃木県", "2/24", "なかった", "2000円", "1", "いま申請する")
LAST, LATE = "2023-04-30T23:59:40+09:00", "2023-05-01T00:02:00+09:00"


def texts(traveller: Traveller, *words: str) -> None:
    for said in words:
        traveller.house.emulator.sms.reply(traveller.number, said)
        traveller.house.settle()


def fill_in(page: PrivatePage, traveller: Traveller) -> None:
    """Up to *check your answers*."""
    page.send(choice="agree")
    for answer in (traveller.name, traveller.national, traveller.target):
        page.send(answer=answer)
    page.send(answer=traveller.code())
    assert "check" == page.asked


def at_the_check_by_sms(house: House) -> Traveller:
    traveller = Traveller(house, next(SERIALS))
    texts(traveller, *BY_SMS, house.coupon(), "2/23", "いいえ")
    with closing(traveller.opened(LINK.findall(traveller.letters("")[-1])[-1])) as page:
        page.open()
        fill_in(page, traveller)
    house.settle()
    return traveller


def test_an_sms_of_the_last_minute_is_in_time_and_one_of_the_first_too_late(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set("2023-04-30T23:30:00+09:00")
    in_time, too_late = at_the_check_by_sms(house), at_the_check_by_sms(house)
    house.workers[0].stop()
    house.emulator.clock.set(LAST)
    house.emulator.sms.reply(in_time.number, "この内容で申請する")
    house.emulator.settle()
    house.emulator.clock.set(LATE)
    house.emulator.sms.reply(too_late.number, "この内容で申請する")
    house.emulator.settle()
    house.workers[0].start()
    in_time.letter(text("sms.instead.receipt.text"))
    assert "次の受付2023/5/1(月) 10:00" in too_late.letter("次の受付")
    house.settle()
    assert [("sms", "accepted")] == house.rows("SELECT channel, state FROM submissions")


def test_what_a_page_sent_in_the_last_minute_is_in_time_though_its_process_died(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set("2023-04-30T23:30:00+09:00")
    in_time, too_late = Traveller(house, next(SERIALS)), Traveller(house, next(SERIALS))
    for traveller in (in_time, too_late):
        with closing(PrivatePage(house.url)) as page:
            page.visit("/")
            page.send_to("/apply")
            to_the_private_part(page, house.coupon())
            fill_in(page, traveller)
            ask_id = page.fields["ask"]
            if traveller is too_late:
                house.emulator.clock.set(LATE)
                page.send(choice="submit")
                assert "申請の受付は 2023年4月30日(日) 23:59 で終わりました" in page.text
                assert "2023年5月1日(月) 10:00" in page.text
            else:
                left_behind(house, ask_id)
    house.wait_for_rows([("web", "accepted")], "SELECT channel, state FROM submissions")


def left_behind(house: House, ask_id: str) -> None:
    """A form that was written down in the last minute, by a process that then died, and is found after it."""
    ((conversation,),) = house.rows("SELECT id FROM conversations")
    at = datetime.fromisoformat(LAST)
    house.workers[0].stop()
    with house.parts() as parts:
        found = conversations.by_id(parts.db, UUID(str(conversation)))
        assert found
        said = Inbound(uuid4().hex, Address("web", str(found.id)), at, "button", text="submit", ask_id=ask_id)
        payload = parts.vault.seal(own_payload(said), "inbound.payload")
        inbound.keep(parts.db, [Kept("web", said.event_id, found.person, at, payload, found.id)], received_at=at)
    house.emulator.clock.set(LATE)
    house.workers[0].start()
    house.settle()
    house.emulator.clock.set("2023-04-30T23:30:00+09:00")
