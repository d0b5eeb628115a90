"""From the unit cube to parameter values: what a design of experiments, or SALib, samples in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.errors import UsageError, unknown
from sim.formatting import DAY
from sim.model.correlations import group_of, score, tied
from sim.model.model import Model
from sim.model.normal import normal_cdf, normal_ppf
from sim.model.parameters import Parameter, value_at
from sim.model.scalar_functions import LEAST_U, MOST_U


def uncertain(model: Model) -> list[Parameter]:
    """The parameters with more than one value, in the order of the model."""
    # A fixed parameter would be a dimension over which nothing changes: samples would be wasted on
    # it.
    return [one for one in model.parameters if one.distribution.kind != "fixed"]


def problem(model: Model) -> dict[str, Any]:
    """What SALib calls a problem: the uncertain parameters, each over the unit interval."""
    names = [one.name for one in uncertain(model)]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0] for _ in names]}


def ppf(model: Model, uniforms: ArrayLike | pd.DataFrame) -> pd.DataFrame:
    """Quantiles: a row a row, a column a parameter, in the units of `Results.draws`.

    Numbers have the columns of `problem`, a data frame those it names. Of correlated parameters
    the later ones follow the earlier ones (Gaussian copula). Raises UsageError for
    another number of columns, an unknown name, or a number outside of 0 to 1.
    """
    known = {one.name: one for one in uncertain(model)}
    if isinstance(uniforms, pd.DataFrame):
        for name in uniforms.columns:
            if name not in known:
                raise UsageError(f"ppf: {unknown('uncertain parameter', str(name), known)}")
        names = [str(name) for name in uniforms.columns]
    else:
        names = list(known)
    try:
        rows = np.atleast_2d(np.asarray(uniforms, dtype=np.float64))
    except (TypeError, ValueError):
        raise UsageError("ppf: takes an array of numbers between 0 and 1") from None
    if rows.ndim != 2 or rows.shape[1] != len(names):
        shape = " x ".join(map(str, rows.shape))
        raise UsageError(f"ppf: takes {len(names)} columns, one a parameter, found {shape}")
    if not ((rows >= 0) & (rows <= 1)).all():
        raise UsageError("ppf: every number must be between 0 and 1")
    # a design may hold the ends themselves, at which a distribution may have no value
    inside = np.clip(rows, LEAST_U, MOST_U)
    _correlate(model, names, inside)
    columns = {name: _column(known[name], inside[:, i]) for i, name in enumerate(names)}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows), name="draw"))


def _correlate(model: Model, names: list[str], uniforms: np.ndarray) -> None:
    """Make independent uniforms, one a column, those of the model's pairs."""
    for group in tied(model.correlated):
        # Of a group only those that are named: the others get no values here, so nothing can be
        # said to follow from them.
        own = group_of([name for name in group if name in names], model.correlated)
        columns = [names.index(name) for name in own.names]
        for row in uniforms:
            z = [normal_ppf(float(row[at])) for at in columns]
            for i, at in enumerate(columns[1:], start=1):  # the first one is as it was
                row[at] = min(max(normal_cdf(score(own, i, z)), LEAST_U), MOST_U)


def _column(parameter: Parameter, uniforms: np.ndarray) -> object:
    values = [value_at(parameter, u) for u in uniforms.tolist()]
    levels = parameter.distribution.levels
    if levels:
        words = pd.Index(list(levels), dtype="str")
        return pd.Categorical.from_codes([int(value) for value in values], categories=words)
    return np.array(values) / DAY if parameter.time else np.array(values)
