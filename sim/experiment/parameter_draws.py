"""The parameters' values in every draw, from seed, name and number alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.experiment.progress import bar
from sim.model.model import Model
from sim.model.parameters import Parameter, value_at
from sim.reach import sums
from sim.streams import parameter_uniform

Floats = NDArray[np.float64]
AT_ONCE = 1.0  # seconds; what takes longer shows progress


def parameter_values(model: Model, seed: int, draws: range) -> Floats:
    """The value of every parameter (a column) in every draw (a row), stratified by name.

    Raises RunError where they make a probability, weight, utility or speed impossible (rule 3).
    """
    (values,) = values_of([model], seed, draws, progress=False)
    return values


def values_of(
    models: Sequence[Model], seed: int, draws: range, *, progress: bool | None
) -> list[Floats]:
    """`parameter_values` of several models; what they have in common is drawn once."""
    # a baseline and thirty alternatives share nearly all their parameters
    distinct = dict.fromkeys(parameter for model in models for parameter in model.parameters)
    columns: dict[Parameter, Floats] = {}
    with bar(len(distinct) * len(draws), progress, " values", after=AT_ONCE) as done:
        for parameter in distinct:
            # inverse transform: the uniform is stratified by name and draw, the quantile is the
            # value
            uniforms = (parameter_uniform(seed, parameter.name, draw) for draw in draws)
            drawn = (value_at(parameter, u) for u in uniforms)
            columns[parameter] = np.fromiter(drawn, np.float64, len(draws))
            done(len(draws))
    found = []
    for model in models:
        values = np.empty((len(draws), len(model.parameters)))
        for position, parameter in enumerate(model.parameters):
            values[:, position] = columns[parameter]
        # rule 3 holds in every draw, and an error here costs no walking
        sums.check(model, values, first=draws.start)
        found.append(values)
    return found
