"""What is typed badly, at every question by every door: a clear sentence that fits it, and nothing is changed by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from dialogs.words import words
from tests.dialogs.player import ONE_COUPON, PAPER, PERSON, REFUND_TO_CHECK, TO_CHECK, Talk

JA = words("ja")
LONG, EMPTY = "文字まで", JA.say("why.empty")
RUBBISH: Mapping[str, str] = {
    "emoji": "😀🎫",
    "three thousand characters": "あ" * 3000,
    "twenty-five thousand characters": "1" * 25_000,
    "html": "<script>alert(1)</script>",
    "sql": "'; DROP TABLE coupons;--",
    "marks from right to left": "\u202e\u202d\u200f",
    "joiners that draw nothing": "\u200d\u200b\ufeff",
    "spaces": " 　 \t",
    "line breaks": "\n\r\n",
    "half-width kana": "ｶﾞｷﾞｸﾞ",
    "a null byte": "\x00",
}
SAYS = {
    "three thousand characters": LONG,
    "twenty-five thousand characters": LONG,
    **dict.fromkeys(("marks from right to left", "joiners that draw nothing", "spaces", "line breaks"), EMPTY),
}
# What is good Japanese where words are asked for: kana as a name, and any words as a place.
NO_RUBBISH = {
    *((key, "half-width kana") for key in ("name", "refund.kana", "transfer.holder", "lodging.name")),
}

SEARCHED = {"transfer.bank": "bank_not_found", "transfer.branch": "branch_not_found"}  # looked for, and not found


def walked(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each question of a conversation by its key, with the way to it."""
    talk, found = Talk(), []
    for number, line in enumerate(lines):
        talk.do(line)
        if talk.state.pending.key and not talk.state.pending.aside:
            found.append((talk.state.pending.key, list(lines[: number + 1])))
    return list({key: (key, way) for key, way in reversed(found)}.values())


QUESTIONS = walked(TO_CHECK) + [each for each in walked(REFUND_TO_CHECK) if each[0] not in dict(walked(TO_CHECK))]
IN_CHAT = walked(ONE_COUPON[:-1])


def answers(talk: Talk) -> dict[str, object]:
    return {key: entry for key, entry in talk.state.record.items() if key[0] not in "!?@"}


def rubbish_at(way: list[str], door: str, rubbish: str, *, language: str = "ja") -> tuple[Talk, str, bool]:
    """The conversation, what it answered, and whether all stands as before."""
    talk = Talk(door=door if door != "web" else "line", language=language).play(way)
    before = (answers(talk), talk.state.pending.key, talk.state.owner)
    heard = talk.do(f"web:{RUBBISH[rubbish]}" if door == "web" else RUBBISH[rubbish])
    return talk, heard, before == (answers(talk), talk.state.pending.key, talk.state.owner)


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("door", ["line", "sms"])
@pytest.mark.parametrize("key", [key for key, _ in IN_CHAT])
def test_in_a_chat(key: str, door: str, rubbish: str) -> None:
    _, heard, stands = rubbish_at(dict(IN_CHAT)[key], door, rubbish)
    assert stands
    assert SAYS.get(rubbish, "") in heard
    assert len(heard) < 600
    assert RUBBISH[rubbish].strip() not in heard or not RUBBISH[rubbish].strip()


@pytest.mark.parametrize(
    ("key", "rubbish"),
    [(key, each) for key, _ in QUESTIONS for each in RUBBISH if key != "check" and (key, each) not in NO_RUBBISH],
)
def test_on_our_own_pages(key: str, rubbish: str) -> None:
    talk, heard, stands = rubbish_at(dict(QUESTIONS)[key], "web", rubbish)
    if key in SEARCHED and talk.manner != "invalid":
        assert (key, True) == (talk.state.pending.key, JA.say(SEARCHED[key]) in heard)
        return
    assert ("invalid", True) == (talk.manner, stands)
    assert SAYS.get(rubbish, "") in heard


def test_every_kind_of_question_is_tried() -> None:
    asked = {key.partition("[")[0] for key, _ in QUESTIONS}
    assert {"kind", "expiry", "balance", "coupon", "consent", "name", "contact", "target", "code"} <= asked
    assert {"refund.kana", "refund.postal_code", "refund.address", "transfer.number", "transfer.holder"} <= asked


def test_a_misspelt_bank_is_not_taken_for_another() -> None:
    way = dict(QUESTIONS)["transfer.bank"]
    talk = Talk().play(way)
    assert JA.say("bank_not_found") in talk.do("web:あしかか銀行銀行")
    assert "transfer.bank" == talk.state.pending.key


def test_full_width_digits_are_no_rubbish() -> None:
    talk = Talk().play([*PAPER[:3]])
    talk.do("２０２３／２／２４")
    assert "event" == talk.state.pending.key
    talk = Talk().play([*ONE_COUPON, *PERSON[:2]])
    talk.do("web:０９０－１２３４－５６７８")
    assert "target" == talk.state.pending.key
