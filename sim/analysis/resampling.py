"""What analyses that resample share: their random numbers by name, and numbers that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.streams import name_hash

DIGITS = 12  # significant ones, in tables of analyses: sums in another order agree on these


def generator(seed: int, verb: str, name: str) -> np.random.Generator:
    """The random numbers of one analysis of a run: of its seed and `analysis:<verb>:<name>` alone.

    NumPy's Philox keyed with both, so that no analysis shares numbers with another or with a path.
    """
    return np.random.Generator(
        np.random.Philox(key=seed | name_hash(f"analysis:{verb}:{name}") << 64)
    )


def significant(table: pd.DataFrame, digits: int = DIGITS) -> pd.DataFrame:
    """The table with its floats rounded to so many significant digits; all else as it is."""
    floats = table.select_dtypes("float").columns
    changed = {name: [_rounded(value, digits) for value in table[name].tolist()] for name in floats}
    return table.assign(**changed)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
