"""What analyses that resample share: their random numbers by name, and numbers that repeat."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.name_hash import name_hash
from sim.streams import key

DIGITS = 12  # significant ones, in tables of analyses: sums in another order agree on these


def generator(seed: int, verb: str, name: str = "") -> np.random.Generator:
    """The stream `analysis:<verb>:<name>` of a run's seed: the same whoever asks, in any order."""
    return np.random.default_rng([*key(seed), name_hash(f"analysis:{verb}:{name}")])


def samples(random: np.random.Generator, count: int, resamples: int) -> NDArray[np.float64]:
    """(1 + resamples, count): how often each of `count` things is in a bootstrap sample.

    The first row is what was seen, each once.
    """
    weights = np.ones((1 + resamples, count))
    for row, chosen in zip(weights[1:], random.integers(0, count, (resamples, count)), strict=True):
        row[:] = np.bincount(chosen, minlength=count)
    return weights


def significant(table: pd.DataFrame, digits: int = DIGITS) -> pd.DataFrame:
    """The table with its floats rounded to so many significant digits; all else as it is."""
    floats = table.select_dtypes("float").columns
    changed = {name: [_rounded(value, digits) for value in table[name].tolist()] for name in floats}
    return table.assign(**changed)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
