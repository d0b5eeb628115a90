"""What sensitivity is asked of: one number a draw, and how noisy finite paths make it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import UsageError, unknown
from sim.results.tables import RunTables

Floats = NDArray[np.float64]
# what is asked -> what a reader calls it
KINDS = {
    "probability": "probability",
    "time": "mean time (days; paths without it count with the horizon)",
    "rung": "highest rung (0 is the lowest; mean over paths)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One number in every draw: the mean over its paths of something each path has."""

    name: str  # of the outcome, or of the state variable whose rungs are meant
    of: str  # a key of KINDS
    title: str
    value: Floats  # by draw
    noise: Floats  # by draw: the variance that `value` has because paths are finite; NaN: unknown
    paths: int  # in each draw; 0 where nothing was sampled
    # of one path, whatever the draw: the target is 0 or 1 a path, so it may be never or always seen
    share: bool = False

    @property
    def variance(self) -> float:
        """Of `value` over draws."""
        return float(self.value.var(ddof=1)) if len(self.value) > 1 else 0.0

    @property
    def reliability(self) -> float:
        """The part of the variance over draws that is not noise of finite paths; may be below 0."""
        return 1 - float(self.noise.mean()) / self.variance if self.variance > 0 else 0.0


def probability(run: RunTables, outcome: str) -> Target:
    """The share of a draw's paths in which the outcome happens.

    Its noise is share (1 - share) / (n - 1), the unbiased estimate of p (1 - p) / n; of a solution
    there is none.
    """
    _require(run, outcome)
    share = run.shares[f"outcome__{outcome}"].to_numpy(np.float64)
    paths = 0 if run.provenance.interval == "exact" else run.provenance.paths
    noise = share * (1 - share) * _per(paths)
    return _target(run, outcome, "probability", share, noise, paths, share=True)


def time(run: RunTables, outcome: str) -> Target:
    """The mean over paths of the time to the outcome, the horizon where it does not happen.

    This is the restricted mean time (Royston and Parmar, BMC Med. Res. Methodol. 13 (2013), 152).
    Raises UsageError for a run without rows of paths.
    """
    _require(run, outcome)
    if run.paths is None or run.provenance.interval == "exact":
        raise UsageError(
            "time: this run kept no row for each path; run it again with --keep-paths"
            if run.provenance.interval != "exact"
            else "time: a solution has no paths, so no times; run with another engine"
        )
    horizon = run.provenance.horizon
    times = run.paths[f"time__{outcome}"].fillna(horizon)
    by_draw = times.groupby(run.paths["draw"].to_numpy())
    paths = run.provenance.paths
    # one path has no spread; what it has is unknown and not 0
    noise = by_draw.var(ddof=1).to_numpy(np.float64) / paths
    return _target(run, outcome, "time", by_draw.mean().to_numpy(np.float64), noise, paths)


def rung(peaks: pd.DataFrame, variable: str, title: str, paths: int) -> Target:
    """The mean over a draw's paths of the highest rung; `peaks` as `sim.experiment.peak_rungs`."""
    own = peaks[peaks["variable"] == variable]
    return Target(
        name=variable,
        of="rung",
        title=title,
        value=own["mean"].to_numpy(np.float64),
        noise=own["variance"].to_numpy(np.float64) / paths,
        paths=paths,
    )


def cannot_tell(draws: pd.DataFrame, target: Target) -> str:
    """Why nothing can be said about what the target hangs on, as a sentence; else nothing."""
    if not len(draws.columns):
        return "The scenario has no uncertain parameter, so it hangs on none."
    if len(target.value) < 2:
        return "There is one draw only: run at least 20 draws to see what parameters do."
    if target.share and target.value.max() == 0:
        return "It was not seen in any path, so nothing can be told about what it hangs on."
    if target.share and target.value.min() == 1:
        return "It was seen in every path, so nothing can be told about what it hangs on."
    if target.variance == 0:
        return "It is the same in every draw, so nothing can be told about what it hangs on."
    if len(target.value) < LEAST_DRAWS:
        return f"There are {len(target.value)} draws: too few; run at least {LEAST_DRAWS}."
    return ""


LEAST_DRAWS = 20  # fewer cannot hold ten slices of a parameter's range


def _per(paths: int) -> float:
    """1 / (n - 1); no noise without sampling, an unknown one of a single path."""
    if paths == 0:
        return 0.0
    return 1 / (paths - 1) if paths > 1 else np.nan


def _require(run: RunTables, outcome: str) -> None:
    if outcome not in run.outcomes.index:
        raise UsageError(unknown("outcome", outcome, [str(name) for name in run.outcomes.index]))


def _target(
    run: RunTables,
    outcome: str,
    of: str,
    value: Floats,
    noise: Floats,
    paths: int,
    *,
    share: bool = False,
) -> Target:
    title = str(run.outcomes["title"][outcome])
    return Target(
        name=outcome, of=of, title=title, value=value, noise=noise, paths=paths, share=share
    )
