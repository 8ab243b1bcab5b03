"""Whose a coupon is that two people have applied with: one proposes it, another decides (rules.md §1.4(9))."""

from collections.abc import Mapping
from enum import StrEnum


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    WAITING = "waiting"
    KEPT = "kept"
    PASSED = "passed"
    GONE = "gone"


class Answer(StrEnum):
    """Whose it is: of the claim that holds it, of the one that came later, or both wait until more is known."""

    HOLDER = "holder"
    CHALLENGER = "challenger"
    WAIT = "wait"


# The whole machine: from each state to those that may follow. `gone`: one of the two has been withdrawn or rejected.
NEXT: Mapping[DisputeState, tuple[DisputeState, ...]] = {
    DisputeState.OPEN: (DisputeState.PROPOSED, DisputeState.GONE),
    DisputeState.WAITING: (DisputeState.PROPOSED, DisputeState.GONE),
    DisputeState.PROPOSED: (
        DisputeState.KEPT,
        DisputeState.PASSED,
        DisputeState.WAITING,
        DisputeState.OPEN,
        DisputeState.GONE,
    ),
    DisputeState.KEPT: (),
    DisputeState.PASSED: (),
    DisputeState.GONE: (),
}
BY_ITSELF = tuple((state, DisputeState.GONE) for state, following in NEXT.items() if DisputeState.GONE in following)
BECOMES = {
    Answer.HOLDER: DisputeState.KEPT,
    Answer.CHALLENGER: DisputeState.PASSED,
    Answer.WAIT: DisputeState.WAITING,
}
OVER = tuple(state for state, following in NEXT.items() if not following)
