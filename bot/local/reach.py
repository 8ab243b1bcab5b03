"""Which steps and ends of the scripts are on no path at all: what nobody would ever be asked or told."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from dialogs.engine import Turn

SCRIPTS = Path(__file__).parents[2] / "dialogs" / "scripts"
Place = tuple[str, int]
Step = Callable[..., Turn]


class Reach:
    """The places where generators hand something over, or end; each is crossed out once a path has come by."""

    def __init__(self, folder: Path = SCRIPTS) -> None:
        self._folder = str(folder)
        self._left: dict[Place, str] = {}
        for path in sorted(folder.glob("*.py")):
            for node in _handed_over(ast.parse(path.read_text("utf-8"))):
                name = f"{path.stem}.py, line {node.lineno}: {ast.unparse(node)[:80]}"
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                self._left |= {(str(path), line): name for line in lines}

    @property
    def unreached(self) -> tuple[str, ...]:
        """The steps and ends that no path has come by, with their lines."""
        return tuple(dict.fromkeys(self._left.values()))

    def noting(self, step: Step) -> Step:
        """The same step of the engine, watched while anything is left; a trace makes it about twice as slow."""

        def noted(*given: Any, **named: Any) -> Turn:
            if not self._left:
                return step(*given, **named)
            before = sys.gettrace()
            sys.settrace(self._entered)
            try:
                return step(*given, **named)
            finally:
                sys.settrace(before)

        return noted

    def _entered(self, frame: FrameType, _event: str, _what: Any) -> Any:
        if not frame.f_code.co_filename.startswith(self._folder):
            return None
        frame.f_trace_lines = False
        return self._ended

    def _ended(self, frame: FrameType, event: str, _what: Any) -> Any:
        if event == "return":  # a yield is one, too
            name = self._left.get((frame.f_code.co_filename, frame.f_lineno))
            if name:
                self._left = {place: each for place, each in self._left.items() if each != name}
        return self._ended


def _handed_over(tree: ast.Module) -> Iterator[ast.Yield | ast.Return]:
    """Each yield, and each return of a generator that is its own (not that of a generator it hands over to)."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        inside = list(ast.walk(function))
        if not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside):
            continue
        for node in inside:
            if isinstance(node, ast.Yield) or (
                isinstance(node, ast.Return) and not isinstance(node.value, ast.YieldFrom)
            ):
                yield node
