"""A scenario compared with changed versions: equal paths until the change takes effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.runs import RunOutput, counted, pairs_of, solved
from sim.results import PathBatch
from sim.results.counting import BINS, Accumulator, Histogram, bins

if TYPE_CHECKING:
    from sim.scenario import Scenario

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonOutput:
    """What a comparison leaves, before anything is estimated."""

    baseline: RunOutput
    twins: tuple[RunOutput, ...]
    pairs: tuple[PairCounts, ...]  # of each twin; none of an exact solution
    walked: tuple[int | None, ...]  # of each twin: paths walked again; None of an exact solution


def compare(scenario: Scenario, twins: Sequence[Scenario], plan: Plan) -> ComparisonOutput:
    """Run a scenario and its twins side by side, so that the same paths are counted in pairs."""
    scenarios = (scenario, *twins)
    models = [one.model for one in scenarios]
    # parameters that models share are drawn once and are equal: they are found by name
    values = values_of(models, plan.seed, range(plan.draws), progress=plan.progress)
    if plan.engine == EXACT:
        runs = []
        for one, rows in zip(scenarios, values, strict=True):
            runs.append(solved(one, rows, plan))
            if runs[-1].provenance.interrupted:  # no pair is whole without the others
                raise KeyboardInterrupt
        nothing = (None,) * len(twins)
        return ComparisonOutput(baseline=runs[0], twins=tuple(runs[1:]), pairs=(), walked=nothing)
    counts = [Accumulator(model, paths=plan.paths, keep=plan.keeps) for model in models]
    model = scenario.model
    pairs = [
        PairCounts(plan.draws, len(model.outcomes), len(model.endings), model.horizon)
        for _ in twins
    ]
    walked = np.zeros(len(twins), dtype=np.int64)
    # a chunk holds the same paths of all models, so pairs can be counted and let go
    for pieces, again in pairs_of(models, values, plan):
        for accumulator, own in zip(counts, pieces, strict=True):
            for piece in own:
                accumulator.add(piece)
        for pair, own in zip(pairs, pieces[1:], strict=True):
            pair.add(pieces[0], own)
        walked += again
    runs = [
        counted(one, accumulator, rows, plan)
        for one, accumulator, rows in zip(scenarios, counts, values, strict=True)
    ]
    return ComparisonOutput(
        baseline=runs[0],
        twins=tuple(runs[1:]),
        pairs=tuple(pairs),
        walked=tuple(walked.tolist()),
    )


class PairCounts:
    """Counts, draw by draw, of paths that differ from their twins."""

    def __init__(self, draws: int, outcomes: int, endings: int, horizon: float) -> None:
        self.gained = np.zeros((draws, outcomes), dtype=np.int64)
        self.lost = np.zeros((draws, outcomes), dtype=np.int64)
        self.flow = np.zeros((draws, endings, endings), dtype=np.int64)  # from the row's ending
        self.changed = np.zeros(draws, dtype=np.int64)
        self.moments = Histogram(BINS + 1)  # of the first difference, in bins of the time
        self.horizon = horizon

    @property
    def ending_gained(self) -> Counts:
        """Paths, draw by draw, with an ending that only the twin has."""
        return self.flow.sum(axis=1) - np.diagonal(self.flow, axis1=1, axis2=2)

    @property
    def ending_lost(self) -> Counts:
        """Paths, draw by draw, with an ending that only the baseline has."""
        return self.flow.sum(axis=2) - np.diagonal(self.flow, axis1=1, axis2=2)

    def add(self, baseline: Sequence[PathBatch], twin: Sequence[PathBatch]) -> None:
        """Count the paths of one chunk, the same ones on both sides."""
        draw = np.repeat([p.draw for p in baseline], [len(p.ending) for p in baseline])
        before, after = concat(baseline, "outcome_time"), concat(twin, "outcome_time")
        end, new_end = concat(baseline, "end_time"), concat(twin, "end_time")
        ending, new_ending = concat(baseline, "ending"), concat(twin, "ending")
        # add.at and not +=, as a draw occurs once a path
        np.add.at(self.flow, (draw, ending, new_ending), 1)
        # equal times to the last bit: a path untouched by the change is recomputed, not
        # approximated
        other = (before != after) & ~(np.isnan(before) & np.isnan(after))
        same = ~other.any(axis=1) & (end == new_end) & (ending == new_ending)
        same &= concat(baseline, "stopped") == concat(twin, "stopped")
        rows = np.flatnonzero(~same)
        draw, before, after, other = draw[rows], before[rows], after[rows], other[rows]
        np.add.at(self.changed, draw, 1)
        had, has = ~np.isnan(before), ~np.isnan(after)  # NaN: the outcome did not happen
        np.add.at(self.gained, draw, has & ~had)
        np.add.at(self.lost, draw, had & ~has)
        # the first outcome that comes at another time or in one of the two only, at the latest
        # the earlier end
        first = np.minimum(end[rows], new_end[rows])
        times = np.where(other, np.fmin(before, after), np.inf)
        first = np.minimum(first, times.min(axis=1, initial=np.inf))
        self.moments.add(bins(first, self.horizon))


def concat(pieces: Sequence[PathBatch], name: str) -> NDArray[Any]:
    """One column of all pieces."""
    return np.concatenate([getattr(piece, name) for piece in pieces])
