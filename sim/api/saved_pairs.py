"""A comparison of runs that were made already: of one seed, so that their paths are pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.analysis.effects.differences import Pair
from sim.api.results import Results
from sim.errors import NotApplicable, UsageError
from sim.experiment.pair_counts import PairCounts
from sim.formatting import DAY
from sim.model.model import Model
from sim.results import PathBatch

SAME = ("seed", "draws", "paths", "first_draw", "common_random_numbers", "horizon", "interval")
WHAT_PAIRS = "only paths with the same random numbers are pairs"


def pairs_of_results(named: Mapping[str, Results]) -> tuple[Results, list[Pair]]:
    """The first of some runs, and each of the others paired with it, path by path.

    Raises UsageError where their paths are no pairs, NotApplicable where a run kept no paths.
    """
    names = list(named)
    if len(names) < 2:
        raise UsageError("nothing to compare: give two runs or more")
    baseline = named[names[0]]
    for name in names[1:]:
        _require_same(names[0], baseline, name, named[name])
    pairs = []
    for name in names[1:]:
        twin = named[name]
        exact = baseline.provenance.interval == "exact"
        counts = None if exact else _counts(baseline, twin)
        pairs.append(Pair(name=name, baseline=baseline, twin=twin, pairs=counts))
    return baseline, pairs


def _require_same(first: str, one: Results, second: str, other: Results) -> None:
    for what in SAME:
        own, its = (getattr(run.provenance, what) for run in (one, other))
        # whether parameters vary is no matter of pairing, whether there are paths is
        if what == "interval":
            own, its = own == "exact", its == "exact"
        if own != its:
            thing = "solved" if what == "interval" else what.replace("_", " ")
            raise UsageError(f"{second}: {thing} {its}, {first} has {own}; {WHAT_PAIRS}")
    if one.provenance.level != other.provenance.level:
        raise UsageError(
            f"{second}: level {other.provenance.level:g}, {first} has {one.provenance.level:g}; "
            "intervals in one table are of one level"
        )
    _require_same_design(first, one, second, other)


def _require_same_design(first: str, one: Results, second: str, other: Results) -> None:
    """UsageError where values were given to one run alone, or others to the other."""
    # a draw is a row of the design: beside another row its difference is no effect of a change
    own, its = (set(run.provenance.given) for run in (one, other))
    if own != its:
        name = sorted(own ^ its)[0]
        has, none = (first, second) if name in own else (second, first)
        raise UsageError(
            f"{second}: values of {name} were given to {has} and drawn in {none}; runs with the "
            "same values are pairs"
        )
    for name in sorted(own):
        mine, theirs = (run.draws[name].astype(object).to_numpy() for run in (one, other))
        if not np.array_equal(mine, theirs):
            row = int(np.flatnonzero(mine != theirs)[0])
            raise UsageError(
                f"{second}: has {name} = {theirs[row]} in row {row}, {first} has {mine[row]}; runs "
                "with the same values are pairs (another value of a parameter is a change: with_)"
            )


def _counts(baseline: Results, twin: Results) -> PairCounts:
    """What the pairs of two runs come to, from their tables of paths."""
    counts = PairCounts(baseline.provenance.draws, baseline.model, twin.model)
    first = baseline.provenance.first_draw
    pieces = [list(_batches(run, run.model, first)) for run in (baseline, twin)]
    counts.add(*pieces)
    return counts


def _batches(run: Results, model: Model, first: int) -> Iterator[PathBatch]:
    """The paths of a run, a piece for each draw, which are numbered from 0 here."""
    if run.paths is None:
        raise NotApplicable(
            "compare: a run kept no table of paths; --keep-paths (keep_paths=True) keeps it"
        )
    table, none = run.paths, np.empty(0, np.int64)
    times = table[[f"time__{one.name}" for one in model.outcomes]].to_numpy(np.float64)
    words = pd.Categorical(table["ending"].astype(str), [one.name for one in model.endings])
    ending, end = words.codes.astype(np.int16), table["end_time"].to_numpy(np.float64) * DAY
    stopped, events = ~table["censored"].to_numpy(np.bool_), table["n_events"].to_numpy(np.int32)
    draw = table["draw"].to_numpy() - first
    ends = np.searchsorted(draw, np.arange(run.provenance.draws + 1))
    for number, rows in enumerate(slice(*ends) for ends in pairwise(ends.tolist())):
        yield PathBatch(
            draw=number,
            first=0,
            ending=ending[rows],
            end_time=end[rows],
            stopped=stopped[rows],
            n_events=events[rows],
            outcome_time=times[rows] * DAY,
            started=none,
            fired=none,
            taken=none,
            rungs=none,
        )
