"""Binomial and hypergeometric probabilities, as logarithms and sums.

SciPy has them in `scipy.stats`, whose import takes longer than a run; these need `scipy.special`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def log_choose(n: ArrayLike, k: ArrayLike) -> Floats:
    """The logarithm of n over k; -inf where k is not from 0 to n."""
    from scipy.special import gammaln

    n, k = np.broadcast_arrays(np.asarray(n, np.float64), np.asarray(k, np.float64))
    inside = (k >= 0) & (k <= n)
    k = np.where(inside, k, 0.0)
    n = np.where(inside, n, 0.0)
    return np.where(inside, gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), -np.inf)


def log_binomial(successes: ArrayLike, trials: ArrayLike, p: ArrayLike) -> Floats:
    """Of so many successes in independent trials of probability p each."""
    from scipy.special import xlog1py, xlogy

    s, t, share = (np.asarray(one, np.float64) for one in (successes, trials, p))
    with np.errstate(divide="ignore"):
        return np.asarray(log_choose(t, s) + xlogy(s, share) + xlog1py(t - s, -share))


def log_hypergeometric(
    successes: ArrayLike, trials: ArrayLike, hits: ArrayLike, n: ArrayLike
) -> Floats:
    """Of so many hits among `trials` of n, chosen without replacement, of which `hits` are hits."""
    s, t, k, n = (np.asarray(one, np.float64) for one in (successes, trials, hits, n))
    with np.errstate(invalid="ignore"):
        return np.asarray(log_choose(k, s) + log_choose(n - k, t - s) - log_choose(n, t))


def binomial_tails(successes: int, trials: int, p: Floats) -> tuple[Floats, Floats]:
    """P(S <= successes) and P(S >= successes), for each p."""
    from scipy.special import bdtr, bdtrc

    above = bdtrc(successes - 1, trials, p) if successes > 0 else np.ones_like(p)
    return np.asarray(bdtr(successes, trials, p)), np.asarray(above)


def beta_binomial_tails(trials: int, a: float, b: float, successes: int) -> tuple[Floats, Floats]:
    """As `binomial_tails`, (1, 1) each, where p itself has a beta distribution of these shapes."""
    from scipy.special import betaln

    s = np.arange(trials + 1)
    mass = np.exp(log_choose(trials, s) + betaln(s + a, trials - s + b) - betaln(a, b))
    return np.array([[mass[: successes + 1].sum()]]), np.array([[mass[successes:].sum()]])


def hypergeometric_tails(
    successes: int, trials: int, hits: Floats, n: Floats
) -> tuple[Floats, Floats]:
    """As `binomial_tails`, for each pair of hits and n."""
    s = np.arange(trials + 1)
    shape: Any = np.broadcast_shapes(hits.shape, n.shape)
    # draws of equal hits have equal tails
    stacked = np.stack([np.broadcast_to(one, shape).ravel() for one in (hits, n)])
    pairs, where = np.unique(stacked, axis=1, return_inverse=True)
    each = np.exp(log_hypergeometric(s, trials, pairs[0][:, None], pairs[1][:, None]))
    ends = each[:, : successes + 1].sum(axis=1), each[:, successes:].sum(axis=1)
    below, above = (np.minimum(end, 1.0)[where.reshape(-1)].reshape(shape) for end in ends)
    return below, above
