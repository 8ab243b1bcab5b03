"""The notice's 補償対応特設サイト as a door of its own, through processes as they really run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

from dialogs.rules.claim import show_receipt_no
from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import CODE, REWARD, PrivatePage, Traveller, text

EXPIRY = {"year": "2023", "month": "2", "day": "24"}
TRIP = {"year": "2023", "month": "２", "day": "23"}
SETTLED = "SELECT state FROM submissions WHERE receipt_no = %s"
LINK = re.compile(r"http://\S+/c/[0-9A-Z]{12}")


@contextmanager
def front_page(house: House) -> Iterator[PrivatePage]:
    """A browser that has just pressed 「申請をはじめる」."""
    with closing(PrivatePage(house.url)) as page:
        page.visit("/")
        page.send_to("/apply")
        yield page


def to_the_private_part(page: PrivatePage, *coupons: str) -> None:
    page.send(choice="paper")
    page.send(answer="栃木県")
    page.send(**EXPIRY)
    for choice in ("nothing", "some", "no", "apply"):
        page.send(choice=choice)
    for position, coupon in enumerate(coupons, start=1):
        page.send(answer=coupon)
        page.send(**TRIP)
        page.send(choice="yes" if position < len(coupons) else "no")
    assert "consent" == page.asked


def to_the_receipt(page: PrivatePage, traveller: Traveller) -> str:
    page.send(choice="agree")
    for answer in (traveller.name, traveller.national, traveller.target):
        page.send(answer=answer)
    page.send(answer=traveller.code())
    assert "check" == page.asked
    page.send(choice="submit")
    found = re.search(r'class="big">([\d-]+)<', page.text)
    assert found
    return found[1].replace("-", "")


def test_the_whole_case_by_web_alone_with_a_break_in_between(house: House) -> None:
    traveller = Traveller(house, next(SERIALS))
    coupons = [house.coupon(yen=1000), house.coupon(yen=700)]
    with front_page(house) as page:
        to_the_private_part(page, *coupons)
        page.visit("/form/later")
        page.send_to("/form/later", answer=traveller.national)
    link = LINK.search(traveller.letter("/c/"))
    assert link
    with closing(traveller.opened(link[0])) as elsewhere:
        elsewhere.open()
        assert "consent" == elsewhere.asked
        receipt = to_the_receipt(elsewhere, traveller)
    house.wait_for_rows([("accepted",)], SETTLED, receipt)
    assert "1,700円" in traveller.reward_page()
    house.settle()
    assert receipt[-4:] in traveller.letter(REWARD)
    assert [] == house.rows("SELECT FROM outgoing WHERE channel = 'web'")
    assert [("web",)] == house.rows("SELECT channel FROM submissions WHERE receipt_no = %s", receipt)


def test_who_came_by_line_and_comes_back_by_web_finds_the_same_claim(house: House, traveller: Traveller) -> None:
    coupon = house.coupon(yen=1200)
    receipt = traveller.whole_case([coupon])
    house.wait_for_rows([("accepted",)], SETTLED, receipt)
    with front_page(house) as page:
        to_the_private_part(page, coupon)
        again = to_the_receipt(page, traveller)
        house.wait_for_rows([("duplicate",)], SETTLED, again)
        page.visit("/form")
        assert show_receipt_no(receipt) in page.text
    house.settle()
    with front_page(house) as page:
        page.visit("/status")
        codes = len(traveller.letters(CODE))
        page.send_to("/status", receipt=show_receipt_no(again))
        house.settle()
        assert codes + 1 == len(traveller.letters(CODE))
        page.send_to("/status", code=traveller.code())
        assert text("status.duplicate") in page.text
        assert text("page.status.first") in page.text
        assert "1,200円" in page.text
    assert 1 == len(traveller.letters(REWARD))
