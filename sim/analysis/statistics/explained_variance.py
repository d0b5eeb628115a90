"""How much of the variance over draws goes with a parameter, for many samples of draws at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SINGULAR = 1e-12  # of variances that are 1 where a column varies


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


def explained(columns: Floats, y: Floats, weights: Floats) -> Floats:
    """(sample,): R^2 of y on all the columns of one factor, the draws weighted as in each sample.

    The columns are uncorrelated over the draws, but not in a sample of them: a sum of squared
    correlations would add the chance of that, and intervals would be too wide. 0 where y does not
    vary.
    """
    draws, width = weights.shape[1], columns.shape[1]
    weighted = weights * y
    mean = weighted.sum(axis=1) / draws
    variance = (weighted * y).sum(axis=1) / draws - mean**2
    centre = weights @ columns / draws
    together = weighted @ columns / draws - centre * mean[:, None]
    i, j = np.triu_indices(width)
    shared = np.empty((len(weights), width, width))
    shared[:, i, j] = (
        weights @ (columns[:, i] * columns[:, j]) / draws - centre[:, i] * centre[:, j]
    )
    shared[:, j, i] = shared[:, i, j]
    # a choice that is not in the sample leaves a column without spread, and nothing to solve for
    shared[:, range(width), range(width)] += SINGULAR
    fitted = np.linalg.solve(shared, together[..., None])[..., 0]
    least = SINGULAR * np.abs(variance).max(initial=0)
    found = (together * fitted).sum(axis=1)
    return np.asarray(np.divide(found, variance, out=np.zeros_like(found), where=variance > least))


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
