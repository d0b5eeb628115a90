"""The tables of a run, documented once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results.columns import described

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

    outcomes   a row an outcome: probability, parameter uncertainty, sampling error, words
    endings    the same of endings; every path has exactly one
    draws      a row a finished draw, a column a parameter under its own name
    shares     a row a draw: in which share of its paths each outcome and ending came
    coverage   a row a transition and an option: how often each was reached and taken
    rungs      how many paths are at each level of each ladder, at 101 times
    timing     the probability of each outcome by 501 times: as paths are censored at the horizon
               only, the cumulative incidence with competing endings (Aalen-Johansen)
    paths      a row a path: how and when it ended, when each outcome came; None when left out
    events     a row an event; None when not kept
    track      a row a change of a tracked variable (`sim.experiment.tracks.track`), or None

    What each column means, with its unit: `columns`. An interval of `coverage` has low and high by
    variance-corrected shrinkage, and of `fired / asked` by Kish's ratio estimate, since draws call
    a clause unequally often.
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

    @property
    def columns(self) -> pd.DataFrame:
        """What each column of each table means, and its unit: index `table`, `column`."""
        return described(self.frames(), self.provenance.level)

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables this run has, by name, in the order in which they are written."""
        return {name: getattr(self, name) for name in NAMES if getattr(self, name) is not None}
