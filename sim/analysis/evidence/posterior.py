"""Which parameters a weighting of the draws moves, and from where to where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.evidence.weighted_band import weighted_quantiles
from sim.results.level import LEVEL

Floats = NDArray[np.float64]

FALSE_ALARM = 0.05  # chance that any parameter counts as moved though none does
PERMUTATIONS = 400
LEAST = 0.01  # a smaller distance moves nothing that a reader would see
NAMES = ("low", "median", "high")


def posterior(
    draws: pd.DataFrame, weights: Floats, random: np.random.Generator, level: float = LEVEL
) -> pd.DataFrame:
    """One row an uncertain parameter, or one of its choices; those that moved most come first.

    `draws` is `Results.draws`, `weights` one a draw. Columns parameter, choice (missing for
    numbers); prior_low, prior_median, prior_high and posterior_...: the median and the ends of the
    middle `level`; of a choice `prior` and `posterior`, its share; distance: the largest difference
    of the two distribution functions (Kolmogorov-Smirnov); floor: what the largest distance of all
    parameters stays below in 95 % of the permutations of the weights; moved: distance > floor, and
    more than 0.01.
    """
    # what has one value in all draws cannot move
    names = [name for name in draws if (draws[name] != draws[name].iloc[0]).any()]
    codes = {name: _numbers(draws[name]) for name in names}
    scaled = weights / weights.sum()
    found = np.array([_distance(codes[name], scaled[None, :])[0] for name in names])
    # weights dealt out at random: how far a parameter moves that has nothing to do with the record
    rows = np.array([random.permutation(scaled) for _ in range(PERMUTATIONS)])
    apart = np.array([_distance(codes[name], rows) for name in names])
    # of the largest distance, so that among a hundred parameters none moves by chance alone
    floor = float(np.quantile(apart.max(axis=0), 1 - FALSE_ALARM)) if names else np.nan
    made: list[dict[str, Any]] = []
    for place in np.argsort(-found, kind="stable"):
        name = names[place]
        told = {
            "distance": found[place],
            "floor": floor,
            "moved": bool(found[place] > max(floor, LEAST)),
        }
        made += [{"parameter": name, **row, **told} for row in _rows(draws[name], scaled, level)]
    numbers = [f"{side}_{end}" for side in ("prior", "posterior") for end in NAMES]
    columns = ["parameter", "choice", *numbers, "prior", "posterior", "distance", "floor", "moved"]
    table = pd.DataFrame(made, columns=columns)
    return table.astype({"parameter": "str", "choice": "str", "moved": "bool"} if made else {})


def _numbers(column: pd.Series[Any]) -> Floats:
    codes = column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column
    return np.asarray(codes, dtype=np.float64)


def _distance(values: Floats, rows: Floats) -> Floats:
    """The largest difference between the distribution functions, for each row of weights."""
    order = np.argsort(values, kind="stable")
    # between equal values there is no step of the distribution function
    last = np.append(np.diff(values[order]) > 0, True)
    before = np.arange(1, len(values) + 1) / len(values)
    return np.asarray(np.abs(np.cumsum(rows[:, order], axis=1) - before)[:, last].max(axis=1))


def _rows(column: pd.Series[Any], scaled: Floats, level: float) -> list[dict[str, Any]]:
    equal = np.full(len(scaled), 1 / len(scaled))
    sides = {"prior": equal, "posterior": scaled}
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        return [
            {"choice": str(word), **{side: float(w[codes == i].sum()) for side, w in sides.items()}}
            for i, word in enumerate(column.cat.categories)
        ]
    ends: dict[str, Any] = {}
    at = ((1 - level) / 2, 0.5, (1 + level) / 2)
    for side, weights in sides.items():
        found = weighted_quantiles(_numbers(column), weights, at)
        ends |= {f"{side}_{name}": float(end) for name, end in zip(NAMES, found, strict=True)}
    return [ends]
