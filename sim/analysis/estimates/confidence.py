"""How much confidence an estimate deserves: by its band and the grades of what drives it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.likelihood import CONFIDENCES, WEAK, confidence
from sim.analysis.statistics.rank_correlation import Ranked, correlations, ranked
from sim.results.frames import named

Floats = NDArray[np.float64]


def with_confidence(
    table: pd.DataFrame,
    kind: str,
    draws: pd.DataFrame | Ranked,
    shares: pd.DataFrame,
    grades: Mapping[str, str],
) -> pd.DataFrame:
    """The table of outcomes or endings (`kind`) with its column `confidence` filled.

    `draws` may be ranked already, for several tables. `grades` has the grade of each parameter, or
    `unconfirmed`; one that is not named has no source.
    """
    if (table["band"] == "none").all():
        return table
    parameters = draws if isinstance(draws, Ranked) else ranked(draws)
    weak = np.array([grades.get(name, WEAK[0]) in WEAK for name in parameters.names], np.float64)
    columns = (shares[f"{kind}__{name}"] for name in table.index)
    without = [weak_share(parameters, share, weak) for share in columns]
    rows = zip(table["band"], table["low"], table["high"], without, strict=True)
    words = [confidence(str(band), low, high, share) for band, low, high, share in rows]
    codes = np.array([CONFIDENCES.index(word) if word else -1 for word in words], dtype=np.int8)
    return table.assign(confidence=named(codes, CONFIDENCES, ordered=True))


def weak_share(parameters: Ranked, share: "pd.Series[float]", weak: Floats) -> float:
    """Which share of what drives a probability has no source; `weak` is 1 or 0 of each parameter.

    Parameters count by the square of their rank correlation where it clears its floor; where none
    does, all of them count the same.
    """
    found = correlations(parameters, share)
    if found is None:
        return float(weak.mean()) if len(weak) else 1.0
    # what cannot be told from noise would count by its noise
    squares = np.where(np.abs(found) > parameters.floors, found**2, 0.0)
    return float(weak @ squares / squares.sum() if squares.any() else weak.mean())
