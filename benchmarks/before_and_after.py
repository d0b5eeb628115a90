"""The same paths in two trees: `python benchmarks/before_and_after.py OLD_TREE [SCENARIO ...]`.

Made for the change to times on a grid of 2**-20 s. OLD_TREE is a checkout of what was before (`git
worktree add ../before COMMIT`); this tree's scenarios, or the named ones, are walked in both by the
compiled engine. Of each path transitions, options and causes have to be the same, and times to
differ by at most 2**-20 s for each event so far and each change of speed. Paths that differ by more
are listed, and followed clock by clock (see `allowed`): where a clock slows down to a tenth, what
an event differs by counts ten times for what is left of the wait. Every path with other events is
listed with the tie that explains it: what comes first in one tree and in the other is due within
that time of each other, or of the horizon. Exit code 1 where nothing explains a path.

    [--seed 1] [--paths 100000] [--minutes 60] [--counts FILE]

A line with the counts of each scenario is added to the file; called again with more minutes, what
it has is not walked again.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import sim
from sim.engines import engine
from sim.experiment import parameter_values

ROOT = Path(__file__).resolve().parents[1]
TICK = 2.0**-20
DRAWS, PATHS_IN_A_DRAW = 20, 200  # walked at once
SAME = ("transition", "option", "cause")


class Block(NamedTuple):
    """The paths of some draws: rows of events, and where each path's rows begin."""

    first: int  # draw
    columns: dict[str, np.ndarray]
    begins: np.ndarray
    horizon: float

    def path(self, number: int) -> dict[str, np.ndarray]:
        """The events of one path."""
        rows = slice(*self.begins[number : number + 2])
        return {name: column[rows] for name, column in self.columns.items()}


def walk(file: str, seed: int, draws: int, folder: Path) -> None:
    """Walk a scenario in the tree that is imported, and leave each block in a file."""
    model = sim.load(file).model
    for first in range(0, draws, DRAWS):
        some = range(first, min(first + DRAWS, draws))
        paths = range(PATHS_IN_A_DRAW)
        values = parameter_values(model, seed, some)
        pieces = list(
            engine("compiled")(model, values, seed=seed, draws=some, paths=paths, events=True)
        )
        columns = {
            name: np.concatenate([getattr(piece.events, name) for piece in pieces])
            for name in ("time", *SAME)
        }
        counts = np.concatenate([piece.n_events for piece in pieces])
        begins = np.concatenate([[0], np.cumsum(counts)])
        made = folder / f"{first}.part.npz"
        np.savez(made, begins=begins, horizon=model.horizon, **columns)
        made.rename(folder / f"{first}.npz")


def read(file: Path) -> Block:
    """A block as `walk` left it."""
    with np.load(file) as found:
        columns = {name: found[name] for name in ("time", *SAME)}
        return Block(int(file.stem), columns, found["begins"], float(found["horizon"]))


def in_both(file: Path, old: Path, seed: int, draws: int) -> Iterator[tuple[Block, Block]]:
    """The blocks of a scenario, in the old tree and in this one."""
    with tempfile.TemporaryDirectory() as where:
        folders = [Path(where) / name for name in ("old", "new")]
        running = []
        for tree, folder in zip((old, ROOT), folders, strict=True):
            folder.mkdir()
            words = ["--walk", str(folder), str(file), "--seed", str(seed), "--draws", str(draws)]
            command = [sys.executable, __file__, *words]
            environment = os.environ | {"PYTHONPATH": str(tree)}
            running.append(subprocess.Popen(command, cwd=tree, env=environment))
        for first in range(0, draws, DRAWS):
            files = [folder / f"{first}.npz" for folder in folders]
            while not all(one.exists() for one in files):
                if any(process.poll() for process in running):
                    raise SystemExit(f"{file}: cannot be walked in both trees")
                time.sleep(0.1)
            yield read(files[0]), read(files[1])
            for one in files:
                one.unlink()
        for process in running:
            process.wait()


@cache
def loaded(file: Path) -> sim.Scenario:
    """A scenario, which a few hundred paths may ask for."""
    return sim.load(file)


def allowed(file: Path, seed: int, place: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Changes of speed before each event of a path, and ticks that the event may differ by.

    The ticks follow the speed of the event's own clock from event to event: its wait is rounded
    once, and what remains and when it is due at each change of speed; what the event differed by at
    which the speed changed is time that the clock ran at one speed and not at the other.
    """
    # of this tree alone: `walk` runs in the other one, too
    from sim.engines.reference import follow
    from sim.model.evaluation import evaluator

    draw, path = place
    model = loaded(file).model
    (values,) = parameter_values(model, seed, range(draw, draw + 1))
    walk = follow(model, values, seed=seed, draw=draw, path=path)
    known, marks = values.tolist(), [False] * len(model.outcomes)
    states = [model.start_state, *(firing.state for firing in walk.firings)]
    readers = [evaluator(t.speed.node, model.names) for t in model.transitions if t.speed]
    speeds = np.array([[float(read(state, known, marks)) for read in readers] for state in states])
    changes = np.cumsum((speeds[1:] != speeds[:-1]).sum(axis=1))
    found: list[float] = []
    for number, firing in enumerate(walk.firings):
        speed = model.transitions[firing.rank].speed
        read = evaluator(speed.node, model.names) if speed else lambda *_: 1.0
        # states[i + 1] is the one after event i; the clock started after its cause
        pace = float(read(states[firing.cause + 1], known, marks))
        began = found[firing.cause] if firing.cause >= 0 else 0.0
        left = 1.0  # of the wait in the clock's own time: it, and a mean or median it comes from
        due = began + left / pace + 0.5 if pace else 0.0
        for i in range(firing.cause + 1, number):
            now, then = float(read(states[i + 1], known, marks)), found[i]
            if now != pace:
                left = (due + then) * pace + 0.5 if pace else left
                due = then + left / now + 0.5 if now else 0.0
                pace = now
        found.append(max(due, number + 1.0))
    return np.concatenate([[0], changes[:-1]]), np.array(found)


class Counts:
    """What was found of one scenario."""

    def __init__(self, file: Path, seed: int) -> None:
        self.file, self.seed = file, seed
        self.paths = self.events = 0
        self.equal = 0  # paths with the same times to the last bit
        self.within = 0  # paths with the same events, times as near as the events so far allow
        self.changed = 0  # as near as these and the changes of speed allow
        self.slowed = 0  # paths with the same events, times further apart as a clock slowed down
        self.largest = 0.0  # of these, in ticks
        self.explained = self.unexplained = 0

    def add(self, old: Block, new: Block) -> None:
        """Compare two blocks, path by path."""
        self.paths += len(new.begins) - 1
        self.events += int(new.begins[-1])
        for number in range(len(new.begins) - 1):
            self.compare(old, new, number)

    def compare(self, old: Block, new: Block, number: int) -> None:
        """Compare two paths; what differs beyond what it may is written to the screen."""
        one, other = old.path(number), new.path(number)
        place = new.first + number // PATHS_IN_A_DRAW, number % PATHS_IN_A_DRAW
        if len(one["time"]) != len(other["time"]) or any(
            (one[name] != other[name]).any() for name in SAME
        ):
            self.tie(one, other, new.horizon, place)
            return
        gaps = np.abs(one["time"] - other["time"]) / TICK
        events = np.arange(1, len(gaps) + 1)
        if (gaps <= events).all():
            self.within += 1
            self.equal += not gaps.any()
            return
        changes, most = allowed(self.file, self.seed, place)
        if (gaps <= events + changes).all():
            self.changed += 1
            return
        fine = bool((gaps <= most).all())
        self.slowed += fine
        self.unexplained += not fine
        self.largest = max(self.largest, gaps.max())
        at = int((gaps - events - changes).argmax())
        print(
            f"{self.file.stem} {place}: event {at} is {gaps[at]:.3g} ticks apart, and may be "
            f"{most[at]:.3g}: {'a clock slowed down' if fine else 'unexplained'}"
        )

    def tie(self, one: Any, other: Any, horizon: float, place: tuple[int, int]) -> None:
        """Say what came first in one tree and in the other, and whether they were due together."""
        size = min(len(one["time"]), len(other["time"]))
        same = np.all([one[name][:size] == other[name][:size] for name in SAME], axis=0)
        at = size if same.all() else int(same.argmin())
        # of a path without a further event the horizon comes next
        due = [
            float(path["time"][at]) if at < len(path["time"]) else horizon for path in (one, other)
        ]
        gap = abs(due[0] - due[1]) / TICK
        near = gap <= at + 1
        self.explained += near
        self.unexplained += not near
        print(
            f"{self.file.stem} {place}: event {at} is due at {due[0]!r} s and {due[1]!r} s, "
            f"{gap:.3g} ticks apart: {'a tie' if near else 'unexplained'}"
        )

    @property
    def line(self) -> str:
        """The counts, for a file of counts."""
        return (
            f"{self.file.stem}, seed {self.seed}: {self.paths:,} paths, {self.events:,} events; "
            f"same events and times in {self.within:,} ({self.equal:,} to the last bit), and in "
            f"{self.changed:,} with changes of speed, times up to {self.largest:.3g} ticks apart "
            f"where a clock slowed down in {self.slowed:,}, {self.explained:,} told apart by a "
            f"tie, {self.unexplained:,} unexplained"
        )


def main() -> int:
    """Walk, compare, count; the exit code."""
    asked = arguments()
    if asked.walk:
        walk(asked.files[0], asked.seed, asked.draws, asked.walk)
        return 0
    if Path(sim.__file__).resolve().parents[1] != ROOT:
        raise SystemExit(f"set PYTHONPATH={ROOT}: another tree is installed")
    ends = time.monotonic() + 60 * asked.minutes
    old, *files = map(Path, asked.files)
    draws = max(asked.paths // PATHS_IN_A_DRAW, 1)
    known = asked.counts.read_text(encoding="utf-8") if asked.counts.exists() else ""
    unexplained = 0
    for file in [one.resolve() for one in files] or shipped():
        counts = Counts(file, asked.seed)
        if f"{file.stem}, seed {asked.seed}: {draws * PATHS_IN_A_DRAW:,} paths" in known:
            continue
        for one, other in in_both(file, old.resolve(), asked.seed, draws):
            counts.add(one, other)
        print(counts.line, flush=True)
        with asked.counts.open("a", encoding="utf-8") as kept:
            kept.write(counts.line + "\n")
        unexplained += counts.unexplained
        if time.monotonic() > ends:
            break
    return int(unexplained > 0)


def shipped() -> list[Path]:
    """The scenarios of this tree, not what they include."""
    files = sorted((ROOT / "scenarios").glob("*.yaml"))
    return [file for file in files if file.name != "sources.yaml"]


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", help="the old tree; then scenarios, by default all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=60)
    counts = Path(tempfile.gettempdir()) / "before_and_after.txt"
    parser.add_argument("--counts", type=Path, default=counts)
    # how this calls itself, once for each tree
    parser.add_argument("--walk", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--draws", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
