"""Who did what with a case, and when: from the audit, with what its person did before and after."""

from __future__ import annotations

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
    """One line; who is BY_PERSON for the traveller, did a key under case.did, yen what was given back."""

    at: datetime
    who: str
    did: str
    yen: int | None = None


def history_of(parts: Parts, case: Case) -> list[Step]:
    """All that was done, oldest first."""
    told = [Step(case.acted_at, BY_PERSON, "told")]
    acts = audit.of_subjects(parts.db, [case.case_no, f"case:{case.case_no}"])
    gone = [Step(case.changed_at, BY_PERSON, "withdrawn")] if case.state == CaseState.WITHDRAWN else []
    return told + [_step(act) for act in acts] + gone


def _step(act: Act) -> Step:
    yen = act.details.get("yen")
    return Step(act.at, act.actor, act.action.rpartition(".")[2], yen if isinstance(yen, int) else None)
