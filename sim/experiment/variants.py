"""Several variants of a scenario, walked side by side on the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.pair_counts import add_by_draw, concat
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.runs import RunOutput, all_solved, counted, pieces_of
from sim.results import PathBatch
from sim.results.counting import Accumulator

if TYPE_CHECKING:
    from sim.scenario import Scenario

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsOutput:
    """The runs of all variants, and the outcomes they share."""

    runs: tuple[RunOutput, ...]
    outcomes: tuple[str, ...]
    # (outcomes, draws, variants, variants): paths in which the outcome came in both; None: solved
    both: Counts | None


def walk_variants(scenarios: Sequence[Scenario], plan: Plan) -> VariantsOutput:
    """Run all variants; parameters of one name have the same values in the same draw."""
    models = [one.model for one in scenarios]
    # by name, as variants may declare their outcomes in another order
    names = [[outcome.name for outcome in model.outcomes] for model in models]
    shared = [name for name in names[0] if all(name in other for other in names[1:])]
    values = values_of(models, plan.seed, range(plan.draws), progress=plan.progress)
    if plan.engine == EXACT:
        runs = all_solved(scenarios, values, plan)
        return VariantsOutput(runs=tuple(runs), outcomes=tuple(shared), both=None)
    # no rows of paths: pairs are counted chunk by chunk and let go, so memory stays flat
    counts = [Accumulator(model, paths=plan.paths, keep=False) for model in models]
    places = [[own.index(name) for name in shared] for own in names]
    both = np.zeros((plan.draws, len(shared), len(models), len(models)), dtype=np.int64)
    for pieces in pieces_of(models, values, plan):
        for accumulator, own in zip(counts, pieces, strict=True):
            for piece in own:
                accumulator.add(piece)
        _count_both(both, pieces, places)
    done = counts[0].draws
    runs = [
        counted(one, accumulator, rows, plan)
        for one, accumulator, rows in zip(scenarios, counts, values, strict=True)
    ]
    found = both[:done].transpose(1, 0, 2, 3)
    return VariantsOutput(runs=tuple(runs), outcomes=tuple(shared), both=found)


def _count_both(
    both: Counts, pieces: Sequence[Sequence[PathBatch]], places: Sequence[Sequence[int]]
) -> None:
    """Count, for each pair of variants, the paths of a chunk that reach an outcome in both."""
    draw = np.repeat([p.draw for p in pieces[0]], [len(p.ending) for p in pieces[0]])
    came: list[NDArray[Any]] = [
        ~np.isnan(concat(own, "outcome_time")[:, place])
        for own, place in zip(pieces, places, strict=True)
    ]
    for i, one in enumerate(came):
        for j, other in enumerate(came[: i + 1]):
            add_by_draw(both[:, :, i, j], draw, one & other)
            # both[i, j] is symmetric; the layout wants it whole
            if i != j:
                both[:, :, j, i] = both[:, :, i, j]
