"""The band of parameter uncertainty where draws have weights, as after conditioning on evidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimates.parameter_band import RELIABLE, RESAMPLES, Band
from sim.analysis.statistics.beta_mixture import choose, quantiles, tally
from sim.results.level import LEVEL, fewest_draws

Floats = NDArray[np.float64]


def effective(weights: Floats) -> float:
    """How many draws of equal weight know as much: Kish's (sum w)² / sum w²."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def weighted_quantiles(values: Floats, weights: Floats, at: tuple[float, ...]) -> Floats:
    """The least value up to which the weights reach each share of their sum."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.searchsorted(below, np.multiply(at, below[-1]) * (1 - 1e-12))
    return np.asarray(values[order][np.minimum(places, len(values) - 1)])


def weighted_band(
    hits: Floats,
    sizes: Floats,
    weights: Floats,
    *,
    level: float = LEVEL,
    random: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Band:
    """As `parameter_band`, of draws with weights that tell nothing of their own `hits`.

    That is: given its probability, the hits of a draw are binomial and independent of its weight.
    """
    tail = (1 - level) / 2
    shares, size = hits / sizes, effective(weights)
    scaled = weights / weights.sum()
    mean = float(scaled @ shares)
    # of the variance, what is not the binomial one, as in `parameter_band.reliability`
    seen = float(scaled @ (shares - mean) ** 2) * size / max(size - 1, 1)
    noise = float(scaled @ (shares * (1 - shares) / np.maximum(sizes - 1, 1)))
    found = (seen - noise) / seen if seen > noise else 0.0
    if size < fewest_draws(level) or found < RELIABLE:
        (upper,) = weighted_quantiles((hits + 1) / (sizes + 1), weights, (1 - tail,))
        return Band(
            low=np.nan,
            high=np.nan,
            low_se=np.nan,
            high_se=np.nan,
            reliability=found,
            status="unresolved",
            upper=min(float(upper), 1.0),
        )
    counts = tally(hits, sizes)
    # draws of equal weight, as many as the weights are worth: systematic resampling
    steps = (np.arange(int(size)) + random.random()) / int(size)
    picked = np.minimum(np.searchsorted(np.cumsum(scaled), steps), len(hits) - 1)
    concentration = choose(tally(hits[picked], sizes[picked]), random)
    drawn = [np.arange(len(hits))]
    drawn += [random.integers(0, len(hits), len(hits)) for _ in range(resamples)]
    rows = np.array(
        [np.bincount(counts.of_draw[some], scaled[some], len(counts.hits)) for some in drawn]
    )
    rows *= size / rows.sum(axis=1, keepdims=True)
    ends = quantiles(counts, rows, concentration, (tail, 1 - tail), near=resamples)
    spread = ends[1:].std(axis=0, ddof=1)
    return Band(
        low=float(ends[0, 0]),
        high=float(ends[0, 1]),
        low_se=float(spread[0]),
        high_se=float(spread[1]),
        reliability=found,
        status="resolved",
    )
