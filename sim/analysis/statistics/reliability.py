"""Whether what is called 20 % happens in 20 % of the cases: reliability of probabilities.

The CORP method (Dimitriadis, Gneiting and Jordan, PNAS 118, 2021, e2016191118): the calibrated
probabilities are the isotonic regression of what happened on what was said, so that there are no
bins to choose; with it, the Brier score is miscalibration - discrimination + uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import ndtr

Floats = NDArray[np.float64]
RESAMPLES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """The mean Brier score in three parts: `score` = miscalibration - discrimination + uncertainty.

    `expected` is the Brier score that the forecasts would have if each were right, which measures
    their sharpness: 0 for forecasts of 0 and 1 only, 0.25 for one half always. `p_value`: of
    Spiegelhalter's z, two-sided (Stat. Med. 5, 1986, 421-433), which compares the two.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    expected: float
    p_value: float


def calibrated(p: Floats, y: Floats) -> Floats:
    """The probability of each forecast after isotonic regression; equal ones stay equal."""
    _, where = np.unique(p, return_inverse=True)
    n = np.bincount(where).astype(np.float64)
    # equal forecasts are one point with a weight: regression could else give them different values
    means = np.bincount(where, weights=y) / n
    return np.asarray(isotonic_regression(means, weights=n).x)[where]


def consistency(p: Floats, y: Floats, *, level: float, random: np.random.Generator) -> pd.DataFrame:
    """One row a distinct probability said, rising: said, n, happened, calibrated, low, high.

    `low`, `high`: consistency bars, between which `calibrated` lies with the mass of `level` if
    every forecast is right (Broecker and Smith, Weather Forecast. 22, 2007, 651-661): what happened
    is drawn from the forecasts again and again. The forecasts are taken for independent.
    """
    again = np.array(
        [calibrated(p, (random.random(len(p)) < p).astype(np.float64)) for _ in range(RESAMPLES)]
    )
    tail = (1 - level) / 2
    low, high = np.quantile(again, [tail, 1 - tail], axis=0)
    table = pd.DataFrame(
        {"said": p, "happened": y, "calibrated": calibrated(p, y), "low": low, "high": high}
    )
    grouped = table.groupby("said", sort=True)
    found = grouped[["calibrated", "low", "high"]].first()
    found.insert(0, "n", grouped.size())
    found.insert(1, "happened", grouped["happened"].sum())
    return found.reset_index()


def brier_parts(p: Floats, y: Floats) -> Decomposition:
    """The parts of the mean Brier score of some forecasts."""
    score = float(((p - y) ** 2).mean())
    best = float(((calibrated(p, y) - y) ** 2).mean())
    uncertainty = float(y.mean() * (1 - y.mean()))
    expected = float((p * (1 - p)).mean())
    spread = sqrt(float(((1 - 2 * p) ** 2 * p * (1 - p)).sum()))
    # forecasts of 0, 1 and one half alone: whatever happens, their score is what it is
    z = float(((y - p) * (1 - 2 * p)).sum()) / spread if spread > 0 else float("nan")
    return Decomposition(
        score=score,
        miscalibration=score - best,
        discrimination=uncertainty - best,
        uncertainty=uncertainty,
        expected=expected,
        p_value=float(2 * ndtr(-abs(z))),
    )


def pit_histogram(low: Floats, high: Floats, bins: int) -> Floats:
    """The share of PIT values in each of `bins` equal bins, each value spread over its interval.

    Of calibrated forecasts 1 / bins each, but for chance (Czado, Gneiting and Held 2009).
    """
    edges = np.linspace(0, 1, bins + 1)
    width = np.maximum(high - low, 1e-12)
    below = np.clip((edges[:, None] - low) / width, 0, 1)
    return np.asarray(np.diff(below, axis=0).mean(axis=1))
