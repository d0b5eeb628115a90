"""The run given that an outcome came: what else happened in those of its paths in which it did."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.parameter_band import parameter_band
from sim.analysis.statistics.intervals import clustered, standard_error, wilson
from sim.analysis.statistics.resampling import generator, significant
from sim.errors import NotApplicable, UsageError, unknown
from sim.results.level import LEVEL
from sim.results.tables import RunTables

LEAST = 200  # hits of the condition, below which there are counts and no estimates
ESTIMATED = ("probability", "low", "high", "low_se", "high_se", "mc_low", "mc_high", "mc_se")
COLUMNS = ("kind", "name", "title", "n", "hits", *ESTIMATED, "band", "median_time", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a run says given that one of its outcomes came.

    table   one row an outcome (the condition left out) or ending: kind, name, title; n: paths in
            which the condition came; hits: those of them in which this came, too; probability:
            hits / n; low, high, low_se, high_se, band: parameter uncertainty, and mc_low, mc_high,
            mc_se: sampling error, as for outcomes of a run; median_time: days from the start, over
            the hits; after: how many of the hits came later than the condition. Of fewer than
            200 paths counts alone: the columns from probability to band are missing.
    """

    outcome: str
    title: str
    paths: int  # of the whole run
    n: int  # in which the condition came
    table: pd.DataFrame

    @property
    def sentence(self) -> str:
        """In how many paths it came, and whether that is enough to say more."""
        came = f"{self.title}: came in {self.n:,} of {self.paths:,} paths"
        if self.n >= LEAST:
            return f"{came}, which are all that is counted here."
        return f"{came}, fewer than {LEAST}: counts, no estimates. More --draws or --paths do it."


def given(results: RunTables, outcome: str, *, level: float = LEVEL) -> Given:
    """The run given that an outcome came.

    Raises UsageError for an unknown outcome, NotApplicable where the run kept no rows of its paths.
    """
    if outcome not in results.outcomes.index:
        raise UsageError(unknown("outcome", outcome, list(map(str, results.outcomes.index))))
    if results.paths is None:
        raise NotApplicable(f"given {outcome}: the run kept no paths; --keep-paths keeps them")
    came = results.paths[results.paths[f"time__{outcome}"].notna()]
    titles = results.outcomes["title"]
    rows: list[dict[str, Any]] = []
    for name in map(str, titles.index):
        if name != outcome:
            own = came[f"time__{name}"].to_numpy()
            after = own > came[f"time__{outcome}"].to_numpy()
            row = {"kind": "outcome", "name": name, "title": str(titles[name])}
            found = _estimate(results, came, ~np.isnan(own), outcome, row, level)
            times = {"median_time": _median(own), "after": int(after.sum())}
            rows.append({**row, **found, **times})
    for ending, title in results.endings["title"].items():
        row = {"kind": "ending", "name": str(ending), "title": str(title)}
        ended = (came["ending"] == ending).to_numpy()
        found = _estimate(results, came, ended, outcome, row, level)
        median = _median(came["end_time"].to_numpy()[ended])
        rows.append({**row, **found, "median_time": median, "after": pd.NA})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table = table.astype(
        {**dict.fromkeys(("kind", "name", "title", "band"), "str"), "after": "Int64"}
    )
    return Given(
        outcome=outcome,
        title=str(titles[outcome]),
        paths=len(results.paths),
        n=len(came),
        table=significant(table),
    )


def _median(days: NDArray[np.float64]) -> float:
    known = days[~np.isnan(days)]
    return float(np.median(known)) if len(known) else np.nan


def _estimate(
    results: RunTables,
    came: pd.DataFrame,
    hit: NDArray[np.bool_],
    outcome: str,
    row: dict[str, str],
    level: float,
) -> dict[str, Any]:
    """Counts of hits among the paths of the condition, and both layers where these are enough."""
    found: dict[str, Any] = {"n": len(came), "hits": int(hit.sum())}
    if len(came) < LEAST:
        return found | dict.fromkeys(ESTIMATED, np.nan) | {"band": "unresolved"}
    # draws in which the condition never came have no share of it
    draws, of_draw = np.unique(came["draw"].to_numpy(), return_inverse=True)
    sizes = np.bincount(of_draw, minlength=len(draws)).astype(np.float64)
    hits = np.bincount(of_draw, weights=hit, minlength=len(draws))
    varies = bool((results.outcomes["band"] != "none").any())
    if varies and len(draws) > 1:
        # draws in which the condition is likely weigh more, as they do in the condition
        _, low, high = clustered(hits, sizes, level)
    else:
        low, high = wilson(hits.sum(), sizes.sum(), level)
    error = standard_error(hits, sizes, low, high, clusters=varies, level=level)
    found |= {"probability": float(hits.sum() / sizes.sum())}
    found |= {"mc_low": float(low), "mc_high": float(high), "mc_se": float(error)}
    if not varies:
        return (
            found | dict.fromkeys(("low", "high", "low_se", "high_se"), np.nan) | {"band": "none"}
        )
    seed = generator(results.provenance.seed, "given", f"{outcome}.{row['kind']}.{row['name']}")
    band = parameter_band(hits, sizes, level=level, seed=seed)
    ends = {name: getattr(band, name) for name in ("low", "high", "low_se", "high_se")}
    return found | ends | {"band": band.status}
