"""The parameters' values in every draw, from seed, name and number alone."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.experiment.progress import AT_ONCE, bar
from sim.model.model import Model
from sim.model.parameters import Parameter, values_at
from sim.reach import sums
from sim.streams import parameter_uniform

Floats = NDArray[np.float64]
MOST_KEPT = 10_000  # draws whose values are kept for the next who asks: 80 kB a parameter


def parameter_values(model: Model, seed: int, draws: range) -> Floats:
    """The value of every parameter (a column) in every draw (a row), stratified by name.

    Raises RunError where they make a probability, weight, utility or speed impossible (rule 3).
    """
    (values,) = values_of([model], seed, draws, progress=False)
    return values


def values_of(
    models: Sequence[Model],
    seed: int,
    draws: range,
    *,
    progress: bool | None,
    given: Mapping[str, Floats] | None = None,
) -> list[Floats]:
    """`parameter_values` of several models; what they have in common is drawn once.

    `given` has the values of some parameters, which are not drawn.
    """
    given = given or {}
    # a baseline and thirty alternatives share nearly all their parameters
    every = dict.fromkeys(parameter for model in models for parameter in model.parameters)
    distinct = [parameter for parameter in every if parameter.name not in given]
    columns: dict[Parameter, Floats] = {}
    with bar(len(distinct) * len(draws), progress, " values", after=AT_ONCE) as done:
        column = _kept_column if len(draws) <= MOST_KEPT else _column
        for parameter in distinct:
            columns[parameter] = column(parameter, seed, draws)
            done(len(draws))
    found = []
    for model in models:
        values = np.empty((len(draws), len(model.parameters)))
        for position, parameter in enumerate(model.parameters):
            own = given.get(parameter.name)
            values[:, position] = columns[parameter] if own is None else own
        # rule 3 holds in every draw, and an error here costs no walking
        sums.check(model, values, first=draws.start)
        found.append(values)
    return found


def _column(parameter: Parameter, seed: int, draws: range) -> Floats:
    # inverse transform: the uniform is stratified by name and draw, the quantile is the value
    uniforms = [parameter_uniform(seed, parameter.name, draw) for draw in draws]
    return np.array(values_at(parameter, uniforms), np.float64)


# a run, then the routes to each headline, then alternatives ask for the same draws again
_kept_column = lru_cache(maxsize=512)(_column)
