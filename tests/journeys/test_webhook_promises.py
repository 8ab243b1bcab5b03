"""What LINE does to its events (twice, late, out of order, unknown) changes nothing that was promised."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from uuid import UUID, uuid4

import httpx

from bot.letterbox import token_hash
from bot.own_words import own_payload
from bot.recalling import state_of
from bot.store import conversations, inbound
from bot.store.inbound import Kept
from dialogs.message import Address, Inbound
from tests.journeys.house import House, Row
from tests.journeys.player import PrivatePage, Traveller, hidden_fields
from tests.journeys.wire import deliver, event
from tests.journeys.wire import text as says


def manners(house: House, *event_ids: str) -> list[Row]:
    """How each of these events was taken."""
    return house.rows(
        "SELECT manner FROM turns JOIN inbound ON inbound.id = turns.inbound WHERE event_id = ANY(%s) ORDER BY turn",
        list(event_ids),
    )


def states(house: House, *event_ids: str) -> list[Row]:
    return house.rows("SELECT state FROM inbound WHERE event_id = ANY(%s) ORDER BY id", list(event_ids))


def test_events_sent_twice_late_and_again_are_taken_once(house: House, traveller: Traveller) -> None:
    house.emulator.faults.set(
        {
            "webhook": [
                {"do": "duplicate", "share": 0.6},
                {"do": "redeliver", "share": 0.6, "seconds": 0.4},
                {"do": "reorder", "share": 0.3, "seconds": 0.3},
            ],
            "seed": 7,
        }
    )
    receipt = traveller.whole_case([house.coupon()])
    house.settle()
    told = Counter(traveller.line.texts)
    assert [] == [words for words, times in told.items() if times > 1]
    assert [("accepted",)] == house.rows("SELECT state FROM claims WHERE receipt_no = %s", receipt)
    assert 1 == len(traveller.letters("/r/"))


def test_the_same_webhook_again_is_answered_200_and_changes_nothing(house: House, traveller: Traveller) -> None:
    traveller.begins()
    once = says(house, traveller.line.id, "1")
    assert [200, 200, 200] == [
        deliver(house, once),
        deliver(house, once),
        deliver(house, {**once, "deliveryContext": {"isRedelivery": True}}),
    ]
    traveller.hears("ask.prefecture")
    house.settle()
    assert [("answered",)] == manners(house, once["webhookEventId"])


def test_two_quick_messages_are_taken_in_the_order_they_were_written(house: House, traveller: Traveller) -> None:
    traveller.begins()
    for said in ("1", "栃木県", "2/24"):
        traveller.line.says(said)
    traveller.hears("ask.event")


def test_a_text_that_comes_late_is_no_answer_to_a_later_question(house: House, traveller: Traveller) -> None:
    traveller.begins()
    early, answer = says(house, traveller.line.id, "2", before=5), says(house, traveller.line.id, "1")
    deliver(house, answer)
    traveller.hears("ask.prefecture")
    deliver(house, early)
    traveller.hears("ask.prefecture")
    assert [("answered",), ("late",)] == manners(house, answer["webhookEventId"], early["webhookEventId"])
    # The first answer stands: its prefecture is still what is asked.
    traveller.says("栃木県", "ask.expiry")


def test_an_event_of_an_unknown_kind_is_kept_and_not_answered(house: House, traveller: Traveller) -> None:
    new = event(house, traveller.line.id, "hologram", hologram={"size": 3})
    assert 200 == deliver(house, new)
    house.settle()
    assert [("kept",)] == states(house, new["webhookEventId"])
    assert [] == traveller.line.texts


def test_while_another_system_has_the_chat_nothing_is_answered(house: House, traveller: Traveller) -> None:
    traveller.begins()
    standby = says(house, traveller.line.id, "1", mode="standby")
    deliver(house, standby)
    house.settle()
    assert [("kept",)] == states(house, standby["webhookEventId"])
    # The answer was not taken either: the first question still waits.
    traveller.says("たすけて", "ask.kind")


def test_who_blocks_us_gets_nothing_and_is_welcomed_when_they_come_back(house: House, traveller: Traveller) -> None:
    traveller.begins()
    traveller.says("1", "ask.prefecture")
    traveller.line.blocks()
    house.settle()
    heard = len(traveller.line.texts)
    traveller.line.follow()
    traveller.hears("welcome_back")
    traveller.hears("ask.prefecture")
    assert heard + 2 == len(traveller.line.texts)


def test_a_message_that_is_taken_back_is_erased(house: House, traveller: Traveller) -> None:
    traveller.begins()
    message = traveller.line.says("1")
    traveller.hears("ask.prefecture")
    house.settle()
    kept = "SELECT payload IS NULL FROM inbound WHERE message_id = %s ORDER BY occurred_at LIMIT 1"
    assert [(False,)] == house.rows(kept, message)
    traveller.line.unsends(message)
    house.wait_for_rows([(True,)], kept, message)


def test_a_message_that_is_taken_back_before_it_arrives_is_erased_too(house: House, traveller: Traveller) -> None:
    traveller.begins()
    message = says(house, traveller.line.id, "1", before=2)
    unsend = event(house, traveller.line.id, "unsend", unsend={"messageId": message["message"]["id"]})
    deliver(house, unsend)
    house.settle()
    deliver(house, message)
    traveller.hears("ask.kind")
    house.settle()
    assert [(True,)] == house.rows("SELECT payload IS NULL FROM inbound WHERE event_id = %s", message["webhookEventId"])


def test_who_never_saw_the_answer_to_their_tap_comes_in_again_and_nobody_else(
    house: House, traveller: Traveller
) -> None:
    link = _at_the_private_part(house, traveller)
    with httpx.Client(trust_env=False) as browser, httpx.Client(trust_env=False) as other:
        form, others_form = (hidden_fields(each.get(link).text) for each in (browser, other))
        before = dict(browser.cookies)
        assert 303 == browser.post(link, data=form).status_code
        # The process died over its answer.
        browser.cookies.clear()
        browser.cookies.update(before)
        assert 303 == browser.post(link, data=form).status_code
        assert 410 == other.post(link, data=others_form, follow_redirects=True).status_code


def test_a_form_that_is_sent_twice_is_one_answer(house: House, traveller: Traveller) -> None:
    link = _at_the_private_part(house, traveller)
    with closing(PrivatePage(link)) as page:
        page.open()
        page.send(choice="agree")
        first, second = page.post(answer="栃木　花子"), page.post(answer="栃木　花子")
        assert [200, 200] == [first.status_code, second.status_code]
        page.look()
        assert "contact" == page.asked
    answered = "SELECT count(*) FROM turns WHERE conversation = %s AND answered = 'name'"
    assert [(1,)] == house.rows(answered, _conversation(house, link))


def test_what_a_page_wrote_down_before_it_died_is_taken_before_anything_newer(
    house: House, traveller: Traveller
) -> None:
    link = _at_the_private_part(house, traveller)
    with closing(PrivatePage(link)) as page, house.parts() as parts:
        page.open()
        page.send(choice="agree")
        conversation = conversations.by_id(parts.db, _conversation(house, link))
        assert conversation
        address, at = Address("web", str(conversation.id)), parts.clock.now()
        said = Inbound(uuid4().hex, address, at, "text", text="栃木　太郎", ask_id=page.fields["ask"])
        payload = parts.vault.seal(own_payload(said), "inbound.payload")
        kept = Kept("web", said.event_id, conversation.person, at, payload, conversation.id)
        inbound.keep(parts.db, [kept], received_at=at, leased=True)
        page.send(answer="栃木　花子")
        house.settle()
        assert [("done",)] == states(house, said.event_id)
        now = conversations.by_id(parts.db, conversation.id)
        assert now
        assert "栃木　花子" == state_of(parts, now).record["name"]["v"].replace(" ", "　")


def _at_the_private_part(house: House, traveller: Traveller) -> str:
    traveller.begins()
    traveller.is_eligible()
    return traveller.names_coupons([house.coupon()])


def _conversation(house: House, link: str) -> UUID:
    found: UUID = house.rows(
        "SELECT conversation FROM links WHERE token_hash = %s", token_hash(link.rpartition("/")[2])
    )[0][0]
    return found
