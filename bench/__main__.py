"""`python -m bench`: measures the counter against what people would use instead, and prints what is reached."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from importlib.metadata import version

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bench import engines_alone
from bench.measure import CALM_RATE, QUICK, Figures, Plan, measure

SHOWN = ("flask", "granian", "line-bot-sdk", "psycopg", "redis")
WIDTH = 100
AIM_EVENTS, AIM_P99, AIM_TURNS = "1.0 times", "under 60 ms", "100 times"

LEGEND = f"""\
(a) signed LINE events a second through webhook, turn and reply, beside an echo bot after the SDK's README
(b) from the webhook's POST to the reply's arrival at LINE's side, at {CALM_RATE:g} events a second
(c) turns a second of the engine alone, beside botbuilder-dialogs; {engines_alone.QUESTIONS} questions each"""


@click.command()
@click.option("--quick", is_flag=True, help="A few events only, to see that the bench itself works.")
@click.option("--rounds", type=click.IntRange(1, 20), default=Plan.rounds, show_default=True)
def main(quick: bool, rounds: int) -> None:
    """Measure, round by round, and print the medians."""
    terminal = Console(highlight=False, soft_wrap=True)
    terminal.width = max(terminal.width, WIDTH)
    began = time.monotonic()
    if not quick and not engines_alone.is_installed():
        terminal.print(f"Installing botbuilder-dialogs into {engines_alone.VENV.name}; this takes a minute, once.")
        engines_alone.install()
    figures = measure(QUICK if quick else Plan(rounds=rounds), terminal.print)
    terminal.print(drawn(figures))
    terminal.print(LEGEND)
    terminal.print(machine())
    terminal.print(f"{time.monotonic() - began:.0f} seconds in all.")


def drawn(figures: Figures) -> Table:
    """What was measured, beside what, and what was aimed at."""
    p50, p99 = (f"{statistics.median(values) * 1000:.1f} ms" for values in (figures.p50, figures.p99))
    times = f"{figures.against_waterfall:.1f} times" if figures.waterfall else "not measured"
    rows = (
        (
            "(a) events/s",
            *map(_spread, (figures.counter, figures.echo)),
            f"{figures.against_echo:.2f} times",
            AIM_EVENTS,
        ),
        ("(b) calm, p50", p50, "", "", ""),
        ("(b) calm, p99", p99, "", p99, AIM_P99),
        ("(c) turns/s", *map(_spread, (figures.engine, figures.waterfall)), times, AIM_TURNS),
    )
    rounds = len(figures.counter)
    table = Table(
        title=f"Medians of {rounds} rounds (lowest to highest)", title_justify="left", box=SIMPLE, pad_edge=False
    )
    for heading in ("", "the counter", "beside it", "reached", "aim"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def machine() -> str:
    """What the figures depend on."""
    parts = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {parts}, PostgreSQL and Valkey embedded"


if __name__ == "__main__":
    main()
