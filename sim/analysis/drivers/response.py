"""The probability of an outcome over the range of one parameter, with both layers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.estimates.estimates import estimates
from sim.analysis.estimates.parameter_band import Band, parameter_band
from sim.analysis.statistics.resampling import generator, significant
from sim.experiment.responses import ResponseCounts
from sim.results.level import LEVEL

LEFT_OUT = ["reach", "likelihood", "confidence"]  # said of outcomes, not of points


def response_curve(
    counts: ResponseCounts,
    which: int,
    outcome: str,
    *,
    seed: int,
    varies: bool,
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row a point of the parameter's range, in its order, for outcome number `which`.

    outcome, parameter
    quantile       of the parameter's distribution at this point; missing for choices
    value          the parameter's value: days for a duration; a choice by its position
    choice         its name; empty for a number
    n, hits, probability, low, high, low_se, high_se, mc_low, mc_high, mc_se, band, upper
                   as of `Results.outcomes`: `low, high` from all parameters but this one; sampling
                   errors are those of a single point – points share their random numbers, so that
                   the differences between them are better known
    draws, paths   how many draws, and paths in each

    `varies`: whether any other parameter is uncertain; `level`: the mass of the intervals.
    """
    hits = counts.hits[:, :, which]
    draws = hits.shape[1]

    def band(point: int) -> Band:
        random = generator(seed, "response", f"{counts.parameter}:{point}:{outcome}")
        return parameter_band(hits[point], counts.paths, level=level, seed=random)

    found = estimates(
        list(hits.T),
        hits.sum(axis=1),
        draws * counts.paths,
        # reach is left out below, so what may come does not matter here
        [True] * len(hits),
        band if varies else None,
        level,
    )
    table = pd.DataFrame(
        {
            "outcome": outcome,
            "parameter": counts.parameter,
            "quantile": counts.quantiles or np.nan,
            "value": counts.values,
            "choice": counts.choices or "",
        }
    )
    kept = found.table.drop(columns=LEFT_OUT).reset_index(drop=True)
    size = pd.DataFrame({"draws": draws, "paths": counts.paths}, index=table.index)
    return significant(pd.concat([table, kept, size], axis=1))
