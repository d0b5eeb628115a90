"""PAWN and delta: how far knowing a parameter moves the whole distribution over draws.

Both compare the distribution of y among the draws in which a parameter lies in a class of its range
with that among all draws. SALib has both; here they are written for thousands of samples of draws
at once, which intervals and noise floors take (SALib's delta needs 18 s for two samples of 500
draws and 124 parameters), and tested against SALib.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
SLICES = 10  # of a parameter's range for PAWN
MOST_LEVELS = 100  # values of y that are told apart
GRID = 60  # points of y at which densities are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The values of y, each once and in order, or as many groups of them as are told apart."""

    codes: Codes  # of each draw
    values: Floats

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.values)


def levels(y: Floats) -> Levels:
    """The levels of y: its distinct values, or a hundred groups of neighbours."""
    values, codes = np.unique(y, return_inverse=True)
    if len(values) <= MOST_LEVELS:
        return Levels(codes=codes.reshape(-1), values=values)
    groups = np.empty(len(y), np.int64)
    groups[np.argsort(y, kind="stable")] = np.arange(len(y)) * MOST_LEVELS // len(y)
    # groups of equal size stand for their mean: enough for distances between distributions
    means = np.bincount(groups, weights=y) / np.bincount(groups)
    return Levels(codes=groups, values=means)


def delta_classes(draws: int) -> int:
    """Into how many classes delta cuts a range: Plischke et al. (2013), sec. 4."""
    return min(int(np.ceil(draws ** (2 / (7 + np.tanh((1500 - draws) / 500))))), 48)


def tables(classes: Codes, of: Levels, weights: Floats) -> Floats:
    """(sample, class, level): how many draws there are of each, as weighted in each sample."""
    size = int(classes.max()) + 1
    cells = classes * of.count + of.codes
    order = np.argsort(cells, kind="stable")
    # sums over stretches of equal cells, for all samples at once
    held, firsts = np.unique(cells[order], return_index=True)
    found = np.zeros((len(weights), size * of.count))
    found[:, held] = np.add.reduceat(weights[:, order], firsts, axis=1)
    return found.reshape(len(weights), size, of.count)


def shuffled_tables(classes: Codes, of: Levels, shuffles: Codes) -> Floats:
    """As `tables`, where each row of `shuffles` hands the values of y to other draws."""
    size = int(classes.max()) + 1
    cells = classes * of.count + of.codes[shuffles]
    cells = cells + np.arange(len(shuffles))[:, None] * (size * of.count)
    counts = np.bincount(cells.ravel(), minlength=len(shuffles) * size * of.count)
    return counts.reshape(len(shuffles), size, of.count).astype(np.float64)


def pawn(counts: Floats) -> Floats:
    """Of each sample the median over classes of Kolmogorov and Smirnov's distance, 0 to 1.

    Pianosi and Wagener, Environ. Model. Softw. 108 (2018), 197-207.
    """
    sizes = counts.sum(axis=2)
    among_all = np.cumsum(counts.sum(axis=1), axis=1) / sizes.sum(axis=1)[:, None]
    with np.errstate(invalid="ignore"):  # a class that a sample leaves empty has no distribution
        inside = np.cumsum(counts, axis=2) / sizes[:, :, None]
    distance = np.abs(inside - among_all[:, None, :]).max(axis=2)
    # nanmedian is slower, and needed only where a sample leaves a class empty
    middle = np.nanmedian if np.isnan(distance).any() else np.median
    return np.asarray(middle(distance, axis=1))


def delta(counts: Floats, of: Levels, inside: float) -> Floats:
    """Of each sample half the mean area between the density inside a class and that among all.

    Borgonovo, Reliab. Eng. Syst. Saf. 92 (2007), 771-784, estimated as in Plischke, Borgonovo and
    Smith, Eur. J. Oper. Res. 226 (2013), 536-550, eq. 26. The kernel is Gaussian with Silverman's
    bandwidth (Density Estimation, 1986, eq. 3.28) for the draws of one class, `inside` being their
    standard deviation; the same for all, so that smoothing alone makes no difference between them.
    """
    kernel, step = _kernel(of, inside, counts.shape[1], float(counts[0].sum()))
    sizes = counts.sum(axis=2)
    n = sizes.sum(axis=1)
    among_all = counts.sum(axis=1) @ kernel / n[:, None]
    # sizes times densities, so that an empty class adds nothing
    apart = np.abs(counts @ kernel - sizes[:, :, None] * among_all[:, None, :])
    return np.asarray(apart.sum(axis=(1, 2)) * step / (2 * n))


def spread_inside(y: Floats, classes: Codes) -> float:
    """The standard deviation of y within classes, as delta's kernel needs it."""
    sizes = np.maximum(np.bincount(classes), 1)
    means = np.bincount(classes, weights=y) / sizes
    inside = float((y - means[classes]).std())
    # y may hang on the classes alone; then any small width shows that
    return max(inside, 0.01 * float(y.std()))


def _kernel(of: Levels, inside: float, classes: int, draws: float) -> tuple[Floats, float]:
    """((level, grid): the density that one draw at a level adds, the step of the grid)."""
    width = inside * (0.75 * max(draws / classes, 1)) ** -0.2
    # beyond three widths a Gaussian kernel has a thousandth of its mass on each side
    first, last = of.values[0] - 3 * width, of.values[-1] + 3 * width
    grid = np.linspace(first, last, GRID)
    apart = (grid - of.values[:, None]) / width
    step = float(grid[1] - grid[0])
    kernel = np.exp(-(apart**2) / 2)
    # each level adds 1 in all, also where the kernel is narrower than the grid
    return np.asarray(kernel / np.maximum(kernel.sum(axis=1, keepdims=True), 1e-300) / step), step
