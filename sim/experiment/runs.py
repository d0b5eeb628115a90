"""A run: parameters drawn, paths walked, results tabulated."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.engines import ENGINES
from sim.errors import UsageError, unknown, whole
from sim.experiment.defaults import DRAWS, ENGINE, PATHS, SEED
from sim.experiment.progress import bar
from sim.experiment.solving import EXACT, solved
from sim.experiment.values import values_of
from sim.experiment.work import Pieces, Stop, Work, interruptible, walk
from sim.model.durations import DAY
from sim.model.model import Model
from sim.results.results import Provenance, Results, tabulate
from sim.results.saved import digest, versions
from sim.results.tally import Ledger

if TYPE_CHECKING:
    from sim.scenario import Scenario

ROWS = 1_000_000  # more paths than this are counted, but not kept, unless asked for
LARGEST = 2**32  # draws, paths and starts are 32-bit counters of the generator
LAST_SEED = 2**64 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to run, and how: what `run` and `compare` both take; see `run`."""

    draws: int = DRAWS
    paths: int = PATHS
    seed: int = SEED
    engine: str = ENGINE
    workers: int | None = None
    events: bool = False
    keep_paths: bool | None = None
    progress: bool | None = None

    def __post_init__(self) -> None:
        checked = {
            "draws": whole("draws", self.draws, 1, LARGEST),
            "paths": whole("paths", self.paths, 1, LARGEST),
            "seed": whole("seed", self.seed, 0, LAST_SEED),
        }
        if self.workers is not None:
            checked["workers"] = whole("workers", self.workers, 1)
        for name, value in checked.items():  # a row of a table gives NumPy's numbers
            object.__setattr__(self, name, value)
        if self.engine not in (*ENGINES, EXACT):
            raise UsageError(unknown("engine", self.engine, (*ENGINES, EXACT)))

    @property
    def keeps(self) -> bool:
        """Whether a row is kept for every path."""
        return self.draws * self.paths <= ROWS if self.keep_paths is None else self.keep_paths

    @property
    def crew(self) -> int:
        """How many workers; all cores this process may use unless said."""
        if self.workers is not None:
            return self.workers
        allowed = getattr(os, "sched_getaffinity", None)  # not on every system
        return len(allowed(0)) if allowed else os.cpu_count() or 1


def run(
    scenario: Scenario | Model,
    *,
    draws: int = DRAWS,
    paths: int = PATHS,
    seed: int = SEED,
    engine: str = ENGINE,
    workers: int | None = None,
    events: bool = False,
    keep_paths: bool | None = None,
    progress: bool | None = None,
) -> Results:
    """Walk `draws` parameter draws of `paths` paths each, and tabulate what happened.

    The same seed gives the same tables, byte for byte, whatever the number of workers (processes,
    or threads of an engine that has its own; all cores unless said). `engine` is a name in
    `sim.engines.ENGINES` (`reference` works in processes: outside Linux a script that asks for it
    keeps its own work below `if __name__ == "__main__":`), or `exact`: probabilities are solved
    for, draw by draw, not sampled (then counts, median times and paths are missing, low and high
    are the error bound). `events` keeps every event; `keep_paths` a row for every path, left out
    above a million unless asked for. A bar shows progress on a terminal and in a notebook only,
    unless `progress` says so.

    Ctrl-C ends the run in good order: the finished draws are kept, and `provenance.interrupted`
    says so. Raises RunError when the scenario goes wrong (naming expression, state, draw and path)
    and UsageError for arguments out of range.
    """
    plan = Plan(
        draws=draws,
        paths=paths,
        seed=seed,
        engine=engine,
        workers=workers,
        events=events,
        keep_paths=keep_paths,
        progress=progress,
    )
    model = model_of(scenario)
    (values,) = values_of([model], plan.seed, range(plan.draws), progress=progress)
    if plan.engine == EXACT:
        return solved(model, values, plan, about(scenario, plan, plan.draws))
    ledger = Ledger(model, paths=plan.paths, keep=plan.keeps)
    for (pieces,) in pieces_of([model], [values], plan):
        for piece in pieces:
            ledger.add(piece)
    return tabulate(ledger, values, about(scenario, plan, ledger.draws))


def pieces_of(
    models: Sequence[Model], values: Sequence[NDArray[np.float64]], plan: Plan
) -> Iterator[Pieces]:
    """Pieces of all models, chunk by chunk in order, until the end or Ctrl-C; with a bar."""
    work = Work(
        engine=plan.engine,
        models=tuple(models),
        values=tuple(values),
        seed=plan.seed,
        draws=plan.draws,
        paths=plan.paths,
        events=plan.events,
        workers=plan.crew,
    )
    with interruptible() as interruption, bar(work.total, plan.progress) as done:
        try:
            yield from walk(work, interruption, done)
        except Stop:
            return


def model_of(scenario: Scenario | Model) -> Model:
    """The model of a scenario; a model is its own."""
    model = scenario if isinstance(scenario, Model) else getattr(scenario, "model", None)
    if not isinstance(model, Model):
        raise UsageError(f"scenario: what sim.load gives is wanted, found {scenario!r:.60}")
    return model


def about(scenario: Scenario | Model, plan: Plan, finished: int) -> Provenance:
    """Where results come from: the scenario and its files, seed, arguments and versions."""
    model = model_of(scenario)
    files: Mapping[str, str] = {}
    question = under = ""
    if not isinstance(scenario, Model):
        question, under = scenario.question, "+".join(scenario.applied)
        files = {Path(file).as_posix(): digest(Path(file)) for file in scenario.files}
    return Provenance(
        scenario=model.name,
        title=model.title,
        question=question,
        under=under,
        engine=plan.engine,
        seed=plan.seed,
        draws=finished,
        draws_asked=plan.draws,
        paths=plan.paths,
        horizon=model.horizon / DAY,
        start=model.start,
        headlines=tuple(outcome.name for outcome in model.outcomes if outcome.headline),
        interval="sampling",
        arguments={
            "draws": plan.draws,
            "paths": plan.paths,
            "seed": plan.seed,
            "engine": plan.engine,
            "workers": plan.crew,
            "events": plan.events,
            "keep_paths": plan.keeps,
        },
        versions=versions(),
        files=files,
    )
