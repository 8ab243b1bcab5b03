"""The rounds of a bench: everything is measured in turn, round by round, so that a busy minute strikes all alike."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import engines_alone
from bench.bots import Machinery, counter, echo_bot, make_template
from bench.processes import free_port, running
from bench.throughput import Run, answered, percentile
from bot.local.engines import embedded_engines

CALM_RATE = 20.0  # events a second


@dataclass(frozen=True)
class Plan:
    """How much is measured. persons: per run, each with a whole conversation; seconds: of each engine alone."""

    rounds: int = 5
    persons: int = 416
    warm_up: int = 64
    calm_persons: int = 40
    calm_rate: float = CALM_RATE
    seconds: float = 2.0


QUICK = Plan(rounds=1, persons=10, warm_up=3, calm_persons=3, calm_rate=60, seconds=0.2)


@dataclass
class Figures:
    """One value a round; rates a second, latencies in seconds."""

    counter: list[float] = field(default_factory=list)
    echo: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    engine: list[float] = field(default_factory=list)
    waterfall: list[float] = field(default_factory=list)

    @property
    def against_echo(self) -> float:
        return statistics.median(self.counter) / statistics.median(self.echo)

    @property
    def against_waterfall(self) -> float:
        return statistics.median(self.engine) / statistics.median(self.waterfall)


def measure(plan: Plan, say: Callable[[str], None]) -> Figures:
    """Run all rounds; `say` gets a line now and then. Raises NotStarted, AssertionError when an answer is missing."""
    figures = Figures()
    with _machinery() as machinery:
        template = make_template(machinery.engines, persons=max(plan.persons, plan.warm_up, plan.calm_persons))
        for number in range(1, plan.rounds + 1):
            _measure_counter(machinery, template, plan, figures)
            _measure_echo(machinery, plan, figures)
            _measure_engines(plan, figures)
            say(f"round {number} of {plan.rounds}: {figures.counter[-1]:,.0f} and {figures.echo[-1]:,.0f} events/s")
    return figures


def _measure_counter(machinery: Machinery, template: str, plan: Plan, figures: Figures) -> None:
    with counter(machinery, template) as port:
        _run(machinery, "a", plan.warm_up, port=port)
        figures.counter.append(_run(machinery, "b", plan.persons, port=port).rate)
        calm = _run(machinery, "c", plan.calm_persons, port=port, rate=plan.calm_rate)
        figures.p50.append(percentile(calm.latencies, 50))
        figures.p99.append(percentile(calm.latencies, 99))


def _measure_echo(machinery: Machinery, plan: Plan, figures: Figures) -> None:
    with echo_bot(machinery) as port:
        _run(machinery, "a", plan.warm_up, port=port)
        figures.echo.append(_run(machinery, "b", plan.persons, port=port).rate)


def _measure_engines(plan: Plan, figures: Figures) -> None:
    figures.engine.append(engines_alone.ours(plan.seconds))
    if engines_alone.is_installed():
        figures.waterfall.append(engines_alone.waterfall(plan.seconds))


def _run(machinery: Machinery, name: str, persons: int, *, port: int, rate: float = 0) -> Run:
    return answered(name, port=port, stub_port=machinery.stub_port, persons=persons, rate=rate)


@contextmanager
def _machinery() -> Iterator[Machinery]:
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-bench-"))
    # As root the engines run as another user, who must be able to enter.
    folder.chmod(0o711)
    stub_port = free_port()
    log = folder / "stub.log"
    try:
        with (
            embedded_engines(folder) as engines,
            running(["bench.stub", str(stub_port)], environment={}, log=log, port=stub_port),
        ):
            yield Machinery(engines, stub_port, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
