"""A chunk of a run as a task: all it takes to count its paths, in whatever process it is done.

Draws, paths and their random numbers are found by name, so that a task says which, and what comes
back are counts by draw. A task that is done twice, or elsewhere, gives the same.
"""

from __future__ import annotations

import os
import pickle
import socket
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2s
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.decisions.asking import Decisions
from sim.engines import engine, has_threads
from sim.errors import UsageError
from sim.experiment.work import Chunk, Work
from sim.model.model import Model
from sim.results.counting import Accumulator
from sim.results.draw_counts import DrawCounts
from sim.results.provenance import versions

HOME = Path(__file__).parents[1]
# the rooms and modules that decide what a path comes to, and how it is counted
COUNTED_BY = ("decisions", "engines", "experiment", "expressions", "model", "results", "streams.py")
PACKAGES = ("escalation-sim", "numpy", "scipy", "numba")
MODELS_AT_HAND = 8  # that a worker keeps, each lowered for the compiled engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Some paths of some draws, to be walked anywhere where the same versions are."""

    versions: tuple[tuple[str, str], ...]  # of who asks
    model: bytes  # sent with each: a worker may be new, or another's work
    engine: str
    seed: int
    common: bool
    events: bool
    keep: bool  # a row for every path
    decide: Decisions | None
    draws: range
    paths: range
    values: NDArray[np.float64]  # of the parameters: a row a draw


def tasks_of(work: Work, *, keep: bool) -> TaskMaker:
    """What makes the tasks of a run's chunks."""
    (model,) = work.models
    return TaskMaker(work=work, keep=keep, model=sent(model))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMaker:
    """Makes tasks of chunks; what they have in common is made once."""

    work: Work
    keep: bool
    model: bytes

    def __call__(self, chunk: Chunk) -> Task:
        """The task of a chunk."""
        work, draws = self.work, chunk.draws
        return Task(
            versions=tuple(own_versions().items()),
            model=self.model,
            engine=work.engine,
            seed=work.seed,
            common=work.common,
            events=work.events,
            keep=self.keep,
            decide=work.decide,
            draws=range(work.first + draws.start, work.first + draws.stop),
            paths=chunk.paths,
            values=work.values[0][draws.start : draws.stop],
        )


def do(task: Task, check: Callable[[], None] | None = None) -> DrawCounts:
    """Walk the paths of a task and count them; `check` as an engine with threads takes it.

    Raises UsageError where this process has another version of the program or of NumPy than the one
    that asks, and RunError where a path goes wrong.
    """
    refuse_other_versions(dict(task.versions))
    model: Model = received(task.model)
    found = Accumulator(model, paths=len(task.paths), keep=task.keep)
    more: dict[str, Any] = {}
    if has_threads(task.engine):
        more["threads"] = 1  # whoever has several workers has one for each core
        if check is not None:
            more["check"] = check
    if task.decide is not None:
        more["decide"] = task.decide.of(model, task.seed)
    pieces = engine(task.engine)(
        model,
        task.values,
        seed=task.seed,
        draws=task.draws,
        paths=task.paths,
        events=task.events,
        common=task.common,
        **more,
    )
    for piece in pieces:
        found.add(piece)
        if check is not None:
            check()
    return found.counted(task.draws, task.paths)


def refuse_other_versions(asked: dict[str, str]) -> None:
    """Raise UsageError if this process has other versions than those, naming both."""
    own = own_versions()
    differ = [
        f"{name} {own.get(name, '–')}, not {its}"
        for name, its in asked.items()
        if own.get(name) != its
    ]
    if differ:
        here = f"{socket.gethostname()}, process {os.getpid()}"
        raise UsageError(
            f"the worker on {here} has {'; '.join(differ)}; counts of several versions do not "
            "add up: install the same on all"
        )


@cache
def own_versions() -> dict[str, str]:
    """What must be the same for counts to be: versions of packages, and the program's own text.

    Between two releases the program has one version and many texts, hence its digest.
    """
    known = versions()
    found = {name: known[name] for name in PACKAGES if name in known}
    return {**found, "program text": _text()}


def _text() -> str:
    text = blake2s(digest_size=6)
    for name in COUNTED_BY:
        place = HOME / name
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        for file in files:
            # the name as well, so that two files which change places are noticed
            text.update(file.relative_to(HOME).as_posix().encode() + file.read_bytes())
    return text.hexdigest()


def sent(models: Model | tuple[Model, ...]) -> bytes:
    """A model, or several, as they are sent: a tenth of what pickle makes of them."""
    return zlib.compress(pickle.dumps(models))


@lru_cache(maxsize=MODELS_AT_HAND)
def received(data: bytes) -> Any:
    """What was sent; the same object each time, with what engines keep in it."""
    return pickle.loads(zlib.decompress(data))
