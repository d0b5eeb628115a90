"""The parameters' values in every draw, from seed, name and number alone."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.experiment.progress import AT_ONCE, bar
from sim.model.correlations import Group, groups, score
from sim.model.model import Model
from sim.model.normal import normal_ppf
from sim.model.parameters import Parameter, values_at
from sim.reach import sums
from sim.streams import DRAWS_IN_BLOCK, parameter_uniform

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

    `given` has the values of some parameters, which are not drawn; what is correlated with them is
    drawn as if they were.
    """
    given = given or {}
    # a baseline and thirty alternatives share nearly all their parameters
    own_groups = [groups_by_name(model) for model in models]
    every = dict.fromkeys(
        (parameter, own.get(parameter.name))
        for model, own in zip(models, own_groups, strict=True)
        for parameter in model.parameters
    )
    distinct = [one for one in every if one[0].name not in given]
    columns: dict[tuple[Parameter, Group | None], Floats] = {}
    with bar(len(distinct) * len(draws), progress, " values", after=AT_ONCE) as done:
        column = _kept_column if len(draws) <= MOST_KEPT else _column
        for parameter, group in distinct:
            columns[parameter, group] = column(parameter, group, seed, draws)
            done(len(draws))
    found = []
    for model, groups_of in zip(models, own_groups, strict=True):
        values = np.empty((len(draws), len(model.parameters)))
        for position, parameter in enumerate(model.parameters):
            own = given.get(parameter.name)
            group = groups_of.get(parameter.name)
            values[:, position] = columns[parameter, group] if own is None else own
        # rule 3 holds in every draw, and an error here costs no walking
        sums.check(model, values, first=draws.start)
        found.append(values)
    return found


def groups_by_name(model: Model) -> dict[str, Group]:
    """The group of each parameter that is drawn together with others."""
    return {name: group for group in groups(model.correlated) for name in group.names}


def _column(parameter: Parameter, group: Group | None, seed: int, draws: range) -> Floats:
    if group is not None and group.names.index(parameter.name):  # the first one keeps its own
        return np.array(values_at(parameter, _tied(group, parameter.name, seed, draws)))
    # inverse transform: the uniform is stratified by name and draw, the quantile is the value
    uniforms = [parameter_uniform(seed, parameter.name, draw) for draw in draws]
    return np.array(values_at(parameter, uniforms), np.float64)


def _tied(group: Group, name: str, seed: int, draws: range) -> list[float]:
    """The uniforms of a parameter that follows others: its own, block by block in another order.

    So each stratum is still met once a block (Iman and Conover, Commun. Stat. B 11 (1982),
    311-334): the draw whose score is the nth smallest has the nth smallest uniform.
    """
    found: list[float] = []
    for number in range(draws.start // DRAWS_IN_BLOCK, -(-draws.stop // DRAWS_IN_BLOCK)):
        found += _tied_block(group, name, seed, number)
    # whole blocks are ordered, whichever of their draws are asked for: draw d must not depend on
    # that
    skipped = draws.start % DRAWS_IN_BLOCK
    return found[skipped : skipped + len(draws)]


@lru_cache(maxsize=1024)
def _tied_block(group: Group, name: str, seed: int, number: int) -> tuple[float, ...]:
    block = range(number * DRAWS_IN_BLOCK, (number + 1) * DRAWS_IN_BLOCK)
    position = group.names.index(name)
    own = [parameter_uniform(seed, name, draw) for draw in block]
    before = [
        [normal_ppf(parameter_uniform(seed, other, draw)) for draw in block]
        for other in group.names[:position]
    ]
    rows = zip(*before, map(normal_ppf, own), strict=True)
    scores = [score(group, position, row) for row in rows]
    ordered, drawn = sorted(own), [0.0] * DRAWS_IN_BLOCK
    for u, draw in zip(ordered, sorted(range(DRAWS_IN_BLOCK), key=scores.__getitem__), strict=True):
        drawn[draw] = u
    return tuple(drawn)


# a run, then the routes to each headline, then alternatives ask for the same draws again
_kept_column = lru_cache(maxsize=512)(_column)
