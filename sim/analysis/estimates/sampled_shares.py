"""Shares among paths of which all hits are known, but of the misses only some were looked at.

Of the paths of draw i that take an option, K_i, each reaches the outcome with the draw's own p_i.
All R_i that reach it are known. Of the others one in w was looked at, N_i of them, so that
T_i = R_i + w N_i estimates K_i. With p the share over all draws, the residual e_i = R_i - p T_i has
the mean K_i (p_i - p), and over chance

    E e_i^2 = K_i (K_i - 1) (p_i - p)^2 + E S_i,    S_i = R_i (1 - p)^2 + N_i (w p)^2,
    E T_i^2 = K_i (K_i - 1) + E (R_i + w^2 N_i),

from which the variance of p_i over draws follows without bias. With w = 1 all of this is what
`parameter_band.shrunken` does, of which it is the extension.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.estimates.parameter_band import RELIABLE, STATUSES, quantiles_along
from sim.analysis.statistics.intervals import standard_normal, wilson
from sim.results.frames import named
from sim.results.level import LEVEL, fewest_draws

Floats = NDArray[np.float64]


def sampled_shares(
    hits: ArrayLike, misses: ArrayLike, weight: float, *, varies: bool, level: float = LEVEL
) -> dict[str, Any]:
    """The columns probability, low, high, mc_low, mc_high, mc_se, band: one row a column of `hits`.

    `hits` and `misses` have the draws along axis 0; each miss stands for `weight` paths. Without
    uncertain parameters (`varies`) there is no band, and draws are no clusters.
    """
    r, m = np.asarray(hits, np.float64), np.asarray(misses, np.float64)
    share, mc_low, mc_high = _sampling(r, m, weight, varies, level)
    low = high = np.full(r.shape[1:], np.nan)
    if varies:
        low, high = _band(r, m, weight, level)
    status = np.full(r.shape[1:], STATUSES.index("unresolved" if varies else "none"), np.int8)
    status[~np.isnan(low)] = STATUSES.index("resolved")
    return {
        "probability": share,
        "low": low,
        "high": high,
        "mc_low": mc_low,
        "mc_high": mc_high,
        # in the units of the interval, which is not symmetric near 0 and 1
        "mc_se": (mc_high - mc_low) / (2 * standard_normal(level)),
        "band": named(status, STATUSES),
    }


def _sampling(
    r: Floats, m: Floats, weight: float, varies: bool, level: float
) -> tuple[Floats, Floats, Floats]:
    """(share, low, high): Wilson's, with as many paths as would have the ratio's variance.

    Between draws, which are independent (Kish, *Survey Sampling*, 1965, ch. 5).
    """
    paths = (r + weight * m).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = r.sum(axis=0) / paths
        if varies and len(r) > 1:
            own = (r * (1 - share) - share * weight * m) ** 2
            variance = own.sum(axis=0) * len(r) / (len(r) - 1)
        else:
            variance = (r * (1 - share) ** 2 + m * (share * weight) ** 2).sum(axis=0)
        worth = np.minimum(share * (1 - share) * paths**2 / variance, paths)
    # Of none or all no spread is seen. That no miss was looked at leaves room for `weight` of them.
    seen = r.sum(axis=0) / weight + m.sum(axis=0)
    worth = np.where((share > 0) & (share < 1) & (variance > 0), worth, seen)
    low, high = wilson(share * worth, worth, level)
    return share, low, high


def _band(r: Floats, m: Floats, weight: float, level: float) -> tuple[Floats, Floats]:
    """(low, high): quantiles over draws of the shrunken shares; NaN where noise is most of them."""
    total = r + weight * m
    fewest = fewest_draws(level)
    if len(r) < fewest:
        return np.full(r.shape[1:], np.nan), np.full(r.shape[1:], np.nan)
    size = _sizes(total, weight * (weight - 1) * m)
    told = size > 1  # of one path no noise can be told
    with np.errstate(invalid="ignore", divide="ignore"):
        count, part = told.sum(axis=0), np.where(told, 1 / size, 0.0)
        mean = np.where(told, r, 0.0).sum(axis=0) / np.where(told, total, 0.0).sum(axis=0)
        residual = r - mean * total
        chance = r * (1 - mean) ** 2 + m * (weight * mean) ** 2
        pairs = total**2 - r - weight**2 * m
        own = (part * (residual**2 - chance)).sum(axis=0) / (part * pairs).sum(axis=0)
        own = np.maximum(own * count / (count - 1), 0.0)
        # what one path adds to the variance of the residual, on average over draws
        each = mean * (1 - mean) * (1 - mean + weight * mean) - own
        noise = np.where(told, each / size, np.nan)
        known = (own >= RELIABLE * (own + np.nansum(noise, axis=0) / count)) & (count >= fewest)
        drawn = mean + np.sqrt(own / (own + noise)) * np.where(told, residual / size, np.nan)
        ends = quantiles_along(drawn, ((1 - level) / 2, (1 + level) / 2))
    low, high = (np.clip(np.where(known & (own > 0), end, np.nan), 0, 1) for end in ends)
    return low, high


def _sizes(total: Floats, noise: Floats) -> Floats:
    """How many paths of each draw come to it: estimates, drawn to their mean by their own noise.

    Else a draw of which by chance no miss was looked at would seem to reach the outcome always.
    """
    mean, spread = total.mean(axis=0), total.var(axis=0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.where(spread > 0, np.clip(1 - noise.mean(axis=0) / spread, 0, 1), 1.0)
    return np.asarray(mean + kept * (total - mean))
