"""Many shares at once, each counted draw by draw, with both layers of uncertainty."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.analysis.estimates.parameter_band import STATUSES, shrunken
from sim.analysis.statistics.intervals import clustered, standard_error, wilson
from sim.results.frames import named
from sim.results.level import LEVEL

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BLOCK = 256  # columns looked at together: routes may be thousands, and draws too


def share_columns(
    hits: ArrayLike, sizes: ArrayLike, *, varies: bool, level: float = LEVEL
) -> dict[str, Any]:
    """The columns low, high, mc_low, mc_high, mc_se, band of shares, one a column of `hits`.

    `hits` has the draws along axis 0, `sizes` what they are a share of: one number a draw. The band
    is the cheap one (`parameter_band.shrunken`), over draws in which the share is of two at least;
    without uncertain parameters (`varies`) there is none, and draws are no clusters.
    """
    k, n = np.asarray(hits, np.float64), np.asarray(sizes, np.float64)
    if varies and len(k) > 1:
        _, mc_low, mc_high = clustered(k, n, level)
    else:
        mc_low, mc_high = wilson(k.sum(axis=0), n.sum(), level)
    low = high = np.full(k.shape[1:], np.nan)
    if varies:
        # one path says nothing of the share in its draw: its noise could not be told
        told = np.where(n >= 2, n, 0.0)
        low, high = shrunken(np.where(told[:, None] > 0, k, 0.0), told, level)
    status = np.full(k.shape[1:], STATUSES.index("unresolved" if varies else "none"), np.int8)
    status[~np.isnan(low)] = STATUSES.index("resolved")
    return {
        "low": low,
        "high": high,
        "mc_low": mc_low,
        "mc_high": mc_high,
        "mc_se": standard_error(k, n, mc_low, mc_high, clusters=varies, level=level),
        "band": named(status, STATUSES),
    }


def grouped_columns(
    draw: Ints, group: Ints, groups: int, sizes: Ints, *, varies: bool, level: float = LEVEL
) -> pd.DataFrame:
    """`share_columns` of groups of paths: `draw` and `group` have a row a path, `sizes` a draw."""
    parts = []
    for first in range(0, max(groups, 1), BLOCK):  # of no group one empty block
        last = min(first + BLOCK, groups)
        some = (group >= first) & (group < last)
        place = draw[some] * (last - first) + group[some] - first
        hits = np.bincount(place, minlength=len(sizes) * (last - first))
        columns = share_columns(
            hits.reshape(len(sizes), last - first), sizes, varies=varies, level=level
        )
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
