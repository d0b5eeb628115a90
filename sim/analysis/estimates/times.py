"""By when: the probability that an outcome has happened by a day, and how long it takes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.formatting import duration_in_words
from sim.results.frames import named
from sim.results.tables import RunTables
from sim.scenario import Scenario

Floats = NDArray[np.float64]
DAYS = (7.0, 30.0, 90.0)  # and the horizon
LAYERS = ("probability", "low", "high", "mc_low", "mc_high")
QUARTILES = {"first_quarter": 0.25, "median": 0.5, "third_quarter": 0.75}
SECONDS_A_DAY = 86_400.0


def days_after_run(scenario: Scenario, run: RunTables) -> pd.DataFrame | None:
    """By a week, a month, three months and the horizon; None without outcomes."""
    return by_day(run) if len(run.outcomes) else None


def times_after_run(scenario: Scenario, run: RunTables) -> pd.DataFrame | None:
    """How long each outcome takes; None without outcomes."""
    return times(run) if len(run.outcomes) else None


def by_day(results: RunTables, days: Sequence[float] | None = None) -> pd.DataFrame:
    """One row an outcome and day: outcome, day, n, hits, probability, low, high, mc_low, mc_high.

    The probability that the outcome has happened by that day, with its parameter uncertainty and
    its interval for sampling, as in `Results.timing`, whose 501 times are joined by straight lines.
    Without `days`: 7, 30, 90 and the horizon. Raises UsageError for a day outside the horizon.
    """
    horizon = results.provenance.horizon
    wanted = [*(day for day in DAYS if day < horizon), horizon] if days is None else list(days)
    for day in wanted:
        if not 0 < day <= horizon:
            told, end = (duration_in_words(one * SECONDS_A_DAY) for one in (day, horizon))
            raise UsageError(f"by: must be after the start and within the {end} run, found {told}")
    parts = [_at(str(name), curve, wanted) for name, curve in _curves(results)]
    table = pd.concat(parts, ignore_index=True)
    names = [str(name) for name in results.outcomes.index]
    codes = np.repeat(np.arange(len(names)), len(wanted))
    return table.assign(outcome=named(codes, names))[["outcome", "day", "n", "hits", *LAYERS]]


def times(results: RunTables) -> pd.DataFrame:
    """One row an outcome: when a quarter, half, three quarters of all paths reached it.

    Columns outcome; first_quarter, median, third_quarter: days, missing where fewer paths than that
    come to it before the horizon; each with _mc_low and _mc_high for sampling, of which the
    upper one is missing if it may lie beyond the horizon. restricted_mean: the mean number of days
    without the outcome up to the horizon (the area above the curve; Royston and Parmar, BMC Med.
    Res. Methodol. 13:152, 2013), with mc_low and mc_high, from the ends of the curve's interval. n.
    Unlike the median time beside an outcome, which is of the paths that come to it, these are of
    all paths: a path that ended otherwise never does.
    """
    rows = {str(name): _times(curve) for name, curve in _curves(results)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.insert(0, "outcome", pd.Series(table.index, index=table.index, dtype="str"))
    return table.reset_index(drop=True)


def _curves(results: RunTables) -> Iterator[tuple[Any, pd.DataFrame]]:
    yield from results.timing.groupby("outcome", sort=False, observed=True)


def _at(name: str, curve: pd.DataFrame, days: Sequence[float]) -> pd.DataFrame:
    """The curve's layers on these days."""
    at = curve["time"].to_numpy()
    layers = {layer: np.interp(days, at, curve[layer].to_numpy()) for layer in LAYERS}
    # counted by the last of the curve's times that the day is not before
    counted = curve["hits"].iloc[np.searchsorted(at, days, side="right") - 1].to_numpy()
    return pd.DataFrame({"day": days, "n": curve["n"].iloc[0], "hits": counted, **layers})


def _times(curve: pd.DataFrame) -> dict[str, float]:
    days = curve["time"].to_numpy()
    found: dict[str, float] = {"n": curve["n"].iloc[0]}
    # the upper end of the curve comes to a share first, so it is the early end of the time
    ends = {"": "probability", "_mc_low": "mc_high", "_mc_high": "mc_low"}
    for name, share in QUARTILES.items():
        for ending, layer in ends.items():
            found[f"{name}{ending}"] = _reached(days, curve[layer].to_numpy(), share)
    for ending, layer in ends.items():
        without = 1 - curve[layer].to_numpy()
        found[f"restricted_mean{ending}"] = float(np.trapezoid(without, days))
    return found


def _reached(days: Floats, shares: Floats, share: float) -> float:
    """The first day at which the curve is there, straight between two times; NaN if it never is."""
    if shares[-1] < share:
        return float("nan")
    after = int(np.searchsorted(shares, share))
    if after == 0:
        return 0.0
    low, high = shares[after - 1], shares[after]
    part = (share - low) / (high - low)
    return float(days[after - 1] + part * (days[after] - days[after - 1]))
