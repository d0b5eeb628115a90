"""How soon: the share of paths in which an outcome has happened by each day."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.estimates import Estimated
from sim.analysis.estimates.parameter_band import Band
from sim.analysis.statistics.intervals import design_effect, wilson
from sim.results.counting import BINS, EARLIER
from sim.results.frames import TIMING_STEPS
from sim.results.tables import RunTables

Floats = NDArray[np.float64]


def with_bands(
    table: pd.DataFrame, found: Estimated, hits: NDArray[np.int64], level: float
) -> pd.DataFrame:
    """The counts of `timing` with the interval and the band of each row.

    `hits` are those of the outcomes, (draws, outcomes). A path that
    `stop_when` ended is a competing ending: the outcome can no longer happen in it, and it stays in
    n. All others are watched to the horizon and censored there; with that censoring and no other,
    the estimator of Aalen and Johansen (Scand. J. Stat. 5, 1978, 141-150) is the share that is
    counted. The sampling interval is Wilson's, n divided by the design effect of the draws on the
    outcome as a whole. The band is estimated at the horizon and at 24 earlier times, and runs
    straight between those; it is missing where it is not resolved.
    """
    n = table["n"].to_numpy(dtype=np.float64)
    clustered = any(band is not None for band in found.bands)
    sizes = np.full(len(hits), n[0] / len(hits) if len(n) and len(hits) else 1.0)
    # one design effect for the whole curve: early points have too few hits to tell their own
    effect = design_effect(hits, sizes) if clustered else np.ones(hits.shape[1])
    # not below one path, where an effect exceeds n
    worth = np.maximum(n / np.repeat(effect, TIMING_STEPS + 1), 1) if len(n) else n
    mc_low, mc_high = wilson(table["probability"].to_numpy() * worth, worth, level)
    bands = [_over_time(band) for band in found.bands]
    ends = np.concatenate([np.empty((0, 2)), *bands])
    return table.assign(low=ends[:, 0], high=ends[:, 1], mc_low=mc_low, mc_high=mc_high)


def _over_time(band: Band | None) -> Floats:
    """(times of `timing`, 2): the ends of the band at each; NaN where it is not resolved."""
    steps = np.arange(TIMING_STEPS + 1) / TIMING_STEPS
    found = np.full((len(steps), 2), np.nan)
    if band is None or band.over_time is None:
        return found
    knots = np.array([*EARLIER, BINS]) / BINS
    ends = np.vstack([band.over_time, [band.low, band.high]])
    # a share that has happened stays so; estimates at two times may say otherwise by their noise
    known = ~np.isnan(ends[:, 0])
    ends[known] = np.minimum(np.maximum.accumulate(ends[known]), ends[-1])
    for side in (0, 1):
        # between two knots of which one is missing the line is missing, too
        found[:, side] = _between(steps, knots, ends[:, side])
    return found


def _between(at: Floats, knots: Floats, values: Floats) -> Floats:
    """Straight lines between neighbouring knots; NaN beside a missing one, and before the first."""
    above = np.minimum(np.searchsorted(knots, at), len(knots) - 1)
    below = np.maximum(above - 1, 0)
    span = knots[above] - knots[below]
    part = np.divide(at - knots[below], span, out=np.ones_like(at), where=span > 0)
    line = values[below] + part * (values[above] - values[below])
    return np.where(at == knots[above], values[above], np.where(at < knots[0], np.nan, line))


def cumulative_incidence(results: RunTables) -> pd.DataFrame:
    """The run's table `timing` with what a chart needs: title, and whether it is a headline."""
    return results.timing.assign(
        title=results.timing["outcome"].map(results.outcomes["title"]),
        headline=results.timing["outcome"].isin(results.provenance.headlines),
    )


def distinguishable(results: RunTables, most: int = 12) -> list[str]:
    """The outcomes whose curves can be distinguished in one chart, in the scenario's order.

    All of them if there are no more than `most`; else the headlines, and others no more than three
    times as likely as the most likely headline, since one frequent outcome would flatten the rest.
    """
    shares = results.outcomes["probability"]
    names = [str(name) for name in shares.index]
    headlines = [name for name in names if name in results.provenance.headlines]
    if len(names) <= most or not headlines:
        return names[:most]
    # on an axis from 0 to the highest curve, a third of its height is still read with ease
    top = 3 * max(shares[name] for name in headlines)
    others = [name for name in names if name not in headlines and 0 < shares[name] <= top]
    chosen = {*headlines, *others[: max(most - len(headlines), 0)]}
    return [name for name in names if name in chosen][:most]
