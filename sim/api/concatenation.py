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
from sim.api.kept_counts import output_of
from sim.api.sourced import SourcedTables
from sim.errors import NotApplicable, UsageError
from sim.experiment.plan import EXACT
from sim.experiment.runs import RunOutput
from sim.formatting import DAY
from sim.machine_form import machine_form
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
    # They are by far the largest part; kept twice they would double the memory of a run.
    found.rows, found.events = [], []
    return replace(output, found=found)


def joined(parts: Iterable[SourcedTables]) -> tuple[RunTables, RunOutput]:
    """The tables and counts of all draws of some runs, as one run has them, by draw.

    Raises UsageError for runs that overlap, leave a gap, or differ in seed, model or size, and
    NotApplicable for those that were solved, or saved without their counts.
    """
    # Whatever the order they are given in: the tables must be those of one run, byte for byte.
    runs = sorted(parts, key=lambda run: run.provenance.first_draw)
    if not runs:
        raise UsageError("concat: takes one run or more")
    outputs = [_output(run) for run in runs]
    first = runs[0]
    for one, other in pairwise(runs):
        _require_same(one, other)
    counts = _counts(runs, outputs)
    values = np.concatenate([output.values for output in outputs])
    draws = sum(run.provenance.draws for run in runs)
    about = first.provenance
    # Two runs of one row of values each have no spread over parameters; joined they may have.
    interval = "nested" if about.given and len(np.unique(values, axis=0)) > 1 else about.interval
    about = replace(
        about,
        draws=draws,
        draws_asked=draws,
        stopped="draws",
        interval=interval,
        arguments={**about.arguments, "draws": draws, "keep_paths": counts.keep},
    )
    # Tables are made anew from the joined counts, not put together from tables: a quantile or an
    # interval of all draws does not follow from those of the parts.
    output = replace(outputs[0], found=counts, values=values, provenance=about)
    tables = tables_of(output)
    if about.arguments.get("events"):
        frames = [run.events for run in runs if run.events is not None]
        # Events and tracks have a row an event or moment, so they can be put below one another.
        tables = replace(tables, events=pd.concat(frames, ignore_index=True))
    if all(run.track is not None for run in runs):
        frames = [run.track for run in runs if run.track is not None]
        tables = replace(tables, track=pd.concat(frames, ignore_index=True))
    return tables, without_rows(output)


def _output(run: SourcedTables) -> RunOutput:
    """What a run left. Raises NotApplicable where nothing was counted, or no counts are at hand."""
    if run.provenance.interval == EXACT:
        raise NotApplicable("concat: joins sampled runs; the exact engine counts no paths")
    output = output_of(run)
    if output is None:
        raise NotApplicable(
            "concat: a run has tables without its counts, as alternatives of a comparison have and "
            "runs saved by earlier versions; run its draws again"
        )
    return output


def _require_same(one: SourcedTables, other: SourcedTables) -> None:
    own, its = one.provenance, other.provenance
    for what in SAME:
        if getattr(own, what) != getattr(its, what):
            thing = what.replace("_", " ")
            raise UsageError(
                f"concat: the runs have other {thing}: {getattr(own, what)!r:.40} and "
                f"{getattr(its, what)!r:.40}"
            )
    # by their machine form: models that were read know other places in files
    if one.model is not other.model and machine_form(one.model) != machine_form(other.model):
        raise UsageError("concat: the runs have other models")
    end = own.first_draw + own.draws
    if its.first_draw < end:
        raise UsageError(f"concat: draw {its.first_draw} is in two of the runs")
    if its.first_draw > end:
        raise UsageError(f"concat: no run has the draws {end} to {its.first_draw - 1}")


def _counts(runs: Sequence[SourcedTables], outputs: Sequence[RunOutput]) -> Accumulator:
    # A table with the paths of some draws only would be taken for one of all.
    keep = all(run.paths is not None for run in runs)
    whole = Accumulator(outputs[0].model, paths=runs[0].provenance.paths, keep=keep)
    for run, output in zip(runs, outputs, strict=True):
        found = output.found
        assert isinstance(found, Accumulator)
        whole.total.merge(found.total)
        for name in ("hits", "ended", "hits_by", "came_up"):
            getattr(whole, name).extend(getattr(found, name))
        whole.rows += _rows(run, whole.model) if keep else []
    return whole


def _rows(run: SourcedTables, model: Model) -> list[PathBatch]:
    """The paths of a run as an engine gave them: seconds, exactly, since they are on a grid."""
    table = run.paths
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
    # Tables have days, and dividing by a day rounds; but the true time is a multiple of the grid,
    # and the nearest one is it.
    found: np.ndarray = np.rint(days * DAY * GRID) / GRID
    return found
