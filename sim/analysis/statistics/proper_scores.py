"""Proper scores of a forecast, and how its times look beside the one that was observed.

Lower is better everywhere. A score is *proper* if nobody can expect a better one by saying anything
but what they believe (Gneiting and Raftery, J. Am. Stat. Assoc. 102, 2007, 359-378). SciPy has none
of them. `scoringrules` has all three; its interface changed with each of its last releases (0.7,
0.8, 0.9), and it takes samples, where an exact run has a distribution function. So a test compares
with it, and nothing else depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When something comes, as a forecast: a distribution function that rises in steps.

    `heights[i]` is the probability that it has come by `times[i]`; what the last one leaves is the
    probability that it does not come at all, or not while anybody looks.
    """

    times: Floats  # rising
    heights: Floats  # as many, rising, at most 1

    def by(self, time: float) -> float:
        """The probability that it has come by this time."""
        return self._height(int(np.searchsorted(self.times, time, side="right")))

    def before(self, time: float) -> float:
        """The probability that it has come before this time."""
        return self._height(int(np.searchsorted(self.times, time, side="left")))

    def _height(self, steps: int) -> float:
        return float(self.heights[steps - 1]) if steps else 0.0


def arrival(times: ArrayLike, n: int) -> Arrival:
    """The forecast of `n` paths, of which it came in those that have a time."""
    found = np.sort(np.asarray(times, dtype=np.float64))
    return Arrival(times=found, heights=np.arange(1, len(found) + 1) / n)


def brier(probability: ArrayLike, happened: ArrayLike) -> Floats:
    """(p - y)^2: Brier, Mon. Weather Rev. 78 (1950), 1-3, of one of two outcomes (half of his)."""
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    return np.asarray((p - y) ** 2)


def log_score(probability: float, happened: bool) -> float:
    """-ln of the probability given to what happened; infinite if that was called impossible."""
    given = probability if happened else 1 - probability
    return abs(log(given)) if given > 0 else inf


def crps(forecast: Arrival, earliest: float, latest: float, until: float) -> float:
    """The continuous ranked probability score of a time, in its unit; censored at `until`.

    The integral over 0 ... until of (F(t) - 1{t >= observed})^2: the threshold-weighted CRPS of
    Gneiting and Ranjan (J. Bus. Econ. Stat. 29, 2011, 411-422, eq. 18) with weight 1 up to where
    observation ends and 0 beyond, so that a time known only to lie beyond is scored as far as it
    is known. That is proper, since `until` is fixed and not drawn; it is the CRPS of the time cut
    off at `until`. Where the observed time is only known to lie between `earliest` and `latest`,
    nothing is counted there (Avati et al., UAI 2019, for intervals). Both are infinite for what did
    not happen. Divided by `until` it is the integrated Brier score (Graf et al., Stat. Med. 18,
    1999, 2529-2545) without its weights for random censoring.
    """
    ends = [min(end, until) for end in (earliest, latest)]
    # the integrand is constant between these edges, so that the integral is a sum
    inside = forecast.times[(forecast.times > 0) & (forecast.times < until)]
    edges = np.unique(np.concatenate([[0.0, until], ends, inside]))
    left = edges[:-1]
    steps = np.searchsorted(forecast.times, left, side="right")
    height = np.concatenate([[0.0], forecast.heights])[steps]
    known = (left < earliest) | (left >= latest)
    gap = height - (left >= latest)
    return float((gap**2 * np.diff(edges))[known].sum())


def surprise(forecast: Arrival, earliest: float, latest: float, until: float) -> float:
    """Two-sided predictive p: twice the smaller tail of what was observed, at most 1.

    Not to have happened by `until` counts as later than everything that has. A small value says
    that the record is far out in what the forecast expects.
    """
    low, high = pit(forecast, earliest, latest, until)
    return min(1.0, 2 * min(high, 1 - low))


def pit(forecast: Arrival, earliest: float, latest: float, until: float) -> tuple[float, float]:
    """The ends of the probability integral transform of the observed time.

    The forecast's probability below and up to it; of what did not happen, from F(until) to 1.
    Of calibrated forecasts the values between are uniform, taken as Czado, Gneiting and Held
    (Biometrics 65, 2009, 1254-1261) take those of counts.
    """
    if earliest > until:
        return forecast.by(until), 1.0
    return forecast.before(earliest), forecast.by(min(latest, until))


def rank(forecast: Arrival, earliest: float, latest: float, until: float) -> float:
    """Where the record stands among the simulated times up to `until`: 0 first, 1 last.

    Ties, and what falls into the observed interval, count half. Missing where there is no time, of
    the record or of the forecast.
    """
    total = forecast.by(until)
    if earliest > until or total <= 0:
        return float("nan")
    return (forecast.before(earliest) + forecast.by(min(latest, until))) / 2 / total
