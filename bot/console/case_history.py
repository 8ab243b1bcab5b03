"""Who did what with a case or a dispute, and when: from the audit, with what its person did before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.parts import Parts
from bot.store import audit
from bot.store.audit import Act
from bot.store.cases import Case
from dialogs.rules.cases import CaseState

BY_PERSON = ""  # what a traveller does stands in no audit


@dataclass(frozen=True)
class Step:
    """One line; who is BY_PERSON for the traveller, did the end of an action, yen what was given back."""

    at: datetime
    who: str
    did: str
    yen: int | None = None
    answer: str = ""


def history_of(parts: Parts, case: Case) -> list[Step]:
    """All that was done with a case, oldest first."""
    told = [Step(case.acted_at, BY_PERSON, "told")]
    gone = [Step(case.changed_at, BY_PERSON, "withdrawn")] if case.state == CaseState.WITHDRAWN else []
    return told + steps_of(parts, [case.case_no, f"case:{case.case_no}"]) + gone


def steps_of(parts: Parts, subjects: Sequence[str]) -> list[Step]:
    """All that staff did with these, oldest first."""
    return [_step(act) for act in audit.of_subjects(parts.db, subjects)]


def _step(act: Act) -> Step:
    yen, answer = act.details.get("yen"), act.details.get("answer")
    return Step(
        act.at,
        act.actor,
        act.action.rpartition(".")[2],
        yen if isinstance(yen, int) else None,
        answer if isinstance(answer, str) else "",
    )
