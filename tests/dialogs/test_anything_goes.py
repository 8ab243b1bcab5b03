"""Whatever people do, in whatever order, twice, late or garbled: nothing breaks, is lost, or is filed twice."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.steps import Submitted
from tests.dialogs.player import ELIGIBLE, KNOWN, OLD_CODE, ONE_COUPON, PERSON, RIGHT_CODE, TO_CHECK, Talk

WORDS = [
    *(
        "はい",
        "いいえ",
        "1",
        "2",
        "3",
        "0",
        "9",
        "栃木",
        "京都",
        "2/24",
        "2/23",
        "昨日",
        "1000円",
        "わからない",
        "English",
    ),
    *(
        "もどる",
        "変更",
        "やめる",
        "やりなおす",
        "状況",
        "担当者",
        "たすけて",
        "日本語",
        "やさしい日本語",
        "ボットに戻る",
    ),
    *(
        "最初から",
        "続ける",
        "1枚目の旅行日",
        "クーポンの種類",
        "前のまま",
        "この内容で申請する",
        "同意して進む",
        "変える",
    ),
    *("栃木 花子", "090-1234-5678", "028-623-3210", "hanako@example.jp", "a..b@docomo.ne.jp", RIGHT_CODE, OLD_CODE),
    *(*KNOWN, "DOWN123456", "TG99999999", "change:kind", "change:", "change:name", "as_before", "", " ", "😀", "\x00"),
]
KINDS = ("sticker", "image", "file", "follow", "unfollow", "unsend", "unknown")

texts = st.tuples(st.just("text"), st.sampled_from(WORDS) | st.text(max_size=20))
events = st.tuples(st.sampled_from(KINDS), st.just(""))
# A button of any question asked so far, by its place from the last; a choice of it, or a value that it never had.
taps = st.tuples(st.just("tap"), st.tuples(st.integers(0, 30), st.integers(0, 9)))
foreign = st.tuples(st.just("button"), st.text(max_size=10))
likely = st.tuples(st.just("tap"), st.tuples(st.just(0), st.integers(0, 2)))
acts = st.tuples(
    likely | texts | taps | events | foreign, st.sampled_from(["line", "line", "web", "sms"]), st.booleans()
)
starts = st.sampled_from([[], ELIGIBLE[:3], ELIGIBLE, ONE_COUPON, [*ONE_COUPON, *PERSON[:4]], TO_CHECK])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=starts, done=st.lists(acts, min_size=1, max_size=25))
def test_nothing_that_people_do_breaks_loses_or_doubles_anything(start: list[str], done: list[Any]) -> None:
    talk = Talk().play(start)
    for (kind, what), channel, late in done:
        answers, restarts = answers_of(talk), talk.state.pending.aside == "restart"
        act(talk, kind, what, channel=channel, late=late)
        assert restarts or set(answers) <= set(answers_of(talk))
        assert_sound(talk)


@settings(max_examples=50, deadline=None)
@given(
    at=st.integers(1, len(TO_CHECK) - 1),
    duplicates=st.lists(st.integers(0, len(TO_CHECK) - 1), max_size=4),
    kind=st.sampled_from(KINDS[:3]),
)
def test_duplicates_and_stickers_in_between_come_to_the_same_application(
    at: int, duplicates: list[int], kind: str
) -> None:
    talk = Talk()
    for place, line in enumerate(TO_CHECK):
        before = talk.said[-1] if talk.said else None
        talk.do(line)
        if place in duplicates and line.startswith("[") and before:
            talk.tap(line[1:-1], of=before)
        if place == at and place:
            talk.do(f"{{{kind}}}")
    talk.do("[この内容で申請する]")
    talk.do("はい")
    assert Talk().play([*TO_CHECK, "[この内容で申請する]"]).outcomes == talk.outcomes


def act(talk: Talk, kind: str, what: Any, *, channel: str, late: bool) -> None:
    asked = [outbound for outbound in talk.said if outbound.ask_id]
    at = talk.clock - timedelta(seconds=60) if late else None
    if kind == "tap":
        if not asked:
            return
        place, choice = what
        question = asked[-1 - place % len(asked)]
        values = [each.value for each in question.choices] or ["2023-02-23"]
        talk.happen("button", values[choice % len(values)], ask_id=question.ask_id, channel=channel, at=at)
    elif kind == "button":
        talk.happen("button", what, ask_id=asked[-1].ask_id if asked else "", channel=channel, at=at)
    else:
        talk.happen(kind, what, channel=channel, at=at)


def answers_of(talk: Talk) -> dict[str, Any]:
    return {key: entry for key, entry in talk.state.record.items() if key[0] not in "!?@"}


def assert_sound(talk: Talk) -> None:
    """What holds after any turn at all."""
    state, last = talk.state, talk.last
    if last is None:
        return
    assert state.pending.aside or not (state.outcome and state.pending.key)
    submitted = [outcome for outcome in talk.outcomes if isinstance(outcome, Submitted)]
    assert len(submitted) <= 1 + len([line for line in talk.transcript if "補償窓口です" in line])
    if last.asking and last.asking.private and last.said.address.channel not in ("web", "phone"):
        assert last.link_only
