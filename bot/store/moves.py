"""Tables of moves: which states may follow each state of something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

State = TypeVar("State", bound=str)


def leading_to(moves: Mapping[State, Sequence[State]], state: State) -> list[str]:
    """The states that it may follow."""
    return [f"{earlier}" for earlier, later in moves.items() if state in later]
