"""A photo of the coupon on LINE, through processes as they really run; and what LINE tells of who writes."""

from __future__ import annotations

import time
import zlib
from base64 import b64encode

import pytest

from dialogs.menu import AREAS, BAR
from integrations.line.channel import LineChannel
from tests.bot.pictures import code, coupon_photo, encoded, photo
from tests.journeys.house import House
from tests.journeys.player import PATIENCE, Traveller, text

LOADING = "/v2/bot/chat/loading/start"


def calls(house: House, part: str) -> int:
    """How often the counter called an endpoint of LINE so far."""
    return sum(part in row["url"] for row in house.emulator.wire)


@pytest.fixture
def asked(traveller: Traveller) -> Traveller:
    """Somebody who is asked for their number."""
    traveller.begins()
    traveller.is_eligible()
    return traveller


def test_the_number_on_a_photo_is_confirmed_with_one_tap(house: House, asked: Traveller) -> None:
    coupon = house.coupon()
    asked.line.sends_image(coupon_photo(coupon))
    assert coupon in str(asked.hears("ask.aside.photo")["message"])
    asked.line.taps("はい")
    asked.hears("ask.coupon.trip_date")
    asked.says("2/23", "ask.coupon.more")


def test_an_unreadable_or_harmful_picture_is_answered_with_how_to_type(house: House, asked: Traveller) -> None:
    broken = coupon_photo("TG12345678")[:600]
    bomb = b"\x89PNG\r\n\x1a\n" + zlib.compress(bytes(5_000_000))
    for picture in (encoded(photo()), broken, bomb, b"<svg onload=alert(1)>", bytes(11 * 1024 * 1024)):
        asked.line.sends_image(picture)
        asked.hears("photo.unread")
    asked.line.sends_image(encoded(photo(code("TG12345678"), code("TG87654321"))))
    asked.hears("photo.several")
    asked.says(house.coupon(), "ask.coupon.trip_date")


def test_a_picture_that_cannot_be_had_is_asked_for_again(house: House, asked: Traveller) -> None:
    house.emulator.faults.set({"line.content": [{"do": "status", "status": 500, "times": 1}]})
    coupon = house.coupon()
    asked.line.sends_image(coupon_photo(coupon))
    asked.hears("photo.later")
    asked.line.sends_image(coupon_photo(coupon))
    assert coupon in str(asked.hears("ask.aside.photo")["message"])


def test_nothing_of_a_picture_is_kept(house: House, asked: Traveller) -> None:
    coupon = house.coupon()
    picture = coupon_photo(coupon)
    asked.line.sends_image(picture)
    asked.hears("ask.aside.photo")
    asked.line.taps("いいえ")
    asked.hears("ask.coupon.number")
    house.settle()
    piece = picture[200:232]
    tables = [name for (name,) in house.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    kept = [str(house.rows(f"SELECT t::text FROM {table} t")) for table in tables if table != "coupons"]  # noqa: S608
    for trace in (piece.hex(), b64encode(picture[201:231]).decode(), coupon):
        assert [] == [table for table, rows in zip(tables, kept, strict=False) if trace in rows]
        assert trace not in house.said()
    files = [path for path in house.folder.rglob("*") if path.is_file()]
    assert files
    assert [] == [path for path in files if piece in path.read_bytes()]


def test_who_waits_long_sees_that_an_answer_is_coming_and_who_does_not_costs_no_call(
    house: House, asked: Traveller
) -> None:
    before = calls(house, LOADING)
    asked.line.sends_image(coupon_photo(house.coupon()))
    asked.hears("ask.aside.photo")
    assert before == calls(house, LOADING)
    house.emulator.faults.set({"line.content": [{"do": "delay", "seconds": 2, "times": 1}]})
    asked.line.sends_image(coupon_photo(house.coupon()))
    asked.hears("ask.aside.photo")
    assert before + 1 == calls(house, LOADING)


def test_the_menu_leads_into_the_conversation(house: House, asked: Traveller) -> None:
    with house.parts() as parts:
        line = parts.channels["line"]
        assert isinstance(line, LineChannel)
        line.menus.publish(AREAS, bar=BAR)
    asked.line.taps_menu("状況を見る")
    asked.hears("no_claims")
    asked.line.taps_menu("申請する")
    asked.hears("ask.coupon.number")


@pytest.mark.parametrize(
    ("language", "greeting"),
    [("en", "Which"), ("en-GB", "Which"), ("ja", "お持ち"), ("ja-JP", "お持ち"), ("tlh", "お持ち")],
)
def test_a_conversation_begins_in_the_language_of_the_account(house: House, language: str, greeting: str) -> None:
    person = house.emulator.line.person(language=language)
    person.follow()
    person.wait_for(greeting, PATIENCE)


def test_without_a_profile_it_begins_in_japanese_and_in_time(house: House) -> None:
    house.emulator.faults.set({"line.profile": [{"do": "timeout", "seconds": 60, "times": 1}]})
    person = house.emulator.line.person(language="en")
    began = time.monotonic()
    person.follow()
    person.wait_for(text("ask.kind"), PATIENCE)
    assert time.monotonic() - began < 45
