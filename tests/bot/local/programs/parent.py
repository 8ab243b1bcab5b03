"""A parent whose child ends with it; says both process ids. `stubborn`: does not end when asked."""

import multiprocessing
import os
import signal
import sys
import time

from bot.lifeline import die_with_parent


def child(say: "multiprocessing.connection.Connection[int, int]") -> None:
    die_with_parent()
    say.send(os.getpid())
    time.sleep(120)


if __name__ == "__main__":
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ours, theirs = multiprocessing.Pipe()
    multiprocessing.get_context("spawn").Process(target=child, args=(theirs,)).start()
    print("up", os.getpid(), ours.recv(), flush=True)
    time.sleep(120)
