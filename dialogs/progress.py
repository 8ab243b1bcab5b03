"""How far a half-filled application has come: how many questions are left on the usual way to its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dialogs.engine import Desk, Script, entry_for, replay_now
from dialogs.samples import findings, samples
from dialogs.words import FALLBACK, words

LONGEST_WAY = 60  # steps; no way that people usually take is half as long


def questions_left(script: Script, desk: Desk, record: Mapping[str, dict[str, Any]], at: datetime) -> int:
    """Walk on with the usual answer to each question, and count them. Raises BrokenScript."""
    left, so_far = 0, dict(record)
    for _ in range(LONGEST_WAY):
        turn = replay_now(script, desk, so_far, at)
        so_far = turn.record
        if turn.lookup:
            usual = next(iter(findings(turn.lookup).values()))
            so_far[turn.lookup.record_key] = {"d": turn.lookup.digest, "v": usual}
        elif turn.asking:
            usual_answer = next(iter(samples(turn.asking, desk.campaign, desk.elsewhere)))
            stored = turn.asking.read(usual_answer.said, today=at.date(), words=words(FALLBACK))
            so_far[turn.asking.key] = entry_for(turn.asking, stored, at)
            left += 1
        else:
            break
    return left
