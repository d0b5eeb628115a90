"""How much of the variance over draws goes with a parameter, for many samples of draws at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def correlations(columns: Floats, y: Floats, weights: Floats) -> Floats:
    """(sample, column): correlation of each column with y, the draws weighted as in each sample.

    `weights` has a row a sample, each with the sum of the number of draws; `y` is one row, or one
    a sample. 0 where either does not vary.
    """
    draws = weights.shape[1]
    weighted = weights * y
    # the sums of all samples as products of matrices: thousands of samples at once
    mean = weighted.sum(axis=1, keepdims=True) / draws
    variance = (weighted * y).sum(axis=1, keepdims=True) / draws - mean**2
    centre = weights @ columns / draws
    spread = weights @ columns**2 / draws - centre**2
    together = weighted @ columns / draws - centre * mean
    scale = np.sqrt(np.maximum(spread * variance, 0))
    # what does not vary leaves a rounding error of either sign
    known = scale > 1e-12 * (np.abs(together) + np.sqrt(np.abs(variance).max(initial=0)))
    return np.asarray(np.divide(together, scale, out=np.zeros_like(together), where=known))


def by_factor(values: Floats, widths: Sequence[int]) -> Floats:
    """(sample, factor): the sums over the columns of each factor, `widths` of them in turn."""
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]]).astype(np.int64)
    return np.asarray(np.add.reduceat(values, starts, axis=1))


def adjusted(explained: Floats, draws: int, widths: Sequence[int] | NDArray[np.int64]) -> Floats:
    """The explained part of the variance without what so many columns explain by chance.

    1 - (1 - R^2) (D - 1) / (D - 1 - m): Ezekiel, Methods of Correlation Analysis (1930).
    """
    left = np.maximum(draws - 1 - np.asarray(widths, np.float64), 1)
    return np.asarray(1 - (1 - np.minimum(explained, 1)) * (draws - 1) / left)


def weighted_ranks(y: Floats, weights: Floats) -> Floats:
    """(sample, draw): mid-rank of each draw's value where draw i occurs `weights[:, i]` times."""
    _, level = np.unique(y, return_inverse=True)
    level = level.reshape(-1)
    order = np.argsort(level, kind="stable")
    firsts = np.flatnonzero(np.diff(level[order], prepend=-1))
    sizes = np.add.reduceat(weights[:, order], firsts, axis=1)
    # ties share the middle of their ranks, counted from 1
    middle = np.cumsum(sizes, axis=1) - sizes / 2 + 0.5
    return np.asarray(middle[:, level])
