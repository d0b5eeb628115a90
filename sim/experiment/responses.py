"""An outcome over the range of one parameter, everything else as drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError, require_int, unknown
from sim.experiment.designs import happens, walk_values
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import Plan
from sim.experiment.progress import bar
from sim.formatting import DAY
from sim.model.model import Model
from sim.model.parameters import Parameter, value_at
from sim.reach import sums

POINTS = 9  # of a parameter's range
MOST_POINTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCounts:
    """Hits of paths in which one parameter has a given value."""

    parameter: str
    quantiles: tuple[float, ...]  # of the parameter, at each point; of choices: none
    values: tuple[
        float, ...
    ]  # as in `Results.draws`: days for a duration; of a choice its position
    choices: tuple[str, ...]  # their names; empty for a number
    hits: NDArray[np.int64]  # (point, draw, outcome)
    paths: int  # in each draw


def response(
    model: Model, parameter: str, outcomes: Sequence[str], plan: Plan, points: int = POINTS
) -> ResponseCounts:
    """Walk a run's draws again at points of a parameter's range: on the same random numbers.

    The points are the middles of parts of equal probability; of choices all that have weight. All
    other parameters are as in the draw, and paths differ between points only by the parameter.
    """
    require_int("points", points, 2, MOST_POINTS)
    known = [one.name for one in model.parameters]
    if parameter not in known:
        raise UsageError(unknown("parameter", parameter, known))
    column = known.index(parameter)
    one = model.parameters[column]
    quantiles, raw = _points(one, points)
    values = parameter_values(model, plan.seed, range(plan.draws))
    measure = happens(model, outcomes)
    hits = []
    with bar(len(raw) * plan.draws * plan.paths, plan.progress) as done:
        for value in raw:
            moved = values.copy()
            moved[:, column] = value
            # the rest as drawn may not go with this value
            sums.check(model, moved)
            found = walk_values(model, moved, replace(plan, progress=False), measure)
            hits.append(found.sum(axis=2).T.astype(np.int64))
            done(plan.draws * plan.paths)
    levels = one.distribution.levels
    return ResponseCounts(
        parameter=parameter,
        quantiles=tuple(quantiles),
        values=tuple(value / DAY if one.time else value for value in raw),
        choices=tuple(levels[int(value)] for value in raw) if levels else (),
        hits=np.array(hits),
        paths=plan.paths,
    )


def _points(parameter: Parameter, points: int) -> tuple[list[float], list[float]]:
    """Quantiles of a number and its values there; of choices the positions of those with weight."""
    distribution = parameter.distribution
    if distribution.levels:
        weights = enumerate(distribution.numbers)
        return [], [float(position) for position, weight in weights if weight > 0]
    quantiles = [(i + 0.5) / points for i in range(points)]
    return quantiles, [value_at(parameter, u) for u in quantiles]
