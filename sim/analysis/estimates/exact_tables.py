"""The tables of an exact solution: the same columns, with nothing counted."""

from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.confidence import with_confidence
from sim.analysis.estimates.coverage import coverage
from sim.analysis.estimates.estimates import reaches, titled, words
from sim.analysis.estimates.parameter_band import RESAMPLES, STATUSES
from sim.analysis.statistics.resampling import generator
from sim.experiment.runs import RunOutput, varies
from sim.reach.reachability import THOROUGH, Reach, reach
from sim.results import frames
from sim.results.batches import RUNG_TIMES
from sim.results.counting import Accumulator
from sim.results.level import LEVEL
from sim.results.provenance import Provenance
from sim.results.solution import KNOT, Solution
from sim.results.tables import RunTables

Floats = NDArray[np.float64]
STEPS = frames.TIMING_STEPS // (RUNG_TIMES - 1)  # times of `timing` from one of `rungs` to the next


def tables_of_solution(run: RunOutput, solved: Solution) -> RunTables:
    """Tables in which nothing was counted: n, hits, paths, median times are missing.

    `low` and `high` are quantiles over the solved draws, as there is no noise of finite paths to
    remove. `mc_low` and `mc_high` allow for the choice of these draws and for the error of the
    solution. `reach` is `seen` for what has a probability above 0, and for what else is read off
    reachability. In coverage, intervals are missing, too.
    """
    model, about = run.model, run.provenance
    uncertain = varies(model)
    may_be = reach(model, limit=THOROUGH)
    # frames of an empty run have the columns and types; the numbers are put in afterwards
    empty = Accumulator(model, paths=0, keep=False)
    possible = [distance is not None for distance in may_be.outcomes]
    outcomes = _estimates(solved.outcomes, solved.outcome_error, possible, uncertain, about)
    outcomes["median_time"] = np.nan
    ended = _estimates(solved.endings, solved.ending_error, may_be.endings, uncertain, about)
    rungs, timing = frames.rungs(empty), frames.timing(empty)
    rungs["share"] = solved.rungs[::STEPS].T.ravel()
    timing["probability"] = solved.timing.T.ravel()
    draws = frames.draws(model, run.values, about.first_draw)
    none = _missing(len(draws))
    shares = frames.shares_of(model, none, solved.outcomes, solved.endings, about.first_draw)
    named = {
        "outcome": titled(outcomes, model.outcomes, "outcome"),
        "ending": titled(ended, model.endings, "ending"),
    }
    tables = {
        kind: with_confidence(table, kind, draws, shares, run.grades)
        for kind, table in named.items()
    }
    return RunTables(
        outcomes=tables["outcome"],
        endings=tables["ending"],
        draws=draws,
        shares=shares,
        coverage=_coverage(empty, may_be, solved),
        rungs=_uncounted(rungs, "paths", "n"),
        timing=_uncounted(_over_time(timing, solved, uncertain, about.level), "hits", "n"),
        paths=None,
        events=None,
        provenance=about,
    )


def _estimates(
    by_draw: Floats, error: Floats, possible: Any, uncertain: bool, about: Provenance
) -> pd.DataFrame:
    # the bound of a mean is at most the mean of the bounds
    share, bound = by_draw.mean(axis=0), error.mean(axis=0)
    z = NormalDist().inv_cdf((1 + about.level) / 2)
    of_draws = by_draw.std(axis=0, ddof=1) / sqrt(len(by_draw)) if _many(by_draw) else 0 * share
    half = z * of_draws + bound
    nothing = np.full((4, len(share)), np.nan)
    low, high, low_se, high_se = _band(by_draw, about) if uncertain and _many(by_draw) else nothing
    # one draw of an uncertain parameter has no quantiles
    band = "none" if not uncertain else "exact" if _many(by_draw) else "unresolved"
    reach = reaches((share > 0).astype(np.int64), possible)
    return pd.DataFrame(
        {
            "n": _missing(len(share)),
            "hits": _missing(len(share)),
            "probability": share,
            "low": low,
            "high": high,
            "low_se": low_se,
            "high_se": high_se,
            "mc_low": np.maximum(share - half, 0.0),
            "mc_high": np.minimum(share + half, 1.0),
            # so that interval and error say the same, the bound of the solution among them
            "mc_se": half / z,
            "band": frames.named(np.full(len(share), STATUSES.index(band)), STATUSES),
            "reach": reach,
            "upper": np.full(len(share), np.nan),
            **words(share, share, reach),
        }
    )


def _many(by_draw: Floats) -> bool:
    return len(by_draw) > 1


def _band(by_draw: Floats, about: Provenance) -> Floats:
    """(4, columns): low, high and their standard errors, by resampling draws."""
    at = ((1 - about.level) / 2, (1 + about.level) / 2)
    random = generator(about.seed, "band", "exact")
    drawn = (random.integers(0, len(by_draw), len(by_draw)) for _ in range(RESAMPLES))
    again = np.array([np.quantile(by_draw[some], at, axis=0) for some in drawn])
    return np.concatenate([np.quantile(by_draw, at, axis=0), again.std(axis=0, ddof=1)])


def _over_time(
    timing: pd.DataFrame, solved: Solution, uncertain: bool, level: float
) -> pd.DataFrame:
    """The curves with their band, straight between the times at which each draw was kept."""
    ends = np.full((2, len(timing)), np.nan)
    if uncertain and _many(solved.by_time):
        at = ((1 - level) / 2, (1 + level) / 2)
        quantiles = np.quantile(solved.by_time, at, axis=0)
        steps = np.arange(frames.TIMING_STEPS + 1)
        knots = steps[::KNOT]
        for side, table in enumerate(quantiles):
            ends[side] = np.concatenate([np.interp(steps, knots, column) for column in table.T])
    share = timing["probability"]
    return timing.assign(low=ends[0], high=ends[1], mc_low=share, mc_high=share)


def _coverage(empty: Accumulator, may_be: Reach, solved: Solution) -> pd.DataFrame:
    """What may fire counts as seen once, so that `reach` says so; then counts are taken out."""
    empty.total.fired[:] = solved.fired
    empty.total.taken[:] = solved.taken
    table = coverage(empty, may_be, varies=False, level=LEVEL)  # intervals are taken out below
    table["probability"] = np.nan
    table[[name for name in map(str, table) if "low" in name or "high" in name]] = np.nan
    return _uncounted(table, "started", "fired", "n", "asked")


def _missing(length: int) -> Any:
    return pd.array([None] * length, dtype="Int64")


def _uncounted(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    for column in columns:
        table[column] = _missing(len(table))
    return table
