"""A photo of the coupon while its number is asked: offered, never taken unasked, and never in the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from dialogs.steps import Lookup
from tests.dialogs.player import ELIGIBLE, TO_CHECK, Talk


@dataclass
class WithPhotos(Talk):
    """Somebody whose photos show this."""

    shows: Mapping[str, Any] = None  # type: ignore[assignment]  # set by each test before its photo

    def look_up(self, lookup: Lookup) -> Mapping[str, Any]:
        return self.shows if lookup.name == "photo" else super().look_up(lookup)

    def sends_photo(self, **shows: Any) -> str:
        self.shows = shows
        return self.do("{image}")


@pytest.fixture
def talk() -> WithPhotos:
    return WithPhotos().play(ELIGIBLE).play(["[いま申請する]"])  # type: ignore[return-value]  # it gives itself


def test_the_number_on_a_photo_is_taken_with_one_tap(talk: WithPhotos) -> None:
    heard = talk.sends_photo(number="TG11111111")
    assert "この番号ですか：TG11111111" in heard
    assert ["はい", "いいえ"] == [choice.label for choice in talk.asked.choices]
    assert "coupon[1].number" not in talk.state.record
    talk.check([("[はい]", "旅行日")])
    assert "TG11111111" == talk.state.record["coupon[1].number"]["v"]


def test_no_other_photo_is_needed_for_a_number_that_is_typed_instead(talk: WithPhotos) -> None:
    talk.sends_photo(number="TG22222222")
    talk.do("TG11111111")
    assert "TG11111111" == talk.state.record["coupon[1].number"]["v"]


def test_a_number_that_is_not_theirs_is_asked_for_again_with_how_to_type_it(talk: WithPhotos) -> None:
    talk.sends_photo(number="TG22222222")
    talk.check([("[いいえ]", "例：TG12345678"), ("TG11111111", "旅行日")])


def test_a_second_photo_takes_the_place_of_the_first(talk: WithPhotos) -> None:
    talk.sends_photo(number="TG22222222")
    first = talk.asked
    assert "この番号ですか：TG11111111" in talk.sends_photo(number="TG11111111")
    talk.tap("はい", of=first)
    assert "coupon[1].number" not in talk.state.record


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("unread", "読み取れませんでした"),
        ("several", "ちがう番号がいくつか"),
        ("later", "受け取れませんでした"),
        ("not_here", "写真は、ここでは読み取れません"),
    ],
)
def test_a_photo_without_a_number_is_told_why_and_the_question_stays(talk: WithPhotos, why: str, sentence: str) -> None:
    heard = talk.sends_photo(number="", why=why)
    assert sentence in heard
    assert "例：TG12345678" in heard
    assert "unreadable" == talk.manner
    talk.check([("TG11111111", "旅行日")])


def test_what_a_photo_showed_leaves_the_record_with_the_turn(talk: WithPhotos) -> None:
    talk.sends_photo(number="", why="several")
    talk.sends_photo(number="TG22222222")
    assert [] == [key for key in talk.state.record if "photo" in key]
    talk.do("[いいえ]")
    assert "TG22222222" not in str(talk.state)


@pytest.mark.parametrize("lines", [["こんにちは"], ELIGIBLE, TO_CHECK], ids=["the kind", "the wish", "the check"])
def test_a_photo_is_looked_at_only_where_a_number_is_asked(lines: list[str]) -> None:
    talk = WithPhotos().play(lines)
    lookups = len(talk.lookups)
    talk.do("{image}")
    assert lookups == len(talk.lookups)


def test_a_person_of_the_staff_is_not_spoken_over(talk: WithPhotos) -> None:
    talk.play(["担当者", "[担当者と話す]"])
    lookups = len(talk.lookups)
    assert "" == talk.do("{image}")
    assert lookups == len(talk.lookups)


@pytest.mark.parametrize(("language", "yes"), [("en", "Yes"), ("ja-easy", "はい")])
def test_it_is_offered_in_every_language(talk: WithPhotos, language: str, yes: str) -> None:
    talk.do({"en": "English", "ja-easy": "やさしい日本語"}[language])
    assert "TG11111111" in talk.sends_photo(number="TG11111111")
    talk.do(f"[{yes}]")
    assert "TG11111111" == talk.state.record["coupon[1].number"]["v"]
