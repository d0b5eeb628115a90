"""Runs of neighbouring draws joined to the one run of them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.estimates.tables import tables_of
from sim.api.sourced import SourcedTables
from sim.errors import NotApplicable, UsageError
from sim.experiment.runs import RunOutput, model_of
from sim.formatting import DAY
from sim.model.model import Model
from sim.results import PathBatch
from sim.results.counting import Accumulator
from sim.results.tables import RunTables

GRID = 2.0**20  # steps in a second: times are whole multiples of one
SAME = (
    *("seed", "paths", "engine", "level", "common_random_numbers"),
    *("given", "under", "changes", "decided"),
)


def without_rows(output: RunOutput) -> RunOutput:
    """What a run leaves, less the rows of paths and events, which its tables hold as well."""
    if not isinstance(output.found, Accumulator):
        return output
    found = copy(output.found)
    found.rows, found.events = [], []
    return replace(output, found=found)


def joined(parts: Iterable[SourcedTables]) -> tuple[RunTables, RunOutput]:
    """The tables and counts of all draws of some runs, as one run has them, by draw.

    Raises UsageError for runs that overlap, leave a gap, or differ in seed, model or size, and
    NotApplicable for those that were loaded or solved, whose counts are not at hand.
    """
    runs = sorted(parts, key=lambda run: run.provenance.first_draw)
    if not runs:
        raise UsageError("concat: takes one run or more")
    for run in runs:
        if run.output is None or not isinstance(run.output.found, Accumulator):
            raise NotApplicable(
                "concat: joins runs that were sampled in this session; run the draws again"
            )
    first = runs[0]
    for one, other in pairwise(runs):
        _require_same(one, other)
    counts = _counts(runs)
    values = np.concatenate([run.output.values for run in runs if run.output])
    draws = sum(run.provenance.draws for run in runs)
    about = first.provenance
    interval = "nested" if about.given and len(np.unique(values, axis=0)) > 1 else about.interval
    about = replace(
        about,
        draws=draws,
        draws_asked=draws,
        stopped="draws",
        interval=interval,
        arguments={**about.arguments, "draws": draws, "keep_paths": counts.keep},
    )
    assert first.output is not None
    output = replace(first.output, found=counts, values=values, provenance=about)
    tables = tables_of(output)
    if about.arguments.get("events"):
        frames = [run.events for run in runs if run.events is not None]
        tables = replace(tables, events=pd.concat(frames, ignore_index=True))
    if all(run.track is not None for run in runs):
        frames = [run.track for run in runs if run.track is not None]
        tables = replace(tables, track=pd.concat(frames, ignore_index=True))
    return tables, without_rows(output)


def _model(run: SourcedTables) -> Model:
    assert run.source is not None  # whoever has the counts of a run has what was run
    return model_of(run.source)


def _require_same(one: SourcedTables, other: SourcedTables) -> None:
    own, its = one.provenance, other.provenance
    for what in SAME:
        if getattr(own, what) != getattr(its, what):
            thing = what.replace("_", " ")
            raise UsageError(
                f"concat: the runs have other {thing}: {getattr(own, what)!r:.40} and "
                f"{getattr(its, what)!r:.40}"
            )
    if _model(one) != _model(other):
        raise UsageError("concat: the runs have other models")
    end = own.first_draw + own.draws
    if its.first_draw < end:
        raise UsageError(f"concat: draw {its.first_draw} is in two of the runs")
    if its.first_draw > end:
        raise UsageError(f"concat: no run has the draws {end} to {its.first_draw - 1}")


def _counts(runs: Sequence[SourcedTables]) -> Accumulator:
    keep = all(run.paths is not None for run in runs)
    whole = Accumulator(_model(runs[0]), paths=runs[0].provenance.paths, keep=keep)
    for run in runs:
        assert run.output is not None
        found = run.output.found
        assert isinstance(found, Accumulator)
        whole.total.merge(found.total)
        for name in ("hits", "ended", "hits_by", "came_up"):
            getattr(whole, name).extend(getattr(found, name))
        whole.rows += _rows(run) if keep else []
    return whole


def _rows(run: SourcedTables) -> list[PathBatch]:
    """The paths of a run as an engine gave them: seconds, exactly, since they are on a grid."""
    table, model = run.paths, _model(run)
    assert table is not None
    names = [f"time__{one.name}" for one in model.outcomes]
    none = np.empty(0, np.int64)
    ending: Any = table["ending"].cat.codes.to_numpy(np.int16)
    stopped = ~table["censored"].to_numpy(np.bool_)
    end, times = (_seconds(table[name].to_numpy(np.float64)) for name in ("end_time", names))
    events, about = table["n_events"].to_numpy(np.int32), run.provenance
    return [
        PathBatch(
            draw=about.first_draw + draw,
            first=0,
            ending=ending[rows],
            end_time=end[rows],
            stopped=stopped[rows],
            n_events=events[rows],
            outcome_time=times[rows],
            started=none,
            fired=none,
            taken=none,
            rungs=none,
        )
        for draw in range(about.draws)
        for rows in [slice(draw * about.paths, (draw + 1) * about.paths)]
    ]


def _seconds(days: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.rint(days * DAY * GRID) / GRID
    return found
