"""Writers of one run directory in processes of their own, which may be killed at any moment.

A writer saves run after run into one directory: number after number (the title of the run), from
the runs it was given in turn, and notes each number in a log once its save has returned. So a
reader can say what must be there: a number that was noted, or the one begun after it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim import Results
from sim.results import atomic_replace, locks

# One process imports pandas and forks a writer for each line it reads: starting one takes a
# millisecond instead of a second.
NURSERY = """
import json, os, signal, sys
from writers import saves
from sim import Results
runs = [Results.load(home) for home in sys.argv[1:]]
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            saves(runs, **json.loads(line))
        finally:
            os._exit(1)
    print(pid, flush=True)
"""


def numbered(run: Results, number: int) -> Results:
    """A run under a number of its own."""
    return replace(run, provenance=replace(run.provenance, title=str(number)))


def number_of(run: Results) -> int:
    return int(run.provenance.title)


def saves(
    runs: list[Results],
    *,
    target: str,
    log: str,
    first: int,
    step: int,
    last_step: int | None,
    without: str = "",
) -> None:
    """Save numbers from `first` on, `step` apart, until killed; by itself at rename `last_step`.

    `without` says which locks there are not: the system's, or none at all.
    """
    if without:
        locks.fcntl = None
    if without == "all":
        locks._own_file = lambda parent: None
    if last_step is not None:
        _die_at(last_step)
    noted = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = first
    while True:
        numbered(runs[number % len(runs)], number).save(target)
        os.write(noted, f"{number}\n".encode())
        number += step


def _die_at(step: int) -> None:
    """Kill this process instead of its rename number `step`, from 0."""
    rename, done = Path.rename, [0]

    def counted(self: Path, to: Path) -> Path:
        if done[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)
        done[0] += 1
        return rename(self, to)

    Path.rename = counted  # type: ignore[method-assign, assignment]


class Writers:
    """A nursery of writers of the runs in these directories."""

    def __init__(self, homes: list[Path]) -> None:
        path = [str(Path(__file__).parent), *sys.path]
        self.nursery = subprocess.Popen(
            [sys.executable, "-c", NURSERY, *map(str, homes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in path if one)},
        )
        self.living: set[int] = set()

    def start(self, target: Path, log: Path, **how: Any) -> int:
        """Begin a writer; its process number."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        asked = {"first": 0, "step": 1, "last_step": None, **how}
        self.nursery.stdin.write(json.dumps({"target": str(target), "log": str(log), **asked}))
        self.nursery.stdin.write("\n")
        self.nursery.stdin.flush()
        pid = int(self.nursery.stdout.readline())
        self.living.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """End a writer at once, and wait until it is gone."""
        with_signal(pid, signal.SIGKILL)
        self.wait(pid)

    def wait(self, pid: int) -> None:
        """Wait until a writer is gone."""
        while with_signal(pid, 0):
            time.sleep(0.001)
        self.living.discard(pid)

    def __enter__(self) -> Writers:
        return self

    def __exit__(self, *error: object) -> None:
        for pid in list(self.living):
            self.kill(pid)
        self.nursery.kill()
        self.nursery.communicate()


def with_signal(pid: int, number: int) -> bool:
    """Send a signal to a writer; whether it was there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def last_noted(log: Path) -> int:
    return int(log.read_text(encoding="utf-8").split()[-1])


def check_nothing_lost(target: Path, last: int, runs: list[Results]) -> int:
    """After a kill: the last finished run, or the one after it, is there, and the one before it."""
    at_once = Results.load(target)
    check_whole(at_once, runs)
    assert last <= number_of(at_once) <= last + 1, f"{number_of(at_once)} there, {last} finished"
    atomic_replace.claim(target)
    now = Results.load(target)
    number = number_of(now)
    assert number_of(at_once) <= number <= last + 1
    check_whole(now, runs)
    before = Results.load(atomic_replace.previous_of(target))
    assert number_of(before) == number - 1
    check_whole(before, runs)
    assert leavings(target) == []
    return number


def check_whole(found: Results, runs: list[Results]) -> None:
    """The tables are those of the run of this number, all of them."""
    wanted = runs[number_of(found) % len(runs)]
    assert found.provenance.seed == wanted.provenance.seed
    tables: Mapping[str, pd.DataFrame] = wanted.frames()
    for name, table in found.frames().items():
        assert table.equals(tables[name]), name


def leavings(target: Path) -> list[str]:
    return [one.name for one in target.parent.iterdir() if one.name.startswith(".")]


def random_kills(
    writers: Writers, target: Path, runs: list[Results], moments: list[float]
) -> list[int]:
    """Kill a writer at each moment, in saves; the numbers that were there afterwards.

    How long a save takes is measured at each, since the machine may be busy with something else.
    """
    log = target.with_name("log")
    for number in (0, 1):
        numbered(runs[number % len(runs)], number).save(target)
    log.write_text("1\n", encoding="utf-8")
    found = []
    for moment in moments:
        began = time.monotonic()
        numbered(runs[1], 1).save(target.with_name("measured"))
        a_save = time.monotonic() - began
        first = number_of(Results.load(target)) + 1
        pid = writers.start(target, log, first=first)
        time.sleep(moment * a_save)
        writers.kill(pid)
        # a run that a kill had cut short was finished by whoever came next, unnoted
        last = max(last_noted(log), first - 1)
        found.append(check_nothing_lost(target, last, runs))
    return found


def first_save(writers: Writers, target: Path) -> float:
    """How long a writer takes until its first save is noted (s)."""
    target.parent.mkdir()
    log = target.with_name("log")
    began = time.monotonic()
    pid = writers.start(target, log)
    while not (log.exists() and log.read_text(encoding="utf-8")):
        time.sleep(0.001)
    took = time.monotonic() - began
    writers.kill(pid)
    return took


def first_save_kills(
    writers: Writers, folder: Path, runs: list[Results], moments: list[float]
) -> list[bool]:
    """Kill a writer at each moment, in its first save, where nothing was; whether one was there.

    What is there is whole, and nothing is left beside it once somebody came to write. A moment is
    in first saves of a writer, measured at each, since the machine may be busy with something else.
    """
    found = []
    for at, moment in enumerate(moments):
        target = folder / str(at) / "run"
        target.parent.mkdir()
        a_save = first_save(writers, folder / f"{at}-measured" / "run")
        pid = writers.start(target, target.with_name("log"))
        time.sleep(moment * a_save)
        writers.kill(pid)
        log = target.with_name("log")
        noted = log.exists() and log.read_text(encoding="utf-8") != ""
        atomic_replace.claim(target)
        assert leavings(target) == []
        assert target.exists() or not noted, "a finished run is lost"
        if target.exists():
            check_whole(Results.load(target), runs)
        found.append(target.exists())
    return found
