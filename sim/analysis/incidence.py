"""How soon: the share of paths in which an outcome has happened by each day."""

import numpy as np
import pandas as pd

from sim.analysis.intervals import LEVEL, design_effect, wilson
from sim.results.tables import RunTables


def cumulative_incidence(results: RunTables, *, level: float = LEVEL) -> pd.DataFrame:
    """The run's table `timing` with an interval: one row an outcome and time (days).

    Columns outcome, time, hits, n, probability, title, headline, low, high. A path that
    `stop_when` ended is a competing ending: the outcome can no longer happen in it, and it stays in
    n. All others are watched to the horizon and censored there; with that censoring and no other,
    the estimator of Aalen and Johansen (Scand. J. Stat. 5, 1978, 141-150) is the share `timing`
    counts. The interval is Wilson's, n divided by the design effect of the draws on the outcome as
    a whole: for sampling only. An exact solution has no sampling, so its band has no width.
    """
    table = results.timing.assign(
        title=results.timing["outcome"].map(results.outcomes["title"]),
        headline=results.timing["outcome"].isin(results.provenance.headlines),
    )
    if results.provenance.interval == "exact":
        return table.assign(low=table["probability"], high=table["probability"])
    # one design effect for the whole curve: early points have too few hits to tell their own
    sizes = results.shares["n"].to_numpy()
    effects = {}
    for name in map(str, results.outcomes.index):
        hits = results.shares[f"outcome__{name}"].to_numpy() * sizes
        effects[name] = float(design_effect(hits, sizes))
    # not below one path, where an effect exceeds n
    n = np.maximum(table["n"].to_numpy() / table["outcome"].astype(str).map(effects).to_numpy(), 1)
    low, high = wilson(table["probability"].to_numpy() * n, n, level)
    return table.assign(low=low, high=high)


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
