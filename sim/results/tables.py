"""The tables of a run, documented once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.provenance import Provenance

# in the order in which they are written; a run without rows a path has no `paths`, and so on
NAMES = (
    "outcomes",
    "endings",
    "draws",
    "shares",
    "coverage",
    "rungs",
    "timing",
    "paths",
    "events",
    "track",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTables:
    """What a run found, as data frames. Times are in days; draws and paths count from 0.

    `sim.results.csv_files` says how they are written.

    outcomes   index `outcome`; n: paths, hits: those in which it happened, probability: hits / n,
               over parameters and chance. Parameter uncertainty: low, high: the 5 % and 95 %
               quantiles of the probability over draws, with the noise of finite paths removed;
               low_se, high_se: their standard errors; band: resolved, unresolved (paths or draws
               are too few to tell: low and high are missing), none (no parameter is uncertain) or
               exact. Sampling error of `probability`: mc_low, mc_high: 90 % interval (Wilson's, n
               divided by the design effect of the draws), mc_se: standard error. reach: seen, or
               else possible or impossible, as reachability proves (delays and probabilities
               ignored). upper: where no path hit, the upper end of the sampling interval; where
               the band is unresolved, what its upper end is below; else missing. likelihood: one
               of seven words; confidence: low, moderate, high
               (`sim.analysis.estimates.likelihood`). median_time: over the hits, missing if there
    are none; title: what a reader calls it. endings    index `ending`; the columns of outcomes,
    without median_time. draws      index `draw`: one row a finished draw, one column a parameter,
               under its own name (durations in days, choices by name).
    shares     index `draw`; n: its paths, outcome__<name>, ending__<name>: shares of them.
    coverage   one row a transition, and one an option (`name` is transition.option): kind, name,
               origin, started, fired: paths in which its clock started (missing for options), in
               which it fired or was taken; n, probability: fired / n, low, high, mc_low,
               mc_high: as for outcomes (low, high by variance-corrected shrinkage, no error);
               asked: of the answer to a treaty's clause, or its lapse (transition and options), the
               paths in which the clause was called, and asked_low, asked_high, asked_mc_low,
               asked_mc_high: likewise of fired / asked (Kish's ratio estimate, since draws call
               unequally often); missing for all else, and where it was never called; reach: seen,
               possible or impossible.
    rungs      variable, ladder, rung (0 lowest), level, time (101 of them), paths: how many are
               there then, n, share. A stopped path stays where it is.
    timing     outcome, time (501 of them), hits: paths in which it has happened by then, n,
               probability: hits / n, low, high, mc_low, mc_high: as for outcomes. As paths are
               censored at the horizon only, this is the cumulative incidence with competing
               endings (Aalen-Johansen).
    paths      draw, path, ending, end_time, censored: it ran to the horizon, n_events,
               time__<outcome>: missing where it did not happen. None when left out.
    events     draw, path, seq, time, transition, option (missing where there is no choice,
               `nothing` where none was available), probability: of the option taken, actor (missing
               for the world's), origin, cause: seq of the event its clock started after, missing at
               t = 0. None when not kept.
    track      draw, path, variable, time, value, number: see `sim.experiment.tracks.track`. None
               unless variables were tracked.
    """

    outcomes: pd.DataFrame
    endings: pd.DataFrame
    draws: pd.DataFrame
    shares: pd.DataFrame
    coverage: pd.DataFrame
    rungs: pd.DataFrame
    timing: pd.DataFrame
    paths: pd.DataFrame | None
    events: pd.DataFrame | None
    track: pd.DataFrame | None = None
    provenance: Provenance

    @property
    def n(self) -> int:
        """How many paths there are, in all finished draws."""
        return self.provenance.draws * self.provenance.paths

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables this run has, by name, in the order in which they are written."""
        return {name: getattr(self, name) for name in NAMES if getattr(self, name) is not None}
