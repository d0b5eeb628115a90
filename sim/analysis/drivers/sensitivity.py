"""What an outcome hangs on: indices of every parameter, from the draws of a run alone.

`first_order` is the part of the variance of the *noise-free* value over draws that goes with the
parameter alone (Sobol's first-order index): of D draws of n paths, with shares s,

    S = adjusted R^2 * Var(s) / (Var(s) - mean(s (1 - s) / (n - 1))),

where R^2 is that of s on six cosines of the parameter's rank (Plischke, Reliab. Eng. Syst. Saf. 95
(2010), 354-360), or on its choices, adjusted for their number, and what is taken off the variance
below is the noise of finite paths. `rank_correlation` is Spearman's, of choices the correlation
ratio of the ranks; `pawn` and `delta` see more than means
(`sim.analysis.statistics.distribution_shift`). These three are of the value with its noise, so that
finite paths make them smaller; and `pawn`, `delta` and the correlation ratio are above 0 by chance
alone: read them beside the floor.
"""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.drivers.draw_targets import Target
from sim.analysis.statistics import distribution_shift as shift
from sim.analysis.statistics.explained_variance import (
    adjusted,
    by_factor,
    correlations,
    explained,
    weighted_ranks,
)
from sim.analysis.statistics.factors import Factor, factors
from sim.analysis.statistics.rank_correlation import FALSE_ALARM, standardised
from sim.analysis.statistics.resampling import generator, samples, significant
from sim.results.level import LEVEL

Floats = NDArray[np.float64]
INDICES = ("first_order", "rank_correlation", "pawn", "delta")
COLUMNS = (
    *("outcome", "of", "parameter", "index", "value", "low", "high", "floor", "clears", "told"),
    *("draws", "paths", "reliability"),
)
RESAMPLES = 200  # bootstrap samples of draws, for intervals
AT_ONCE = 2_000  # shuffles of the draws, so that memory stays small
MOST_SHUFFLES = 20_000
BEYOND = 5  # shuffles that are to exceed a floor, where so many are enough
LEAST_RELIABILITY = 0.1  # lower bound of it below which no first-order index can be told


def sensitivity(
    draws: pd.DataFrame, target: Target, *, seed: int, level: float = LEVEL
) -> pd.DataFrame:
    """One row a parameter and index; parameters that can be told from noise first, by size.

    `draws` is `Results.draws`; `sim.analysis.drivers.draw_targets.cannot_tell` says when nothing
    can be told.
    outcome, of    what is asked: a name, and `probability`, `time` or `rung`
    parameter, index
    value          the index, kept within its range; missing where `first_order` cannot be told
    low, high      its interval (`level`), by bootstrap over draws
    floor          what a dummy's index exceeds by chance: the parameter's own values, shuffled
                   among the draws thousands of times. Family-wise: where no parameter matters, in
                   at most 5 % of runs any index of any parameter is above its floor
    clears         whether |value| is above the floor
    told           whether any index of the parameter clears: else it cannot be told from noise
    draws, paths   how many draws, and paths in each
    reliability    the part of the variance over draws that is not noise of finite paths
    """
    found = factors(draws)
    if not found or target.variance == 0:
        return pd.DataFrame(columns=list(COLUMNS))
    random = generator(seed, "sensitivity", f"{target.of}:{target.name}")
    count = len(target.value)
    weights = samples(random, count, RESAMPLES)
    values = indices(found, target, weights)
    floors = noise_floors(found, target, random)
    rows = [_rows(name, found, values[name], floors[name], level) for name in INDICES]
    table = pd.concat(rows, ignore_index=True)
    table["told"] = table.groupby("parameter")["clears"].transform("any")
    table = table.iloc[_order(table, found)].reset_index(drop=True)
    about = {"outcome": target.name, "of": target.of}
    size = {"draws": count, "paths": target.paths, "reliability": target.reliability}
    return significant(table.assign(**about, **size)[list(COLUMNS)])


def indices(found: list[Factor], target: Target, weights: Floats) -> dict[str, Floats]:
    """Index -> (sample, factor); the first sample is what was seen, the others are recentred on it.

    Recentred because resampling adds the chance that is in the sample a second time.
    """
    y = target.value
    count = len(y)
    widths = [factor.basis.shape[1] for factor in found]
    parts = np.stack([explained(factor.basis, y, weights) for factor in found], axis=1)
    # recentred before it is adjusted and divided: its noise is what both depend on
    first = adjusted(np.clip(_recentred(parts), 0, 1), count, widths)
    ranks = weighted_ranks(y, weights)
    graded = correlations(np.hstack([factor.grades for factor in found]), ranks, weights)
    grade_widths = [factor.grades.shape[1] for factor in found]
    size = np.sqrt(by_factor(graded**2, grade_widths))
    signed = by_factor(graded, grade_widths)
    choices = np.array([factor.choices > 0 for factor in found])
    pawn, delta = np.empty_like(size), np.empty_like(size)
    classes_of_delta = shift.delta_classes(count)
    levels = shift.levels(y)
    for i, factor in enumerate(found):
        classes = factor.classes(classes_of_delta)
        inside = shift.spread_inside(y, classes)
        pawn[:, i] = shift.pawn(shift.tables(factor.classes(shift.SLICES), levels, weights))
        delta[:, i] = shift.delta(shift.tables(classes, levels, weights), levels, inside)
    return {
        "first_order": first * _inflation(target, weights)[:, None],
        "rank_correlation": _recentred(np.where(choices, size, signed)),
        "pawn": _recentred(pawn),
        "delta": _recentred(delta),
    }


def noise_floors(
    found: list[Factor], target: Target, random: np.random.Generator
) -> dict[str, Floats]:
    """Index -> floor of each factor: what the index of a shuffled copy exceeds too seldom to count.

    At the level 1 - (1 - 0.05 / 4)^(1 / k) for each of k factors and four indices, so that all
    together exceed theirs in at most 5 % of runs where no parameter matters.
    """
    each = 1 - (1 - FALSE_ALARM / len(INDICES)) ** (1 / len(found))
    alike = {factor.shape: factor for factor in found}
    count = len(target.value)
    seen: dict[tuple[int, ...], list[Floats]] = {shape: [] for shape in alike}
    for _ in range(ceil(min(BEYOND / each, MOST_SHUFFLES) / AT_ONCE)):
        # the same shuffles for all: what they have in common does not matter to a quantile
        order = random.permuted(np.tile(np.arange(count), (AT_ONCE, 1)), axis=1)
        for shape, factor in alike.items():
            seen[shape].append(_of_dummies(factor, target.value, order))
    known = {
        shape: np.quantile(np.concatenate(some, axis=1), 1 - each, axis=1)
        for shape, some in seen.items()
    }
    floors = np.array([known[factor.shape] for factor in found])
    floors[:, 0] *= _inflation(target, np.ones((1, count)))
    return dict(zip(INDICES, floors.T, strict=True))


def _of_dummies(factor: Factor, y: Floats, shuffles: NDArray[np.int64]) -> Floats:
    """(index, shuffle): sizes of the indices where y is shuffled; the first not yet inflated."""
    count = len(y)
    parts = shift.delta_classes(count)
    levels = shift.levels(y)
    values, ranks = (standardised(one) for one in (y, weighted_ranks(y, np.ones((1, count)))[0]))
    explained = ((values[shuffles] @ factor.basis / count) ** 2).sum(axis=1)
    graded = ((ranks[shuffles] @ factor.grades / count) ** 2).sum(axis=1)
    slices = shift.shuffled_tables(factor.classes(shift.SLICES), levels, shuffles)
    classes = shift.shuffled_tables(factor.classes(parts), levels, shuffles)
    first = adjusted(explained, count, factor.basis.shape[1])
    delta = shift.delta(classes, levels, float(y.std()))
    return np.array([first, np.sqrt(graded), shift.pawn(slices), delta])


def _recentred(values: Floats) -> Floats:
    """The samples moved so that their mean is the first row."""
    if len(values) == 1:
        return values
    moved = values[1:] - values[1:].mean(axis=0) + values[0]
    return np.vstack([values[:1], moved])


def _inflation(target: Target, weights: Floats) -> Floats:
    """Of each sample the variance over draws by that without noise; NaN where it cannot be told."""
    draws = weights.shape[1]
    mean = weights @ target.value / draws
    variance = (weights @ target.value**2 / draws - mean**2) * draws / (draws - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = 1 - weights @ target.noise / draws / variance
    # a bound from the samples, not the estimate: a small reliability is easily seen as a larger one
    bound = np.quantile(kept, 0.05) if len(kept) > 1 else kept[0]
    if not bound > LEAST_RELIABILITY:
        return np.full(len(weights), np.nan)
    return np.asarray(1 / kept)


def _rows(
    index: str, found: list[Factor], values: Floats, floor: Floats, level: float
) -> pd.DataFrame:
    lowest = -1.0 if index == "rank_correlation" else 0.0
    ends = np.quantile(values[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    shown = np.clip(np.vstack([values[:1], ends]), lowest, 1.0)
    with np.errstate(invalid="ignore"):
        clears = np.abs(values[0]) > floor
    return pd.DataFrame(
        {
            "parameter": [factor.name for factor in found],
            "index": index,
            "value": shown[0],
            "low": shown[1],
            "high": shown[2],
            "floor": np.where(np.isnan(values[0]), np.nan, floor),
            "clears": clears,
        }
    )


def _order(table: pd.DataFrame, found: list[Factor]) -> NDArray[np.int64]:
    """Rows by parameter: those told from noise by size, then the others as in the file."""
    first = table[table["index"] == "first_order"].set_index("parameter")
    rank = table[table["index"] == "rank_correlation"].set_index("parameter")
    size = first["value"] if first["value"].notna().all() else rank["value"].abs()
    told = rank["told"]
    names = [factor.name for factor in found]
    strongest = sorted((n for n in names if told[n]), key=lambda n: -size[n])
    place = {n: i for i, n in enumerate([*strongest, *(n for n in names if not told[n])])}
    index = table["index"].map({name: i for i, name in enumerate(INDICES)})
    return np.lexsort((index.to_numpy(), table["parameter"].map(place).to_numpy()))
