"""Paths walked over a design of parameter values: each parameter moved alone, on common paths.

Saltelli's design (Comput. Phys. Commun. 145 (2002), 280-297): matrices A and B of N independent
rows of parameter values, and for each parameter a matrix A with the column of B. All rows of one
number are walked as that draw, so they have the same random numbers: a path differs between A and
the moved matrix only by what the parameter does, and not at all where nothing reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.errors import NotApplicable
from sim.experiment.parameter_draws import values_of
from sim.experiment.plan import Plan
from sim.experiment.progress import bar
from sim.experiment.runs import pieces_of
from sim.model.model import Model
from sim.reach import sums
from sim.results import PathBatch

Floats = NDArray[np.float64]
# of the paths of a piece: one number a path (a row) for each target (a column)
Measure = Callable[[PathBatch], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedSums:
    """Sums over the paths of a row, by (target, row); d is the change of a path, moved less A."""

    change: Floats  # of d
    square: Floats  # of d^2
    product: Floats  # of b d, b being the path's value in B


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignSums:
    """What a design leaves: sums over the paths of a row, by (target, row)."""

    rows: int
    paths: int
    a: Floats
    a_square: Floats
    b: Floats
    b_square: Floats
    moved: dict[str, MovedSums]  # by parameter, in the order of the model


def walk_design(model: Model, plan: Plan, measure: Measure) -> DesignSums:
    """Walk `plan.draws` rows of `plan.paths` paths in A, B and a matrix for each parameter.

    Raises NotApplicable for a model with correlated parameters, of which none moves alone.

    A has the values of a run's draws 0 to N - 1, B those of N to 2 N - 1. Ctrl-C ends it without a
    result (KeyboardInterrupt), since an index needs every matrix.
    """
    if model.correlated:
        raise NotApplicable(
            "a design moves each parameter alone, and this scenario has `correlated` parameters; "
            "leave the design out"
        )
    (both,) = values_of([model], plan.seed, range(2 * plan.draws), progress=plan.progress)
    first, second = both[: plan.draws], both[plan.draws :]
    # a parameter with one value would only be walked as A once more
    differs = [i for i in range(both.shape[1]) if (both[:, i] != both[0, i]).any()]
    quiet = replace(plan, progress=False)
    total = (2 + len(differs)) * plan.draws * plan.paths
    moved = {}
    with bar(total, plan.progress) as done:

        def walked(values: Floats) -> Floats:
            found = walk_values(model, values, quiet, measure)
            done(plan.draws * plan.paths)
            return found

        a, b = walked(first), walked(second)
        for i in differs:
            values = first.copy()
            values[:, i] = second[:, i]
            # what is possible in A and in B need not be so in a mixture of both
            sums.check(model, values)
            change = walked(values) - a
            moved[model.parameters[i].name] = MovedSums(
                change=change.sum(axis=2),
                square=(change**2).sum(axis=2),
                product=(b * change).sum(axis=2),
            )
    return DesignSums(
        rows=plan.draws,
        paths=plan.paths,
        a=a.sum(axis=2),
        a_square=(a**2).sum(axis=2),
        b=b.sum(axis=2),
        b_square=(b**2).sum(axis=2),
        moved=moved,
    )


def walk_values(model: Model, values: Floats, plan: Plan, measure: Measure) -> Floats:
    """(target, row, path): what `measure` says of every path; row d draws as draw d of a run."""
    parts = [measure(piece) for (pieces,) in pieces_of([model], [values], plan) for piece in pieces]
    found = np.concatenate(parts) if parts else np.empty((0, 1))
    if len(found) < plan.draws * plan.paths:
        raise KeyboardInterrupt
    # pieces come in order of draw and path, so that rows of paths fall into draws as they are
    return found.T.reshape(-1, plan.draws, plan.paths)


def happens(model: Model, outcomes: Sequence[str]) -> Measure:
    """1 for a path in which the outcome happens, else 0; a target an outcome."""
    columns = [model.names.outcomes[name] for name in outcomes]
    return lambda piece: (~np.isnan(piece.outcome_time[:, columns])).astype(np.float64)


def times(model: Model, outcomes: Sequence[str]) -> Measure:
    """Days to the outcome, the horizon where it does not happen; a target an outcome."""
    from sim.formatting import DAY

    columns = [model.names.outcomes[name] for name in outcomes]

    def measure(piece: PathBatch) -> Floats:
        found = piece.outcome_time[:, columns]
        return np.where(np.isnan(found), model.horizon, found) / DAY

    return measure
