"""First-order and total indices of a designed sample, with the noise of finite paths removed.

Row r of the design has n paths, each with a value x_j; of two quantities of the same paths,

    U(x, y) = (sum x_j  sum y_j - sum x_j y_j) / (n (n - 1))

has the expectation of the product of their means over *all* paths, since no path is multiplied by
itself. With a, b the values in A and B, d those in A with the parameter from B less those in A, and
m the mean of all,

    variance     V   = mean U(a, a) - m^2
    first order  S   = mean U(b - m, d) / V        Saltelli et al., Comput. Phys. Commun. 181 (2010)
    total        S_T = mean U(d, d) / (2 V)        Jansen, Comput. Phys. Commun. 117 (1999), 35-43

over the rows. All are unbiased before division, hence may be negative by chance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.drivers.sensitivity import COLUMNS
from sim.analysis.statistics.rank_correlation import FALSE_ALARM
from sim.analysis.statistics.resampling import generator, samples, significant
from sim.experiment.designs import DesignSums
from sim.results.level import LEVEL

Floats = NDArray[np.float64]
INDICES = ("total", "first_order")
RESAMPLES = 1_000  # bootstrap samples of rows
BEYOND = 5  # dummies that are to exceed a floor, where so many are enough
LEAST_DUMMIES, MOST_DUMMIES = 2_000, 20_000


def designed_sensitivity(
    sums: DesignSums, which: int, *, name: str, of: str, seed: int, level: float = LEVEL
) -> pd.DataFrame:
    """The table of `sim.analysis.drivers.sensitivity`, with the indices `total` and `first_order`.

    Of target number `which` of the design, called `name` and `of`; `draws` are rows, `paths` those
    of each row. Intervals by bootstrap over rows. Floors: of `total` what a dummy shows that
    changes as many paths, each for or against with equal chance, so that it does not change the
    value; of `first_order` what is shown where the rows of B are shuffled. A parameter that changes
    no path has 0, and cannot be told from a dummy. Empty where the value does not vary, or a row
    has one path.
    """
    names = list(sums.moved)
    pairs = sums.paths * (sums.paths - 1)
    if not names or pairs == 0:
        return pd.DataFrame(columns=list(COLUMNS))
    change = np.array([sums.moved[one].change[which] for one in names]).T  # (row, parameter)
    square = np.array([sums.moved[one].square[which] for one in names]).T
    product = np.array([sums.moved[one].product[which] for one in names]).T
    a, b = sums.a[which], sums.b[which]
    middle = (a.mean() + b.mean()) / (2 * sums.paths)
    # sum of x_j x_k over pairs j, k that differ: the square of the sum less the sum of squares
    own = (a**2 - sums.a_square[which] + b**2 - sums.b_square[which]) / (2 * pairs)
    total = (change**2 - square) / (2 * pairs)
    # of (b - m) d: every d comes with n - 1 others, hence m d / n as it is
    first = (b[:, None] * change - product) / pairs - middle * change / sums.paths
    random = generator(seed, "sensitivity", f"design:{of}:{name}")
    weights = samples(random, sums.rows, RESAMPLES)
    centre = weights @ (a + b) / (2 * sums.paths * sums.rows)
    variance = weights @ own / sums.rows - centre**2
    seen = ((a / sums.paths).var() + (b / sums.paths).var()) / 2
    # the lower end, not the estimate: below 0 nothing can be divided by it
    if not np.quantile(variance, 0.05) > 0:
        return pd.DataFrame(columns=list(COLUMNS))
    floors = _floors(change / sums.paths, square / pairs, b / sums.paths, random)
    rows = []
    for index, terms, floor in zip(INDICES, (total, first), floors, strict=True):
        # numerator and variance from the same resampled rows: errors that both share drop out
        values = weights @ terms / sums.rows / variance[:, None]
        # the first row is what was seen, not a resample
        ends = np.quantile(values[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
        shown = np.clip(np.vstack([values[:1], ends]), 0, 1)
        limit = floor / variance[0]
        rows.append(
            pd.DataFrame(
                {
                    "parameter": names,
                    "index": index,
                    "value": shown[0],
                    "low": shown[1],
                    "high": shown[2],
                    "floor": limit,
                    "clears": values[0] > limit,
                }
            )
        )
    table = pd.concat(rows, ignore_index=True)
    table["told"] = table.groupby("parameter")["clears"].transform("any")
    table = table.iloc[_order(table, names)].reset_index(drop=True)
    size = {"draws": sums.rows, "paths": sums.paths, "reliability": float(variance[0] / seen)}
    return significant(table.assign(outcome=name, of=of, **size)[list(COLUMNS)])


def _floors(change: Floats, square: Floats, b: Floats, random: np.random.Generator) -> Floats:
    """(index, parameter): what a dummy's terms exceed too seldom to count, not yet divided by V.

    At the level 1 - 0.95^(1 / 2 k) for k parameters and two indices.
    """
    rows, count = change.shape
    each = 1 - (1 - FALSE_ALARM) ** (1 / (len(INDICES) * count))
    dummies = int(np.clip(BEYOND / each, LEAST_DUMMIES, MOST_DUMMIES))
    chance = random.standard_normal((dummies, rows)) ** 2 - 1
    # (sum of +-d_j)^2 less sum of d_j^2 is about the latter times a centred chi-squared
    total = chance @ square / (2 * rows)
    shuffled = random.permuted(np.tile(b - b.mean(), (dummies, 1)), axis=1)
    first = shuffled @ change / rows
    return np.array([np.quantile(one, 1 - each, axis=0) for one in (total, first)])


def _order(table: pd.DataFrame, names: list[str]) -> NDArray[np.int64]:
    """Rows by parameter: those told from noise by total effect, then the others as in the file."""
    total = table[table["index"] == "total"].set_index("parameter")
    told = total["told"]
    strongest = sorted((n for n in names if told[n]), key=lambda n: -total["value"][n])
    place = {n: i for i, n in enumerate([*strongest, *(n for n in names if not told[n])])}
    index = table["index"].map({name: i for i, name in enumerate(INDICES)})
    return np.lexsort((index.to_numpy(), table["parameter"].map(place).to_numpy()))
