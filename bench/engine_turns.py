"""Our engine alone: a script of so many questions, what is known read from JSON and written to JSON at every turn.

`python -m bench.engine_turns QUESTIONS SECONDS` prints {"turns": number, "seconds": time}.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from dialogs.conversation import hear
from dialogs.engine import Desk, Walk
from dialogs.message import Address, Inbound
from dialogs.questions import YesNo
from dialogs.reaction import Pending, Reaction, Setting, State
from dialogs.rules.campaign import load_campaign
from dialogs.steps import Explained

BEGAN = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)
PERSON = Address("line", "U" + "0" * 32)


def make_setting(questions: int) -> Setting:
    """What hear() plays with: a script that asks so many times for a yes or a no."""

    def script(_: Desk) -> Walk:
        for number in range(questions):
            yield YesNo(key=f"question[{number}]")
        return Explained("answered")

    return Setting(script, Desk(load_campaign("tochigi-2023-02"), "line"))


def talk_through(setting: Setting, questions: int) -> int:
    """One conversation; gives its number of turns."""
    kept = "{}"
    for number in range(questions + 1):
        at = BEGAN + number * timedelta(seconds=30)
        said = Inbound(event_id=str(number), address=PERSON, at=at, kind="text", text="はい")
        reaction = hear(_state(json.loads(kept), number), said, setting)
        kept = json.dumps(_plain(reaction), ensure_ascii=False)
    assert reaction.outcome == Explained("answered")
    return questions + 1


def _state(kept: dict[str, Any], turn: int) -> State:
    pending = dict(kept.get("pending", {}))
    if pending.get("asked_at"):
        pending["asked_at"] = datetime.fromisoformat(pending["asked_at"])
    return State("12345678", turn, "ja", kept.get("record", {}), Pending(**pending), outcome=kept.get("outcome", ""))


def _plain(reaction: Reaction) -> dict[str, Any]:
    state = reaction.state
    pending = {**vars(state.pending), "asked_at": state.pending.asked_at and state.pending.asked_at.isoformat()}
    return {"record": state.record, "pending": pending, "outcome": state.outcome}


def main(questions: int, seconds: float) -> None:
    setting = make_setting(questions)
    talk_through(setting, questions)
    began, turns = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        turns += talk_through(setting, questions)
    print(json.dumps({"turns": turns, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
