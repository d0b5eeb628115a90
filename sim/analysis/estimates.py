"""How likely each outcome and ending is: shares of paths with intervals and reachability."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import clustered, wilson
from sim.formatting import DAY
from sim.model.model import Ending, Outcome
from sim.reach.reachability import Reach
from sim.results.counting import BINS, Accumulator, Counts
from sim.results.frames import named, outcome_times

REACHES = ("seen", "possible", "impossible")
Floats = NDArray[np.float64]


def estimates(by_draw: Sequence[Counts], total: Counts, n: int, *, varies: bool) -> pd.DataFrame:
    """One row a count: n, hits, probability, low, high, with the 90 % interval for sampling.

    Wilson's, with n divided by the design effect of the draws where parameters vary.
    """
    # of no paths nothing is known: from 0 to 1
    low, high = np.zeros(len(total)), np.ones(len(total))
    if n:
        sizes = np.full(len(by_draw), n / len(by_draw))
        low, high = interval(np.array(by_draw), sizes, varies=varies)
    shares = total / n if n else np.full(len(total), np.nan)
    return pd.DataFrame({"n": n, "hits": total, "probability": shares, "low": low, "high": high})


def interval(hits: NDArray[Any], sizes: NDArray[Any], *, varies: bool) -> tuple[Floats, Floats]:
    """(low, high), 90 %, of shares of paths counted by draw, which lie along axis 0."""
    # where no parameter varies, paths of different draws are as independent as those of one
    if varies and len(hits) > 1:
        _, low, high = clustered(hits, sizes)
        return low, high
    return wilson(hits.sum(axis=0), sizes.sum(axis=0))


def outcomes(counts: Accumulator, reach: Reach, *, varies: bool) -> pd.DataFrame:
    """The table `Results.outcomes`."""
    total = counts.total
    table = estimates(counts.hits, total.hits, total.n, varies=varies)
    table["median_time"] = median_times(counts)
    # no distance (None): it can never happen
    table["reach"] = reaches(total.hits, [distance is not None for distance in reach.outcomes])
    return titled(table, counts.model.outcomes, "outcome")


def endings(counts: Accumulator, reach: Reach, *, varies: bool) -> pd.DataFrame:
    """The table `Results.endings`."""
    table = estimates(counts.ended, counts.total.ended, counts.total.n, varies=varies)
    table["reach"] = reaches(counts.total.ended, reach.endings)
    return titled(table, counts.model.endings, "ending")


def titled(table: pd.DataFrame, rows: Sequence[Outcome | Ending], kind: str) -> pd.DataFrame:
    """The table with the rows' names as its index and, last, what a reader calls them."""
    table.index = pd.Index([row.name for row in rows], name=kind)
    titles = pd.Series([row.label for row in rows], index=table.index, dtype="str")
    return table.assign(title=titles)


def reaches(counts: Counts, possible: Sequence[bool]) -> "pd.Categorical[str]":
    """Seen in some path; if not, possible or impossible, delays and probabilities ignored."""
    unseen = np.where(possible, REACHES.index("possible"), REACHES.index("impossible"))
    return named(np.where(counts > 0, REACHES.index("seen"), unseen), REACHES)


def median_times(counts: Accumulator) -> Floats:
    """Days to each outcome, the median over the paths in which it happened; NaN for none.

    Of the times themselves where paths are kept; else from bins of a ten-thousandth of the horizon.
    """
    medians = np.full(len(counts.model.outcomes), np.nan)
    if counts.keep:
        times = outcome_times(counts)
        for outcome, hits in enumerate(counts.total.hits):
            if hits:
                medians[outcome] = np.nanmedian(times[:, outcome]) / DAY
        return medians
    for outcome, row in enumerate(counts.total.times):
        # the median of binned times: where the running count passes half, linear inside the bin
        below, half = np.cumsum(row), row.sum() / 2
        if half:
            k = int(np.searchsorted(below, half))
            inside = (half - (below[k - 1] if k else 0)) / row[k]
            place = max(k - 1 + inside, 0.0) if k else 0.0
            medians[outcome] = place / BINS * counts.model.horizon / DAY
    return medians
