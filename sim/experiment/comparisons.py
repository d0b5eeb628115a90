"""A scenario compared with changed versions: equal paths until the change takes effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.runs import RunOutput, all_solved, counted, pairs_of
from sim.formatting import duration_in_words
from sim.results import PathBatch
from sim.results.counting import BINS, Accumulator, Histogram, bins

if TYPE_CHECKING:
    from sim.model.model import Model
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
    """Run a scenario and its twins side by side, so that the same paths are counted in pairs.

    Raises UsageError for a twin whose paths last longer or shorter.
    """
    for twin in twins:
        if twin.model.horizon != scenario.model.horizon:
            own, other = (duration_in_words(one.model.horizon) for one in (twin, scenario))
            raise UsageError(
                f"{twin.file}: has a horizon of {own}, the baseline one of {other}; paths of "
                "different lengths cannot be paired"
            )
    scenarios = (scenario, *twins)
    models = [one.model for one in scenarios]
    # parameters that models share are drawn once and are equal: they are found by name
    values = values_of(models, plan.seed, range(plan.draws), progress=plan.progress)
    if plan.engine == EXACT:
        runs = all_solved(scenarios, values, plan)
        nothing = (None,) * len(twins)
        return ComparisonOutput(baseline=runs[0], twins=tuple(runs[1:]), pairs=(), walked=nothing)
    counts = [Accumulator(model, paths=plan.paths, keep=plan.keeps) for model in models]
    pairs = [PairCounts(plan.draws, scenario.model, twin.model) for twin in twins]
    walked = np.zeros(len(twins), dtype=np.int64)
    # a chunk holds the same paths of all models, so pairs can be counted and let go
    for pieces, again in pairs_of(models, values, plan):
        for accumulator, some in zip(counts, pieces, strict=True):
            for piece in some:
                accumulator.add(piece)
        for pair, some in zip(pairs, pieces[1:], strict=True):
            pair.add(pieces[0], some)
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
    """Counts, draw by draw, of paths that differ from their twins.

    Of two scenarios that are not the same, the outcomes that both have, by name, and the endings of
    either.
    """

    def __init__(self, draws: int, baseline: Model, twin: Model) -> None:
        names = [[one.name for one in model.outcomes] for model in (baseline, twin)]
        self.outcomes = [name for name in names[0] if name in names[1]]
        self._places = [[own.index(name) for name in self.outcomes] for own in names]
        before, after = ([one.name for one in model.endings] for model in (baseline, twin))
        # the baseline's numbers of endings stay as they are; those of the twin are put into its
        # order
        self.endings = list(dict.fromkeys([*before, *after]))
        self._ending_of = np.array([self.endings.index(name) for name in after], dtype=np.int64)
        self.horizon = baseline.horizon
        outcomes, endings = len(self.outcomes), len(self.endings)
        self.gained = np.zeros((draws, outcomes), dtype=np.int64)
        self.lost = np.zeros((draws, outcomes), dtype=np.int64)
        self.flow = np.zeros((draws, endings, endings), dtype=np.int64)  # from the row's ending
        self.changed = np.zeros(draws, dtype=np.int64)
        self.moments = Histogram(BINS + 1)  # of the first difference, in bins of the time

    def counts(self, kind: str, name: str, draws: int) -> tuple[Counts, Counts]:
        """(gained, lost) of an outcome or ending in each of the first so many draws."""
        if kind == "outcome":
            place = self.outcomes.index(name)
            return self.gained[:draws, place], self.lost[:draws, place]
        place = self.endings.index(name)
        flow, stays = self.flow[:draws], self.flow[:draws, place, place]
        return flow[:, :, place].sum(axis=1) - stays, flow[:, place].sum(axis=1) - stays

    def add(self, baseline: Sequence[PathBatch], twin: Sequence[PathBatch]) -> None:
        """Count the paths of one chunk, the same ones on both sides."""
        draw = np.repeat([p.draw for p in baseline], [len(p.ending) for p in baseline])
        before, after = (
            concat(some, "outcome_time")[:, places]
            for some, places in zip((baseline, twin), self._places, strict=True)
        )
        end, new_end = concat(baseline, "end_time"), concat(twin, "end_time")
        ending, new_ending = concat(baseline, "ending"), self._ending_of[concat(twin, "ending")]
        self._count_flow(draw, ending, new_ending)
        # equal times to the last bit: a path untouched by the change is recomputed, not
        # approximated
        other = (before != after) & ~(np.isnan(before) & np.isnan(after))
        same = ~other.any(axis=1) & (end == new_end) & (ending == new_ending)
        same &= concat(baseline, "stopped") == concat(twin, "stopped")
        rows = np.flatnonzero(~same)
        draw, before, after, other = draw[rows], before[rows], after[rows], other[rows]
        self.changed += np.bincount(draw, minlength=len(self.changed))
        had, has = ~np.isnan(before), ~np.isnan(after)  # NaN: the outcome did not happen
        add_by_draw(self.gained, draw, has & ~had)
        add_by_draw(self.lost, draw, had & ~has)
        # the first outcome that comes at another time or in one of the two only, at the latest
        # the earlier end
        times = np.where(other, np.fmin(before, after), np.inf).min(axis=1, initial=np.inf)
        first = np.minimum(np.minimum(end[rows], new_end[rows]), times)
        self.moments.add(bins(first, self.horizon))

    def _count_flow(self, draw: Counts, before: Counts, after: Counts) -> None:
        """Count each path's ending in the baseline and in the twin; draws come in order."""
        if not len(draw):
            return
        # all paths are counted here, for which bincount is several times as fast as add.at
        shape = (int(draw[-1] - draw[0]) + 1, *self.flow.shape[1:])
        place = np.ravel_multi_index((draw - draw[0], before, after), shape)
        found = np.bincount(place, minlength=prod(shape)).reshape(shape)
        self.flow[draw[0] : draw[0] + shape[0]] += found


def add_by_draw(total: Counts, draw: Counts, rows: NDArray[np.bool_]) -> None:
    """Add, to the row that each draw has in `total`, all rows of its paths; draws come in order."""
    # the paths of a draw stand together: sums over stretches, many times as fast as add.at
    first = np.flatnonzero(np.diff(draw, prepend=-1))
    total[draw[first]] += np.add.reduceat(rows, first, axis=0, dtype=np.int64)


def concat(pieces: Sequence[PathBatch], name: str) -> NDArray[Any]:
    """One column of all pieces."""
    return np.concatenate([getattr(piece, name) for piece in pieces])
