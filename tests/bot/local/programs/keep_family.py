"""Keep a family of two parents with a child each, until told to stop; every line it says is printed."""

import sys
from pathlib import Path

from bot.local.family import Child, Family, keep_up, until_told_to_stop
from bot.settings import process_environment

PARENT = Path(__file__).with_name("parent.py")

children = [
    Child(name, [sys.executable, str(PARENT), *sys.argv[1:]], process_environment()) for name in ("web", "worker")
]
with until_told_to_stop() as told:
    keep_up(Family(children, lambda name, line: print(f"{name} {line}\n", end="", flush=True), patience=1), told)
