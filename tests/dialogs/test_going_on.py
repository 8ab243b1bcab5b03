"""go_on() answers the question that waits without walking the script anew; what comes of it must be the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dialogs.engine import Desk, Turn, entry_for, go_on, replay
from dialogs.questions import Question
from dialogs.reading import Unreadable
from dialogs.rules.campaign import load_campaign
from dialogs.scripts.apply import apply
from dialogs.words import words

DESK = Desk(load_campaign("tochigi-2023-02"), "web")
BEGAN = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)
# What any of the look-ups on the way may be asked for.
FOUND = {"found": "no_match", "case": "none", "reminder": "apply_end"}
TYPED = ("1", "2", "3", "とちぎ", "2/24", "2/23", "1,000円", "0", "4401000012", "なくした", "はい", "いいえ")


def what_is_so(turn: Turn) -> tuple[object, ...]:
    return turn.record, turn.path, turn.say, turn.asking, turn.lookup, turn.outcome, turn.keys


def read(question: Question, said: str) -> object | None:
    try:
        stored: object = question.read(said, today=date(2023, 4, 5), words=words("ja"))
        question.value(stored)
    except Unreadable:
        return None
    return stored


@given(st.lists(st.sampled_from(TYPED), max_size=25))
def test_going_on_with_an_answer_gives_what_a_replay_with_it_gives(lines: list[str]) -> None:
    turn = replay(apply, DESK, {}, BEGAN)
    for number, said in enumerate(lines):
        at = BEGAN + number * timedelta(seconds=30)
        if turn.lookup:
            found = {turn.lookup.record_key: {"d": turn.lookup.digest, "v": FOUND}}
            turn = replay(apply, DESK, turn.record | found, at)
        stored = turn.asking and read(turn.asking, said)
        if turn.asking is None or stored is None:
            continue
        record, entry = turn.record, entry_for(turn.asking, stored, at)
        replayed = replay(apply, DESK, {**record, turn.asking.key: entry}, at)
        turn = go_on(turn, entry, apply, DESK, acted_at=at)
        assert what_is_so(replayed) == what_is_so(turn)
