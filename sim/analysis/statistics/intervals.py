"""How sure a share is: intervals for a count of hits among n paths, and what draws do to n.

All functions take numbers or arrays and give arrays. None needs SciPy until `jeffreys` is called.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.results.level import LEVEL, at_level, require_level
from sim.results.provenance import Provenance
from sim.results.tables import RunTables

Floats = NDArray[np.float64]

# what the columns of a run hold, for a screen, and short for charts: by `layers_of`
NOTES = {
    "nested": "Parameter uncertainty: in {level} of the draws the probability lies between these. "
    "±: {level} interval for sampling error.",
    "sampling": "±: {level} interval for sampling error. No parameter varies, so parameter "
    "uncertainty is not included.",
    "exact": "Solved, not sampled: exact to the last digit shown, or within the ± given. No "
    "parameter varies, so parameter uncertainty is not included.",
    "exact draws": "Solved, not sampled. Parameter uncertainty: in {level} of the draws the "
    "probability lies between these. ±: {level} interval for the choice of draws.",
}
LABELS = {
    "nested": "pale: {level} of the draws (parameter uncertainty); dark: sampling error, {level}",
    "sampling": "{level} intervals: sampling error; no parameter varies",
    "exact": "solved, not sampled; no parameter varies",
    "exact draws": "pale: {level} of the draws (parameter uncertainty); solved, not sampled",
}
# of curves over time, where sampling error is drawn only if it can be seen
TIMING_LABELS = {
    "nested": "pale band: {level} of the draws (parameter uncertainty); dark: sampling error, "
    "{level}, where it can be seen",
    "sampling": "{level} bands: sampling error; no parameter varies",
    "exact": "solved, not sampled; no parameter varies",
    "exact draws": "pale band: {level} of the draws (parameter uncertainty); solved, not sampled",
}


def layers_of(results: RunTables) -> str:
    """Which of the layers a run has: a key of the texts above."""
    interval = results.provenance.interval
    uncertain = bool((results.endings["band"] != "none").any())
    return "exact draws" if interval == "exact" and uncertain else interval


def note_of(results: RunTables) -> str:
    """What the columns of a run hold, at its level, for a screen."""
    return at_level(NOTES[layers_of(results)], results.provenance.level)


def label_of(results: RunTables) -> str:
    """What the intervals in a chart of a run hold, at its level."""
    return at_level(LABELS[layers_of(results)], results.provenance.level)


def sampling_label_of(about: Provenance) -> str:
    """The same of shares of a run's paths, where the run is known by its provenance alone."""
    return at_level(LABELS[about.interval], about.level)


def timing_label_of(results: RunTables) -> str:
    """What the bands of a run's curves over time hold, at its level."""
    return at_level(TIMING_LABELS[layers_of(results)], results.provenance.level)


def level_of(results: RunTables, level: float | None) -> float:
    """The level that was asked for, else that of the run's own tables. Raises UsageError."""
    return results.provenance.level if level is None else require_level(level)


def standard_normal(level: float = LEVEL) -> float:
    """How many standard errors an interval of this mass reaches to either side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """(low, high) of a share, within [0, 1]; n may be an effective, broken number.

    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212. With no hit, low is 0; with n, high is 1.
    """
    z = standard_normal(level)
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    # of no path at all nothing is known: the ends below are 0 and 1, whatever 0 / 0 gives here
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / n
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # rounding would leave an end of 1e-19 where it is 0, and that reads as possible
    low = np.where(hits <= 0, 0.0, np.clip(centre - half, 0.0, 1.0))
    high = np.where(hits >= n, 1.0, np.clip(centre + half, 0.0, 1.0))
    return low, high


def jeffreys(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """(low, high): quantiles of Beta(hits + 1/2, n - hits + 1/2), the ends kept at 0 and 1.

    Brown, Cai and DasGupta, Stat. Sci. 16 (2001), 101-133. For small n, as in records of history.
    """
    from scipy.special import betaincinv

    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    tail = (1 - level) / 2
    # the usual amendment: with no case on one side the interval reaches that side
    low = np.where(hits <= 0, 0.0, betaincinv(hits + 0.5, n - hits + 0.5, tail))
    high = np.where(hits >= n, 1.0, betaincinv(hits + 0.5, n - hits + 0.5, 1 - tail))
    return low, high


def design_effect(hits: ArrayLike, n: ArrayLike) -> Floats:
    """By how much paths that share a draw are worth less than n independent ones; at least 1.

    `hits` and `n` have the draws along axis 0. The variance of the share between draws (Kish,
    Survey Sampling, 1965, ch. 5: clusters of unequal size, ratio estimate) over the binomial one.
    With one draw, or a share of 0 or 1, there is nothing to tell it from: 1.
    """
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    # one n a draw, or one a draw and row: either way n lies along the axes of hits
    n = np.broadcast_to(n.reshape(n.shape + (1,) * (hits.ndim - n.ndim)), hits.shape)
    draws = hits.shape[0]
    total = n.sum(axis=0)
    with np.errstate(invalid="ignore"):  # a clause that was never invoked has no share
        share = hits.sum(axis=0) / total
    # one draw has no spread between draws: nothing to tell its clustering from
    if draws < 2:
        return np.ones_like(share)
    # residuals of the ratio estimate, so that draws of unequal size count by their size
    with np.errstate(divide="ignore", invalid="ignore"):
        between = ((hits - share * n) ** 2).sum(axis=0) * draws / (draws - 1) / total**2
        binomial = share * (1 - share) / total
        effect = np.where(binomial > 0, between / binomial, 1.0)
    # below 1 by chance, seldom by nature; never narrower than independent paths would be
    return np.maximum(effect, 1.0)


def standard_error(
    hits: ArrayLike,
    n: ArrayLike,
    low: Floats,
    high: Floats,
    *,
    clusters: bool,
    level: float = LEVEL,
) -> Floats:
    """The standard error of the share over all draws, which lie along axis 0 of `hits` and `n`.

    From n divided by the design effect. Of none or all no spread is seen, and the share is surely
    not known without error: there it is the width of the interval (low, high), which is of the mass
    `level`, in its units.
    """
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    total = n.sum(axis=0)
    share = hits.sum(axis=0) / total
    effect = design_effect(hits, n) if clusters else 1.0
    error = np.sqrt(share * (1 - share) * effect / total)
    z = standard_normal(level)
    return np.asarray(np.where(error > 0, error, (high - low) / (2 * z)))


def clustered(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats, Floats]:
    """(share, low, high) over all draws, which lie along axis 0 of `hits` and `n`.

    Wilson with n divided by the design effect: sampling only, for these draws and more like them.
    """
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    total = n.sum(axis=0)
    with np.errstate(invalid="ignore"):  # the share of nothing is missing
        share = np.asarray(hits.sum(axis=0) / total, dtype=np.float64)
    effective = total / design_effect(hits, n)
    return share, *wilson(share * effective, effective, level)
