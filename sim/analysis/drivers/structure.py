"""How much of what is not known is the choice between variants, and how much the parameters.

Variant v has weight w and, in draw i, the probability p(v, i) of an outcome; parameters of one name
are equal in all variants of a draw. The variance of p splits exactly (a two-way layout):

    between variants   Var over v of the mean over draws
    parameters         Var over i of the weighted mean over variants
    interaction        what is left: parameters matter otherwise in one variant than in another

Of p only shares of n paths are known, y = p + e. Errors of two variants in one draw go together,
since their paths share random numbers; their covariance within a draw is estimated without bias
from the paths in which both reach the outcome, c(v, u) = (both / n - y(v) y(u)) / (n - 1). With
D draws, mean squares that divide by D - 1 and less that noise are unbiased for the last two parts,
and so is, for the first, the variance of the means less 1 / D of the interaction's mean square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.statistics.resampling import significant
from sim.results.level import LEVEL

Floats = NDArray[np.float64]

PARTS = ("between variants", "parameters", "interaction")
GROUPS = 500  # of draws, at most, that the jackknife leaves out one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One outcome in all variants: shares (draws, variants) and their noise within draws."""

    shares: Floats
    noise: Floats  # (draws, variants, variants): covariance of the errors; 0 where solved


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Variances of the probability, (rows, 3) in the order of PARTS, and the noise removed."""

    variances: Floats
    removed: Floats


def layout(both: NDArray[np.int64], paths: int) -> Layout:
    """The layout of an outcome: `both` (draws, variants, variants) of so many paths a draw.

    On the diagonal are the paths in which the outcome came in that variant.
    """
    shares = np.diagonal(both, axis1=1, axis2=2) / paths
    product = shares[:, :, None] * shares[:, None, :]
    return Layout(shares=shares, noise=(both / paths - product) / max(paths - 1, 1))


def parts(found: Layout, weights: Floats, times: NDArray[np.int64]) -> Parts:
    """The parts of the variance; `times` says how often each draw counts, a row each."""
    y, draws = found.shares, times.sum(axis=1)
    of_draw = y @ weights
    apart = y - of_draw[:, None]
    mean, apart_mean = times @ of_draw / draws, times @ apart / draws[:, None]
    # sums of squares around the means, from sums of squares: small numbers, so centred first
    centre, apart_centre = of_draw.mean(), apart.mean(axis=0)
    squares = times @ (of_draw - centre) ** 2 - draws * (mean - centre) ** 2
    apart_squares = times @ (apart - apart_centre) ** 2
    apart_squares -= draws[:, None] * (apart_mean - apart_centre) ** 2
    within = squares / (draws - 1)
    crossed = (apart_squares @ weights) / (draws - 1)
    between = apart_mean**2 @ weights - crossed / draws
    noise_mean = times @ np.einsum("iuv,u,v->i", found.noise, weights, weights) / draws
    removed = times @ np.einsum("ivv,v->i", found.noise, weights) / draws
    variances = np.stack([between, within - noise_mean, crossed - (removed - noise_mean)], axis=1)
    return Parts(variances=variances, removed=removed)


def decomposition(
    name: str, found: Layout, weights: Floats, *, level: float = LEVEL
) -> pd.DataFrame:
    """One row a part, in the order of PARTS, of the variance of one outcome's probability.

    Columns outcome, part, variance, sd (its root, of the probability), share (of the sum of the
    parts, negative estimates taken for 0), low, high: interval of the share, sampling only, by the
    jackknife over draws on the scale of the logit; draws; removed: the noise variance of a draw's
    share that was taken out, beside the parts and no share of them. share, low and high are missing
    where nothing varies.
    """
    draws = len(found.shares)
    groups = np.arange(draws) % min(draws, GROUPS)
    # the jackknife: each row counts all draws but those of one group
    left_out = (groups[None, :] != np.arange(groups.max() + 1)[:, None]).astype(np.int64)
    times = np.concatenate([np.ones((1, draws), np.int64), left_out])
    made = parts(found, weights, times)
    total = np.maximum(made.variances, 0.0).sum(axis=1, keepdims=True)
    shares = np.divide(
        made.variances, total, out=np.full_like(made.variances, np.nan), where=total > 0
    )
    low, high = _interval(shares[0], shares[1:], level)
    table = pd.DataFrame(
        {
            "outcome": pd.Series([name] * len(PARTS), dtype="str"),
            "part": pd.Series(PARTS, dtype="str"),
            "variance": made.variances[0],
            "sd": np.sqrt(np.maximum(made.variances[0], 0.0)),
            "share": np.maximum(shares[0], 0.0),
            "low": low,
            "high": high,
            "draws": draws,
            "removed": made.removed[0],
        }
    )
    return significant(table)


def _interval(share: Floats, without: Floats, level: float) -> tuple[Floats, Floats]:
    """(low, high) of shares, from those without each group of draws."""
    from scipy.special import expit, logit, stdtrit

    count = len(without)
    squares = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    half = stdtrit(count - 1, (1 + level) / 2) * np.sqrt((count - 1) / count * squares)
    inside = (share > 0) & (share < 1)
    middle = np.where(inside, share, 0.5)
    # the delta method: the derivative of the logit is 1 / (p (1 - p))
    wide = half / (middle * (1 - middle))
    # an estimate at an end has no logit: what is left is one-sided
    low = np.where(inside, expit(logit(middle) - wide), np.maximum(share - half, 0.0))
    high = np.where(inside, expit(logit(middle) + wide), np.minimum(share + half, 1.0))
    return np.minimum(low, np.maximum(share, 0.0)), np.maximum(high, np.maximum(share, 0.0))
