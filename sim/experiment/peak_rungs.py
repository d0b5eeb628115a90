"""The highest rung each path reaches on each ladder.

No table of a run has it, as engines record outcomes and not states. So "at this rung or above" is
added to the model as an outcome, one a rung: outcomes change no path, and how many of them happened
is the highest rung.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiment.designs import Measure
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import Plan
from sim.experiment.runs import pieces_of
from sim.model.expressions import Comparison, Constant, Expression, StateOf
from sim.model.model import Model, Outcome
from sim.model.state import Variable

Floats = NDArray[np.float64]


def ladders(model: Model) -> list[Variable]:
    """The state variables whose levels are a ladder's rungs."""
    return [variable for variable in model.variables if variable.ladder is not None]


def with_rungs(model: Model) -> Model:
    """The model with an outcome for each rung of each ladder above the lowest."""
    rungs = [(v, rung) for v in ladders(model) for rung in range(1, v.size)]
    known = len(model.outcomes)
    return replace(
        model,
        outcomes=(*model.outcomes, *(_at_least(variable, rung) for variable, rung in rungs)),
        outcome_order=(*model.outcome_order, *range(known, known + len(rungs))),
    )


def peaks(model: Model) -> Measure:
    """The highest rung of a path of `with_rungs(model)`; a target a ladder."""
    sizes = [variable.size - 1 for variable in ladders(model)]
    known = len(model.outcomes)
    starts = np.cumsum([known, *sizes])[:-1]

    def measure(piece):  # type: ignore[no-untyped-def]
        reached = ~np.isnan(piece.outcome_time)
        # a path that was at a rung counts for all rungs below it as well, so their number is the
        # highest
        columns = [reached[:, s : s + n].sum(axis=1) for s, n in zip(starts, sizes, strict=True)]
        return np.stack(columns, axis=1).astype(np.float64)

    return measure


def peak_rungs(model: Model, plan: Plan) -> pd.DataFrame:
    """One row a ladder's variable and draw: mean and variance over paths of the highest rung.

    variable, draw; mean: 0 is the lowest rung; variance: of one path, with n - 1. The paths are
    those of a run with the same seed.
    """
    variables = ladders(model)
    if not variables:
        return pd.DataFrame({"variable": [], "draw": [], "mean": [], "variance": []})
    larger, measure = with_rungs(model), peaks(model)
    values = parameter_values(model, plan.seed, range(plan.draws))
    parts = [
        measure(piece) for (pieces,) in pieces_of([larger], [values], plan) for piece in pieces
    ]
    found = np.concatenate(parts) if parts else np.empty((0, len(variables)))
    if len(found) < plan.draws * plan.paths:
        raise KeyboardInterrupt
    by_draw = found.T.reshape(len(variables), plan.draws, plan.paths)
    # of one path in a draw nothing is known about the spread
    spread = by_draw.var(axis=2, ddof=1) if plan.paths > 1 else np.full(by_draw.shape[:2], np.nan)
    return pd.DataFrame(
        {
            "variable": np.repeat([variable.name for variable in variables], plan.draws),
            "draw": np.tile(np.arange(plan.draws), len(variables)),
            "mean": by_draw.mean(axis=2).ravel(),
            "variance": spread.ravel(),
        }
    )


def _at_least(variable: Variable, rung: int) -> Outcome:
    """That the variable stands at this rung or above, or has done so."""
    level = Constant(float(rung), variable.levels[rung])
    node = Comparison(">=", StateOf(variable.name), level)
    text = f"{variable.name} >= {variable.levels[rung]}"
    # a name that no scenario can have
    return Outcome(name=f"rung:{text}", when=Expression(node, text))
