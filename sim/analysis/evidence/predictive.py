"""How surprising a count of the record is under the model, parameters integrated out.

The record has `successes` in `trials` cases. Were the model true, that count S would be binomial
with the probability p of a draw: P(S = s) = E[C(t, s) p^s (1 - p)^(t - s)], E over parameters. Of
p_i only k_i hits in n_i paths are known, and the shares k_i / n_i vary more than p does. So:

- with t <= n, the hypergeometric probability of s hits among t of the n paths, which has that
  binomial probability as its expectation (the unbiased estimator of least variance: the hits are
  sufficient), averaged over draws;
- with more trials than paths no such estimator exists. Then p is taken from the distribution over
  draws that `sim.analysis.statistics.beta_mixture` finds, the noise of finite paths removed;
- of solved draws p is known;
- where none of all n paths hit, or all, p has Jeffreys' posterior, so that S is beta-binomial.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.beta_mixture import choose, quantiles, tally
from sim.analysis.statistics.counting_laws import (
    beta_binomial_tails,
    binomial_tails,
    hypergeometric_tails,
)

Floats = NDArray[np.float64]
Tails = Callable[[int], tuple[Floats, Floats]]  # of a count: P(S <= s) and P(S >= s)

LEAST = 1e-15  # a smaller p-value is rounding of floats, other in every version of SciPy
# So far out the tail of a fitted distribution is the weight of one component after the last step of
# its fit, whose sums other processors add in another order: seen to differ by 0.2 % at 1e-7.
LEAST_FITTED = 1e-6
POINTS = 200  # quantiles that stand for the distribution of p
RESAMPLES = 25  # of the draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """What the model expects of a record, and a check of its count.

    `p_value` is two-sided, twice the smaller tail, both with the count itself, at most 1; `p_se` is
    its sampling error, by the spread over draws (NaN of one draw); `low`, `high` hold S with the
    mass of `level`. What is below 1e-15 is 0, in both; below 1e-6 where p comes from a fitted
    distribution.
    """

    p_value: float
    p_se: float
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a run expects of records of one outcome, out of `hits` in `sizes` paths of each draw.

    Where draws were solved, `sizes` is None and `hits` are their probabilities.
    """

    hits: Floats
    sizes: Floats | None
    random: np.random.Generator

    def of(self, successes: int, trials: int, *, level: float) -> Predicted:
        """The check of one record."""
        tails, resampled = self._tails(trials)
        # axis 1: resamples, of which the first is all draws; axis 2: draws, or quantiles of p
        found = np.stack(tails(successes))
        means = found.mean(axis=2)
        side = int(np.argmin(means[:, 0]))
        if resampled:
            spread = float(means[side, 1:].std(ddof=1))
        else:
            rows = found[side, 0]
            # a solved draw has no sampling error; from one estimate no spread can be told
            alone = 0.0 if self.sizes is None else nan
            spread = float(rows.std(ddof=1) / np.sqrt(len(rows))) if len(rows) > 1 else alone
        tail, least = (1 - level) / 2, LEAST_FITTED if resampled else LEAST
        return Predicted(
            p_value=_told(min(1.0, 2 * float(means[side, 0])), least),
            p_se=_told(2 * spread, least),
            low=_quantile(tails, trials, tail),
            high=_quantile(tails, trials, 1 - tail),
        )

    def _tails(self, trials: int) -> tuple[Tails, bool]:
        """The tails of S given each draw, or each quantile of p; and whether it is the latter."""
        if self.sizes is None:
            return partial(_binomial, trials, self.hits[None, :]), False
        hit, paths = float(self.hits.sum()), float(self.sizes.sum())
        if hit in (0, paths):  # none of n paths is not never, nor all of them always
            return partial(beta_binomial_tails, trials, hit + 0.5, paths - hit + 0.5), False
        if trials <= self.sizes.min():
            return partial(_hypergeometric, trials, self.hits[None, :], self.sizes[None, :]), False
        return partial(_binomial, trials, self._quantiles), True

    @cached_property
    def _quantiles(self) -> Floats:
        """(1 + resamples, points): quantiles of p over draws, of all draws and of resamples."""
        assert self.sizes is not None
        counts, draws = tally(self.hits, self.sizes), len(self.hits)
        some = [np.arange(draws)]
        some += [self.random.integers(0, draws, draws) for _ in range(RESAMPLES)]
        rows = np.array([counts.weights(one) for one in some])
        at = (np.arange(POINTS) + 0.5) / POINTS
        smooth = choose(counts, self.random)
        return quantiles(counts, rows, smooth, at.tolist(), near=RESAMPLES)


def _told(value: float, least: float) -> float:
    return 0.0 if value < least else value  # NaN stays


def _binomial(trials: int, p: Floats, successes: int) -> tuple[Floats, Floats]:
    return binomial_tails(successes, trials, p)


def _hypergeometric(
    trials: int, hits: Floats, sizes: Floats, successes: int
) -> tuple[Floats, Floats]:
    return hypergeometric_tails(successes, trials, hits, sizes)


def _quantile(tails: Tails, trials: int, share: float) -> int:
    """The least s with P(S <= s) at least `share`."""
    low, high = 0, trials
    while low < high:
        middle = (low + high) // 2
        if tails(middle)[0][0].mean() >= share:
            high = middle
        else:
            low = middle + 1
    return low
