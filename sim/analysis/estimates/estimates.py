"""How likely each outcome and ending is: the columns that every estimate has, in both layers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.likelihood import CONFIDENCES, LIKELIHOODS, likelihood
from sim.analysis.estimates.parameter_band import STATUSES, Band, parameter_band, shrunken
from sim.analysis.statistics.intervals import clustered, standard_error, wilson
from sim.analysis.statistics.resampling import generator
from sim.experiment.plan import Limit
from sim.formatting import DAY
from sim.model.model import Ending, Outcome
from sim.reach.reachability import Reach
from sim.results.counting import BINS, Accumulator, Counts
from sim.results.frames import named, outcome_times
from sim.results.level import LEVEL

REACHES = ("seen", "possible", "impossible")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """The estimates of a run's outcomes or endings, and the band of each."""

    table: pd.DataFrame
    bands: Sequence[Band | None]  # in the order of the rows; None where no parameter is uncertain


def estimates(
    by_draw: Sequence[Counts],
    total: Counts,
    n: int,
    possible: Sequence[bool],
    band: Callable[[int], Band] | None,
    level: float,
) -> Estimated:
    """One row a count, with the columns that `RunTables` says of outcomes.

    `by_draw` has the counts of each draw, `band` gives the band of a row; None where no parameter
    is uncertain.
    """
    low, high, error = np.zeros(len(total)), np.ones(len(total)), np.full(len(total), np.nan)
    if n:  # of no paths nothing is known: from 0 to 1
        sizes = np.full(len(by_draw), n / len(by_draw))
        counts = np.array(by_draw)
        varied = band is not None
        low, high = interval(counts, sizes, varies=varied, level=level)
        error = standard_error(counts, sizes, low, high, clusters=varied, level=level)
    bands = [band(row) if band and n else None for row in range(len(total))]
    shares = total / n if n else np.full(len(total), np.nan)
    reach = reaches(total, possible)
    return Estimated(
        table=pd.DataFrame(
            {
                "n": n,
                "hits": total,
                "probability": shares,
                **ends_of(bands),
                "mc_low": low,
                "mc_high": high,
                "mc_se": error,
                "band": named(np.array([_status(one) for one in bands], np.int8), STATUSES),
                "reach": reach,
                # of what no path met, the sampling interval has an upper end and nothing else
                "upper": np.where(total == 0, high, [one.upper if one else np.nan for one in bands])
                if len(total)
                else np.empty(0),
                **words(shares, high, reach),
            }
        ),
        bands=bands,
    )


def ends_of(bands: Sequence[Band | None]) -> dict[str, Floats]:
    """The columns low, high, low_se, high_se."""
    names = ("low", "high", "low_se", "high_se")
    return {
        name: np.array([getattr(one, name) if one else np.nan for one in bands]) for name in names
    }


def words(shares: Floats, upper: Floats, reach: "pd.Categorical[str]") -> dict[str, Any]:
    """The columns likelihood and confidence; the second is filled when the drivers are known."""
    codes = likelihood(shares, upper, np.asarray(reach) != "impossible")
    nothing = np.full(len(shares), -1, dtype=np.int8)
    return {
        "likelihood": named(codes, LIKELIHOODS, ordered=True),
        "confidence": named(nothing, CONFIDENCES, ordered=True),
    }


def _status(band: Band | None) -> int:
    return STATUSES.index(band.status if band else "none")


def interval(
    hits: NDArray[Any], sizes: NDArray[Any], *, varies: bool, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """(low, high) of shares of paths counted by draw, which lie along axis 0."""
    # where no parameter varies, paths of different draws are as independent as those of one
    if varies and len(hits) > 1:
        _, low, high = clustered(hits, sizes, level)
        return low, high
    return wilson(hits.sum(axis=0), sizes.sum(axis=0), level)


def cheap_band(
    hits: NDArray[Any], sizes: NDArray[Any], *, varies: bool, level: float
) -> tuple[Floats, Floats]:
    """(low, high) of many shares at once, without an error; NaN where not resolved, or no band."""
    if varies:
        return shrunken(hits, sizes, level)
    nothing = np.full(hits.shape[1:], np.nan)
    return nothing, nothing


def outcomes(
    counts: Accumulator, reach: Reach, *, varies: bool, seed: int, level: float
) -> Estimated:
    """The table `Results.outcomes`, and bands that go along with time."""
    # no distance (None): it can never happen
    possible = [distance is not None for distance in reach.outcomes]
    hits, _, earlier = counts.by_draw()

    def band(row: int) -> Band:
        name = counts.model.outcomes[row].name
        random = generator(seed, "band", f"outcome.{name}")
        own = earlier[:, :, row].T.astype(np.int64)
        sizes = counts.paths
        return parameter_band(hits[:, row], sizes, level=level, earlier=own, seed=random)

    total = counts.total
    found = estimates(counts.hits, total.hits, total.n, possible, band if varies else None, level)
    table = found.table.assign(median_time=median_times(counts))
    return Estimated(table=titled(table, counts.model.outcomes, "outcome"), bands=found.bands)


def endings(
    counts: Accumulator, reach: Reach, *, varies: bool, seed: int, level: float
) -> pd.DataFrame:
    """The table `Results.endings`."""
    _, ended, _ = counts.by_draw()

    def band(row: int) -> Band:
        random = generator(seed, "band", f"ending.{counts.model.endings[row].name}")
        return parameter_band(ended[:, row], counts.paths, level=level, seed=random)

    total, possible = counts.total, reach.endings
    known = band if varies else None
    found = estimates(counts.ended, total.ended, total.n, possible, known, level)
    return titled(found.table, counts.model.endings, "ending")


def precise(counts: Accumulator, limit: Limit) -> bool:
    """Whether the standard error of every headline is below the limit; of all if none is one."""
    outcomes = counts.model.outcomes
    leading = [i for i, outcome in enumerate(outcomes) if outcome.headline]
    hits = counts.by_draw()[0][:, leading or range(len(outcomes))]
    sizes = np.full(len(hits), counts.paths)
    many = len(hits) > 1
    errors = standard_error(hits, sizes, *interval(hits, sizes, varies=many), clusters=many)
    shares = hits.sum(axis=0) / sizes.sum()
    return all(error < limit.of(share) for error, share in zip(errors, shares, strict=True))


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
