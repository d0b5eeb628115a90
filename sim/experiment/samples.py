"""The draws of a run, to be walked again: which they are, their values, their random numbers.

Values that a user gave (a design matrix) are rows of a table as a person reads it: days, names of
choices. Here they become what engines take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import NotApplicable, UsageError, unknown
from sim.experiment.parameter_draws import parameter_values, values_of
from sim.formatting import DAY
from sim.model.model import Model
from sim.model.parameters import Parameter
from sim.model.time_grid import on_grid

if TYPE_CHECKING:
    from sim.results.provenance import Provenance

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Draws with the values of their parameters, in the units of the model."""

    seed: int
    draws: range
    values: Floats  # a row a draw, a column a parameter
    common: bool  # whether all meet the random numbers of draw 0

    def part(self, draws: range) -> Sample:
        """Some consecutive draws of it."""
        rows = slice(draws.start - self.draws.start, draws.stop - self.draws.start)
        return Sample(seed=self.seed, draws=draws, values=self.values[rows], common=self.common)


def drawn_sample(model: Model, seed: int, draws: range) -> Sample:
    """Draws of a seed, with nothing given and random numbers of their own."""
    values = parameter_values(model, seed, draws)
    return Sample(seed=seed, draws=draws, values=values, common=False)


def sample_of(
    model: Model, about: Provenance, draws: pd.DataFrame, *, decided: bool = False
) -> Sample:
    """The draws of a run, from its provenance and its table `draws`.

    Raises NotApplicable where functions decided in it, unless the caller has them (`decided`): the
    paths walked again would be others.
    """
    if about.decided and not decided:
        raise NotApplicable(
            f"walks paths of this run again, in which {about.who_decided}; its tables hold what "
            "happened there, and results.replay(draw, path, decide=...) shows a path"
        )
    span = range(about.first_draw, about.first_draw + about.draws)
    # only what was given: values that were drawn are found again by the seed, without a way through
    # days
    values = values_with(model, about.seed, span, draws[list(about.given)])
    return Sample(seed=about.seed, draws=span, values=values, common=about.common_random_numbers)


def values_with(
    model: Model, seed: int, draws: range, given: pd.DataFrame, *, progress: bool | None = False
) -> Floats:
    """The value of every parameter (a column) in every draw (a row): as given, else as drawn.

    Raises UsageError naming row and column of what is no value of the parameter, and RunError where
    a row makes a probability, weight, utility or speed impossible.
    """
    columns = {name: column_of(model.parameter(name), given[name]) for name in given.columns}
    (values,) = values_of([model], seed, draws, progress=progress, given=columns)
    return values


def given_frame(model: Model, values: object) -> pd.DataFrame:
    """What a user gave as values: a frame, or a mapping of columns. Raises UsageError."""
    if not isinstance(values, (pd.DataFrame, Mapping)):
        raise UsageError(
            "values: takes a data frame with a row for each draw and a column for each parameter, "
            f"found {type(values).__name__}"
        )
    try:
        frame = pd.DataFrame(values).reset_index(drop=True)
    except ValueError as error:  # columns of several lengths, or numbers alone
        raise UsageError(f"values: {error}") from None
    for name in frame.columns:
        if name not in model.names.parameters:
            raise UsageError(f"values: {unknown('parameter', str(name), model.names.parameters)}")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise UsageError(f"values: column {twice!r} stands there twice")
    if not len(frame):
        raise UsageError("values: has no row")
    return frame


def column_of(parameter: Parameter, column: pd.Series[Any]) -> Floats:
    """One column in the units of the model. Raises UsageError with the first row at fault."""
    name, levels = parameter.name, parameter.distribution.levels
    found = np.empty(len(column))
    for row, value in enumerate(column.tolist()):
        if levels:
            if value not in levels:
                what = unknown(f"choice of {name}", str(value), levels)
                raise UsageError(f"values: row {row}: {what}")
            found[row] = levels.index(value)
            continue
        # true and a text of digits turn into numbers too, and are slips
        number = not isinstance(value, (bool, str)) and hasattr(value, "__float__")
        if not number or not isfinite(value):
            unit = "a finite number of days" if parameter.time else "a finite number"
            raise UsageError(f"values: row {row}: {name} must be {unit}, found {value!r}")
        found[row] = on_grid(float(value) * DAY) if parameter.time else float(value)
    return found
