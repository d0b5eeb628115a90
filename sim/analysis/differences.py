"""What an intervention changes: differences of probabilities, from the same paths in pairs."""

from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import LEVEL
from sim.experiment.comparisons import PairCounts
from sim.results.tables import RunTables

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def paired_rows(name: str, baseline: RunTables, twin: RunTables, pairs: PairCounts) -> pd.DataFrame:
    """The rows of `Comparison.table` for this twin; finished draws only."""
    done, paths = baseline.provenance.draws, baseline.provenance.paths
    gained, lost = pairs.gained[:done], pairs.lost[:done]
    difference, low, high = paired(gained, lost, paths)
    total = {"gained": gained.sum(axis=0), "lost": lost.sum(axis=0)}
    words = pd.Index(baseline.outcomes.index, dtype="str")
    return pd.DataFrame(
        {
            "twin": pd.Series([name] * len(words), dtype="str"),
            "outcome": pd.Series(words, dtype="str"),
            "n": done * paths,
            "baseline": baseline.outcomes["probability"].to_numpy(),
            "probability": twin.outcomes["probability"].to_numpy(),
            "difference": difference,
            "low": low,
            "high": high,
            **total,
            "differ": total["gained"] + total["lost"],
            "changed": pairs.changed[:done].sum(),
        }
    )


def solved_rows(name: str, baseline: RunTables, twin: RunTables) -> pd.DataFrame:
    """The rows of `Comparison.table` for an exact twin: nothing was counted, so no pairs."""
    before, after = baseline.outcomes, twin.outcomes
    gap = (after["probability"] - before["probability"]).to_numpy()
    width = sum((table["high"] - table["low"]).to_numpy() / 2 for table in (before, after))
    # missing and not 0: no pairs were counted
    missing = pd.array([None] * len(gap), dtype="Int64")
    return pd.DataFrame(
        {
            "twin": pd.Series([name] * len(gap), dtype="str"),
            "outcome": pd.Series(before.index, dtype="str"),
            "n": missing,
            "baseline": before["probability"].to_numpy(),
            "probability": after["probability"].to_numpy(),
            "difference": gap,
            "low": gap - width,
            "high": gap + width,
            **dict.fromkeys(("gained", "lost", "differ", "changed"), missing),
        }
    )


def paired(
    gained: Counts, lost: Counts, paths: int, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """(difference, low, high) of two shares over the same paths; draws lie along axis 0.

    Agresti and Min, Stat. Med. 24 (2005), 729-740: Wald's interval for paired shares after half a
    pair is added to each of the four kinds. Where draws differ, n and the counts are divided by
    the design effect of the differences: their variance between draws over that within.
    """
    draws = len(gained)
    n = float(max(draws * paths, 1))
    # discordant pairs alone tell of a difference, as in McNemar's test
    up, down = gained.sum(axis=0) / n, lost.sum(axis=0) / n
    difference = up - down
    effect = np.ones_like(difference)
    if draws > 1:
        shares = (gained - lost) / paths
        between = shares.var(axis=0, ddof=1) / draws
        # variance of gained - lost in one path: 1, -1 or 0
        within = (up + down - difference**2) / n
        effect = np.maximum(1.0, np.divide(between, within, out=effect.copy(), where=within > 0))
    n_effective = n / effect
    weight = n_effective / (n_effective + 2)  # of what was counted, beside the two added pairs
    centre = difference * weight
    spread = (up + down) * weight + 1 / (n_effective + 2) - centre**2
    half = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(spread / (n_effective + 2))
    low, high = np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)
    # the centre is shrunk towards 0, so the interval is stretched to hold the estimate itself
    return difference, np.minimum(low, difference), np.maximum(high, difference)
