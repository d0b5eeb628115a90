"""Which of many probabilities differ between two runs, by more than sampling error explains.

Every interval is wide enough that all of them together hold the true differences with probability
`level` (Bonferroni). Where the runs share their draws, each draw is compared with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import design_effect, wilson

Floats = NDArray[np.float64]

LEVEL = 0.99  # of all intervals together
FEWEST = 20  # draws, below which their spread is no basis for pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Shares of the paths of one run, a column each; draws lie along axis 0."""

    shares: Floats  # solved probabilities, where nothing was counted
    sizes: Floats  # paths a draw; infinite where nothing was counted
    error: Floats  # of a solved probability, one a column; 0 where paths were counted
    varies: bool  # whether draws have different parameters

    @property
    def probability(self) -> Floats:
        """Over all draws, each by its number of paths."""
        if np.isinf(self.sizes).any():
            return np.asarray(self.shares.mean(axis=0))
        return np.asarray(self.sizes @ self.shares / self.sizes.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Shares over all draws of one run, with their standard errors."""

    share: Floats
    n: Floats
    error: Floats


def differences(
    before: Counted, after: Counted, *, paired: bool, rows: int, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """(low, high) of after - before in each column; `rows` are all that are compared.

    `paired`: draw i of both runs has the same random numbers and, as far as the models share them,
    the same parameters.
    """
    draws = min(len(before.shares), len(after.shares))
    tail = (1 - level) / (2 * max(rows, 1))
    gap = after.probability - before.probability
    error = before.error + after.error
    if paired and len(before.shares) == len(after.shares) and draws >= FEWEST:
        half = _quantile(tail, draws) * _spread(after.shares - before.shares)
        # draws that agree to the last path may still differ in the next ones
        n = min(before.sizes.sum(), after.sizes.sum())
        z = NormalDist().inv_cdf(1 - tail)
        half = np.maximum(half, z * z / (n + z * z)) + error
        return gap - half, gap + half
    varies = before.varies or after.varies
    z = _quantile(tail, draws) if varies else NormalDist().inv_cdf(1 - tail)
    if np.isinf(before.sizes).any() or np.isinf(after.sizes).any():
        half = z * np.hypot(_own_spread(before), _own_spread(after)) + error
        return gap - half, gap + half
    effects = [_effect(one) for one in (before, after)]
    # a share of 0 shows no spread of its own, so that of the other run counts for both
    effect = np.maximum(*effects)
    sizes = [one.sizes.sum() / effect for one in (before, after)]
    return newcombe(before.probability, sizes[0], after.probability, sizes[1], z)


def of_totals(
    before: Totals, after: Totals, *, draws: int, rows: int, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """As `differences`, of runs as if independent, where only totals and standard errors are known.

    `draws` is the number of draws of the smaller run.
    """
    tail = (1 - level) / (2 * max(rows, 1))
    effects = []
    for one in (before, after):
        binomial = one.share * (1 - one.share) / one.n
        ratio = np.divide(one.error**2, binomial, out=np.ones_like(binomial), where=binomial > 0)
        effects.append(np.maximum(ratio, 1.0))
    effect = np.maximum(*effects)
    z = _quantile(tail, draws)
    return newcombe(before.share, before.n / effect, after.share, after.n / effect, z)


def newcombe(
    before: Floats, n_before: Floats, after: Floats, n_after: Floats, z: float
) -> tuple[Floats, Floats]:
    """(low, high) of after - before for independent shares, from the score interval of each.

    R. G. Newcombe, Stat. Med. 17 (1998), 873-890, method 10. The n may be effective numbers.
    """
    # the score interval depends on z² / n alone, so a quantile of t is a smaller n
    shrunk = [n * (NormalDist().inv_cdf(0.95) / z) ** 2 for n in (n_before, n_after)]
    low_before, high_before = wilson(before * shrunk[0], shrunk[0], 0.90)
    low_after, high_after = wilson(after * shrunk[1], shrunk[1], 0.90)
    gap = after - before
    return (
        gap - np.hypot(after - low_after, high_before - before),
        gap + np.hypot(high_after - after, before - low_before),
    )


def _quantile(tail: float, draws: int) -> float:
    """Of Student's t: the spread itself is known from so many draws only."""
    from scipy.special import stdtrit

    return -float(stdtrit(draws - 1, tail)) if draws > 1 else float("inf")


def _spread(values: Floats) -> Floats:
    """The standard error of the mean over draws."""
    return np.asarray(values.std(axis=0, ddof=1) / np.sqrt(len(values)))


def _own_spread(run: Counted) -> Floats:
    if not run.varies and np.isinf(run.sizes).any():
        return np.zeros(run.shares.shape[1])
    if not run.varies or len(run.shares) < 2:
        share = run.probability
        return np.asarray(np.sqrt(share * (1 - share) / run.sizes.sum()))
    return _spread(run.shares)


def _effect(run: Counted) -> Floats:
    """The design effect of the draws; 1 where all have the same parameters."""
    hits = run.shares * run.sizes[:, None]
    return design_effect(hits, run.sizes) if run.varies else np.ones(hits.shape[1])
