"""A scenario compared with changed versions: equal paths until the change takes effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import UsageError
from sim.experiment.handing_out import Crew
from sim.experiment.pair_counts import PairCounts
from sim.experiment.paired_tasks import counted_by_crew
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.runs import RunOutput, all_solved, counted, pairs_of, work_of
from sim.formatting import duration_in_words
from sim.results.counting import Accumulator

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonOutput:
    """What a comparison leaves, before anything is estimated."""

    baseline: RunOutput
    twins: tuple[RunOutput, ...]
    pairs: tuple[PairCounts, ...]  # of each twin; none of an exact solution
    walked: tuple[int | None, ...]  # of each twin: paths walked again; None of an exact solution


def compare(
    scenario: Scenario, twins: Sequence[Scenario], plan: Plan, crew: Crew | None = None
) -> ComparisonOutput:
    """Run a scenario and its twins side by side, so that the same paths are counted in pairs.

    `crew` says who else walks the paths. Raises UsageError for a twin whose paths last longer or
    shorter.
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
    if crew is None:
        for pieces, again in pairs_of(models, values, plan):
            for accumulator, some in zip(counts, pieces, strict=True):
                for piece in some:
                    accumulator.add(piece)
            for pair, some in zip(pairs, pieces[1:], strict=True):
                pair.add(pieces[0], some)
            walked += again
    else:
        for part in counted_by_crew(crew, work_of(models, values, plan), plan):
            for accumulator, found in zip(counts, part.counts, strict=True):
                accumulator.take(found)
            for pair, differing in zip(pairs, part.pairs, strict=True):
                pair.take(differing)
            walked += part.again
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
