"""The whole notice by SMS: in words and numbers, or by the link alone; and texts that come twice, swapped or late."""

from __future__ import annotations

import re
import secrets
from contextlib import closing
from datetime import timedelta

import httpx

from integrations.emulator.twilio_messages import twilio_signature
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON, House
from tests.journeys.player import RECEIPT_NO, REWARD, PrivatePage, text
from tests.journeys.test_sms_stop import Texter
from tests.journeys.test_web_form import EXPIRY, TRIP

LINK = re.compile(r"http://\S+/c/[0-9A-Z]{12}$", re.MULTILINE)
TURNS = "SELECT count(*) FROM turns t JOIN conversations c ON c.id = t.conversation WHERE c.channel = 'sms'"
STATES = """
SELECT answered, manner FROM turns t JOIN inbound i ON i.id = t.inbound
WHERE i.event_id = ANY(%s) ORDER BY i.received_at, i.id
"""


def arrives(house: House, number: str, words: str, *, sid: str = "") -> str:
    """A text of that number as Twilio hands it over; the sid of the message."""
    sid = sid or f"SM{secrets.token_hex(16)}"
    fields = {"MessageSid": sid, "From": number, "To": "+15005550006", "Body": words, "NumMedia": "0"}
    url = f"{house.url}/webhooks/twilio/inbound"
    signature = twilio_signature(house.values["TWILIO_AUTH_TOKEN"], url, fields)
    sent = httpx.post(url, data=fields, headers={"X-Twilio-Signature": signature}, timeout=60, trust_env=False)
    assert 200 == sent.status_code
    return sid


def link_in(sms: str) -> str:
    found = LINK.search(sms)
    assert found, sms
    return found[0]


def to_the_receipt(page: PrivatePage, texter: Texter) -> None:
    page.send(choice="agree")
    for answer in (texter.name, texter.national, texter.national):
        page.send(answer=answer)
    page.send(answer=texter.code())
    assert "check" == page.asked
    page.send(choice="submit")
    assert re.search(RECEIPT_NO, page.text)


def test_the_case_by_numbers_and_words_and_the_private_part_by_a_short_link(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    for said in ("こんにちは", "1", "栃木", "2/24", "1", "1", "1", "1", house.coupon(), "2/23", "2"):
        texter.texts(said)
    with closing(texter.opened(link_in(texter.got[-1]))) as page:
        page.open()
        assert "consent" == page.asked
        to_the_receipt(page, texter)
    house.settle()
    assert texter.letter(REWARD)
    assert 1 == len(texter.letters("申請を受け付けました"))


def test_who_cannot_reply_does_all_of_it_by_the_link_of_the_first_message(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    texter.texts("こんにちは")
    with closing(texter.opened(link_in(texter.got[-1]).lower())) as page:
        page.open()
        page.send(choice="paper")
        page.send(answer="栃木県")
        page.send(**EXPIRY)
        for choice in ("nothing", "some", "no", "apply"):
            page.send(choice=choice)
        page.send(answer=house.coupon())
        page.send(**TRIP)
        page.send(choice="no")
        heard = len(texter.got)
        to_the_receipt(page, texter)
    house.settle()
    told = [sms for sms in texter.got[heard:] if "認証番号" not in sms and REWARD not in sms]
    assert ([True], True) == (["受け付けました" in sms for sms in told], bool(texter.letter(REWARD)))


def test_a_text_that_is_handed_over_twice_is_one_answer(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    texter.texts("こんにちは")
    sid = arrives(house, texter.number, "1")
    house.settle()
    heard = len(texter.got)
    arrives(house, texter.number, "1", sid=sid)
    house.settle()
    assert (heard, [("kind", "answered")]) == (len(texter.got), house.rows(STATES, [sid]))


def test_two_texts_that_come_swapped_answer_nothing_wrongly(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    texter.texts("こんにちは")
    later, earlier = (arrives(house, texter.number, words) for words in ("栃木県", "1"))
    house.settle()
    assert [("kind", "invalid"), ("kind", "answered")] == house.rows(STATES, [later, earlier])
    assert text("ask.prefecture") in texter.got[-1]
    texter.texts("栃木県")
    assert "有効期限" in texter.got[-1]


def test_a_text_an_hour_late_changes_nothing_that_was_answered_since(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set(NOON)
    texter = Texter(house, next(SERIALS))
    for said in ("こんにちは", "1", "栃木県", "2/24", "1"):
        texter.texts(said)
    house.emulator.clock.set(house.emulator.clock.now() + timedelta(hours=1))
    sid = arrives(house, texter.number, "栃木県")
    house.settle()
    assert [("balance", "invalid")] == house.rows(STATES, [sid])
    assert "残額はいくらでしたか" in texter.got[-1]
    texter.texts("2000円")
    assert "チャージ" in texter.got[-1]


def test_a_bare_number_that_comes_late_sends_nothing_off_and_the_word_does(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    for said in ("こんにちは", "1", "栃木", "2/24", "1", "1", "1", "1", house.coupon(), "2/23", "2"):
        texter.texts(said)
    with closing(texter.opened(link_in(texter.got[-1]))) as page:
        page.open()
        page.send(choice="agree")
        for answer in (texter.name, texter.national, texter.national):
            page.send(answer=answer)
        page.send(answer=texter.code())
        assert "check" == page.asked
    late = [arrives(house, texter.number, words) for words in ("1", "はい", "2")]
    house.settle()
    assert [("check", "invalid")] * 3 == house.rows(STATES, late)
    assert [] == texter.letters("申請を受け付けました")
    texter.texts("もう一度答える")
    texter.texts("確定")
    house.settle()
    assert 1 == len(texter.letters("申請を受け付けました"))
