"""One person at several doors finds one and the same application, and is asked to show that they are that person."""

from __future__ import annotations

from contextlib import closing

import httpx

from bot import contacts
from dialogs.rules.claim import show_receipt_no
from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import CODE, REWARD, Traveller, text
from tests.journeys.test_web_form import front_page, to_the_private_part, to_the_receipt

STATE = "SELECT state FROM submissions WHERE receipt_no = %s"
CHANGES = "SELECT state FROM contact_changes WHERE receipt_no = %s"


def texts(traveller: Traveller, said: str) -> str:
    """Write by SMS from the traveller's own number; the answer."""
    before = len(traveller.letters(""))
    traveller.house.emulator.sms.reply(traveller.number, said)
    traveller.house.settle()
    return "\n".join(traveller.letters("")[before:])


def test_who_applied_on_line_finds_it_by_sms_from_the_number_it_goes_to(house: House, traveller: Traveller) -> None:
    coupon = house.coupon(yen=None)
    receipt = traveller.whole_case([coupon])
    house.wait_for_rows([("pending",)], STATE, receipt)
    assert text("ask.here.digits") in texts(traveller, "状況")
    assert show_receipt_no(receipt) not in texts(traveller, "0000")
    told = texts(traveller, receipt[-4:])
    assert show_receipt_no(receipt) in told
    assert text("status.pending") in told
    assert text("ask.withdraw.sure") in texts(traveller, "取り下げ")
    assert text("ask.withdraw.paper") in texts(traveller, "1")
    texts(traveller, coupon[-4:])
    house.wait_for_rows([("cancelled",)], STATE, receipt)


def test_another_telephone_finds_nothing_of_it(house: House, traveller: Traveller) -> None:
    receipt = traveller.whole_case([house.coupon(yen=None)])
    other = Traveller(house, next(SERIALS))
    told = texts(other, "状況") + texts(other, receipt[-4:])
    assert show_receipt_no(receipt) not in told
    assert text("no_claims") in told


def test_who_applied_on_the_web_finds_it_on_line_and_has_the_url_sent_again_there(house: House) -> None:
    traveller = Traveller(house, next(SERIALS))
    with front_page(house) as page:
        to_the_private_part(page, house.coupon())
        receipt = to_the_receipt(page, traveller)
    house.wait_for_rows([("accepted",)], STATE, receipt)
    traveller.letter(REWARD)
    traveller.begins()
    traveller.says("申請をさがす", "ask.find.receipt_no")
    traveller.says(show_receipt_no(receipt), "private_part_beside")
    with closing(traveller.opened(traveller.line.taps(text("button.open_page")))) as page:
        page.open()
        house.settle()  # the code of before, of the application itself, is on the telephone already
        page.send(answer=traveller.code())
        assert text("find_told.found") in page.text
    traveller.hears("find_told.found")
    traveller.hears("status.url_sent")
    house.settle()
    traveller.says("URLが届かない", "resend_told.again")
    house.settle()
    assert [traveller.letter(REWARD)] * 2 == traveller.letters(REWARD)


def test_the_url_goes_elsewhere_after_staff_agree_and_the_old_one_dies(house: House, traveller: Traveller) -> None:
    coupon, new = house.coupon(), Traveller(house, next(SERIALS))
    receipt = traveller.whole_case([coupon])
    house.wait_for_rows([("accepted",)], STATE, receipt)
    old_url = traveller.reward_url()
    traveller.says("送り先を変えたい", "ask.move.number")
    traveller.says(coupon, "ask.move.trip_date")
    traveller.says("2/23", "private_part_beside")
    with closing(traveller.opened(traveller.line.taps(text("button.open_page")))) as page:
        page.open()
        page.send(answer=new.national)
        page.send(answer=new.code())
        assert text("contact_told.asked") in page.text
    traveller.hears("contact_told.asked")
    traveller.letter(text("sms.contact_asked"))
    assert [("requested",)] == house.rows(CHANGES, receipt)
    assert [] == new.letters(REWARD)
    approve(house, receipt)
    traveller.hears("push.contact_changed")
    assert new.reward_url() != old_url
    assert text("reward_page.more.unknown") not in seen(new.reward_url())
    assert text("reward_page.more.unknown") in seen(old_url)
    traveller.letter(text("sms.contact_changed"))
    assert text("ask.here.digits") in texts(new, "状況")
    assert CODE not in texts(new, receipt[-4:])


def approve(house: House, receipt: str) -> None:
    with house.parts() as parts:
        (waits,) = contacts.waiting(parts)
        contacts.approve(parts, receipt, seen=waits.mark, by="佐藤")


def seen(url: str) -> str:
    return httpx.get(url, trust_env=False, timeout=60).text
