"""The tables of a run, documented once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.reach.reachability import reach
from sim.results import tables
from sim.results.coverage import coverage
from sim.results.tally import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the tables come from: enough to make them again."""

    scenario: str
    title: str
    question: str
    under: str  # the interventions applied, "a+b"; empty for the scenario as written
    engine: str
    seed: int
    draws: int  # finished
    draws_asked: int
    paths: int  # in each draw
    horizon: float  # days
    start: date | None  # the calendar date of day 0
    headlines: tuple[str, ...]  # outcomes marked so
    interval: str  # "sampling": what we do not know is not in low and high; "exact": error bound
    arguments: Mapping[str, object]
    versions: Mapping[str, str]
    files: Mapping[str, str]  # SHA-256 of every scenario file read

    @property
    def interrupted(self) -> bool:
        """Whether fewer draws were finished than asked for."""
        return self.draws < self.draws_asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a run found, as data frames. Times are in days; draws and paths count from 0.

    outcomes   index `outcome`; n: paths, hits: those in which it happened, probability: hits / n,
               low, high: 90 % interval for sampling only (Wilson's, n divided by the design effect
               of the draws), median_time: over the hits, missing if there are none; reach: seen, or
               else possible or impossible, as reachability proves with waits and odds ignored;
               title: what a reader calls it.
    endings    index `ending`; n, hits, probability, low, high, reach, title.
    draws      one row a finished draw: draw, n, parameter.<name> (durations in days, choices by
               name), share.<outcome>, ending.<name>: shares of its n paths.
    coverage   one row a transition, and one an option (`name` is transition.option): kind, name,
               origin, started, fired: paths in which its clock started (missing for options), in
               which it fired or was taken; n; low, high: 90 % interval of fired / n, as for
               outcomes; asked: of the answer to a treaty's clause (its transition and options), the
               paths in which the clause was called, and asked_low, asked_high: 90 % interval of
               fired / asked, likewise (Kish's ratio estimate, since draws call unequally often);
               missing for all else, and where it was never called; reach: seen, possible or
               impossible.
    rungs      variable, ladder, rung (0 lowest), level, time (101 of them), paths: how many are
               there then, n, share. A stopped path stays where it is.
    timing     outcome, time (501 of them), hits: paths in which it has happened by then, n,
               probability: hits / n. As paths are censored at the horizon only, this is the
               cumulative incidence with competing endings (Aalen-Johansen).
    paths      draw, path, ending, end_time, censored: it ran to the horizon, n_events,
               time.<outcome>: missing where it did not happen. None when left out.
    events     draw, path, seq, time, transition, option (missing where there is no choice,
               `nothing` where none was available), probability: of the option taken, actor (missing
               for the world's), origin, cause: seq of the event its clock started after, missing at
               t = 0. None when not kept.
    """

    outcomes: pd.DataFrame
    endings: pd.DataFrame
    draws: pd.DataFrame
    coverage: pd.DataFrame
    rungs: pd.DataFrame
    timing: pd.DataFrame
    paths: pd.DataFrame | None
    events: pd.DataFrame | None
    provenance: Provenance

    @property
    def n(self) -> int:
        """How many paths there are, in all finished draws."""
        return self.provenance.draws * self.provenance.paths

    @property
    def not_seen(self) -> list[str]:
        """Names of the transitions and options that no path came to."""
        return [str(name) for name in self.coverage.loc[self.coverage["reach"] != "seen", "name"]]

    def summary(self) -> dict[str, object]:
        """The estimates as plain numbers, None where there is none: what `--json` prints."""
        about = self.provenance
        outcomes = {
            name: {
                **_estimate(row),
                "n": _count(row["n"]),
                "median_time": None if isnan(row["median_time"]) else float(row["median_time"]),
            }
            for name, row in self.outcomes.iterrows()
        }
        return {
            "scenario": about.scenario,
            "engine": about.engine,
            "seed": about.seed,
            "draws": about.draws,
            "n": None if about.interval == "exact" else self.n,
            "interval": about.interval,
            "outcomes": outcomes,
            "endings": {name: _estimate(row) for name, row in self.endings.iterrows()},
        }

    def save(self, directory: str | Path, *, also: Callable[[Path], None] | None = None) -> Path:
        """Write every table as CSV, and manifest.json; see `sim.results.saved.save`."""
        from sim.results.saved import save

        return save(self, directory, also=also)

    @staticmethod
    def load(directory: str | Path) -> Results:
        """The results saved in a directory, equal to what was saved."""
        from sim.results.saved import load

        return load(directory)


def tabulate(ledger: Ledger, values: NDArray[np.float64], about: Provenance) -> Results:
    """Results of the finished draws of a ledger; `values` has the parameters, a row a draw."""
    varies = any(p.distribution.kind != "fixed" for p in ledger.model.parameters)
    may_be = reach(ledger.model)
    kept_events = about.arguments.get("events", False)
    return Results(
        outcomes=tables.outcomes(ledger, may_be, varies=varies),
        endings=tables.endings(ledger, may_be, varies=varies),
        draws=tables.draws(ledger, values),
        coverage=coverage(ledger, may_be, varies=varies),
        rungs=tables.rungs(ledger),
        timing=tables.timing(ledger),
        paths=tables.paths(ledger),
        events=tables.events(ledger) if kept_events else None,
        provenance=about,
    )


def _estimate(row: pd.Series) -> dict[str, float | int | None]:
    numbers: dict[str, float | int | None] = {
        name: None if isnan(row[name]) else float(row[name])
        for name in ("probability", "low", "high")
    }
    return {**numbers, "hits": _count(row["hits"])}


def _count(value: object) -> int | None:
    """A count; None where nothing was counted, as by the exact engine."""
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
