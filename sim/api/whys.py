"""Why an outcome came about: routes, importance, cut sets and forks of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.causes.chains import chains
from sim.analysis.causes.cut_sets import cut_sets
from sim.analysis.causes.cuts import cuts
from sim.analysis.causes.forks import Sample, forks, sample_weights
from sim.analysis.causes.importance import importance, membership
from sim.analysis.causes.routes import DEPTHS, ranked, reaching, walked_again
from sim.analysis.statistics.intervals import level_of
from sim.errors import require_int
from sim.experiment.plan import Plan
from sim.model.model import Model
from sim.results import NEVER
from sim.results.histories import Histories
from sim.results.provenance import Provenance
from sim.results.tables import RunTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why an outcome came about in a run.

    routes      by depth (column `depth`: clauses, origins, options) what `Results.routes` gives.
    importance  of each clause, move, event and option; see `sim.analysis.causes.importance`.
    cut_sets    the few links that most routes go through; see `sim.analysis.causes.cut_sets`.
    forks       at which decisions the paths part; see `sim.analysis.causes.forks`.
    cuts        drop and rise of the most important elements; None unless asked for; see
                `sim.analysis.causes.cuts`.
    """

    outcome: str
    title: str
    hits: int
    n: int
    routes: pd.DataFrame
    importance: pd.DataFrame
    cut_sets: pd.DataFrame
    forks: pd.DataFrame
    cuts: pd.DataFrame | None
    provenance: Provenance
    seconds: Mapping[str, float]  # what each part took

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables by the name of their file."""
        found = {
            "": self.routes,
            "-importance": self.importance,
            "-cut_sets": self.cut_sets,
            "-forks": self.forks,
        }
        if self.cuts is not None:
            found["-cuts"] = self.cuts
        return {f"why-{self.outcome}{part}": table for part, table in found.items()}

    def __repr__(self) -> str:
        """One line: the outcome, how often it was reached, by how many routes."""
        origins = self.routes[self.routes["depth"] == "origins"]
        return f"<Why {self.outcome}: {self.hits:,} of {self.n:,} paths, {len(origins):,} routes>"

    def summary(self) -> dict[str, Any]:
        """All tables as plain numbers, None where there is none: what `--json` prints."""
        tables = {
            "routes": self.routes,
            "importance": self.importance,
            "cut_sets": self.cut_sets,
            "forks": self.forks,
            **({} if self.cuts is None else {"cuts": self.cuts}),
        }
        rows = {name: _rows(table) for name, table in tables.items()}
        return {"outcome": self.outcome, "hits": self.hits, "n": self.n, **rows}


def whys(
    model: Model,
    results: RunTables,
    outcomes: Sequence[str],
    *,
    cut: int = 0,
    level: float | None = None,
    workers: int | None = None,
) -> list[Why]:
    """`Why` of each outcome; the paths that reach any of them are walked again once."""
    require_int("cut", cut, 0)
    mass = level_of(results, level)
    clock = _Clock({})
    reached = reaching(results, outcomes)
    weights = {outcome: sample_weights(results, outcome) for outcome in outcomes}
    # all paths that any question is about in one walk: tables are filled once
    wanted = np.any([reached, *(weight > 0 for weight in weights.values())], axis=0)
    histories = walked_again(model, results, wanted, threads=workers)
    clock.note("walking")
    walked = _Walked(model=model, results=results, histories=histories, level=mass)
    found = []
    for outcome in outcomes:
        about = _why(walked, outcome, weights[outcome][wanted], clock)
        if cut:
            threads = Plan(workers=workers).crew
            table = about.importance
            effects = cuts(model, results, outcome, table, cut, level=mass, threads=threads)
            clock.note("cuts")
            about = replace(about, cuts=effects, seconds=dict(clock.seconds))
        found.append(about)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    """A run, and the paths of it that were walked again."""

    model: Model
    results: RunTables
    histories: Histories
    level: float


def _why(walked: _Walked, outcome: str, weight: NDArray[np.float64], clock: _Clock) -> Why:
    """All but the cuts; `weight` says which of the paths walked again `forks` looks at."""
    model, results, level = walked.model, walked.results, walked.level
    found = chains(model, walked.histories, outcome)
    # the chains are found once; a depth only says what of them is told
    tables = [ranked(found, results, depth, level=level) for depth in DEPTHS]
    routes = pd.concat(dict(zip(DEPTHS, tables, strict=True)), names=["depth"]).reset_index("depth")
    clock.note("routes")
    # which chain has which element: the longest step, and both tables below need it
    made = membership(found)
    important = importance(found, results, level=level, made=made)
    sets = cut_sets(found, results, level=level, made=made)
    clock.note("importance")
    reached = walked.histories.outcome_event[:, model.names.outcomes[outcome]] != NEVER
    looked_at = Sample(histories=walked.histories, reached=reached, weight=weight)
    parted = forks(model, looked_at, results, outcome, level=level)
    clock.note("forks")
    return Why(
        outcome=outcome,
        title=str(results.outcomes.loc[outcome, "title"]),
        hits=len(found.chain),
        n=results.n,
        routes=routes,
        importance=important,
        cut_sets=sets,
        forks=parted,
        cuts=None,
        provenance=results.provenance,
        seconds=dict(clock.seconds),
    )


class _Clock:
    """How long each part takes."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds, self.last = seconds, perf_counter()

    def note(self, part: str) -> None:
        """All time since the last part was this one's."""
        now = perf_counter()
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self.last
        self.last = now


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON has them."""
    columns = {name: table[name].astype(object).where(table[name].notna(), None) for name in table}
    found: list[dict[str, Any]] = pd.DataFrame(columns).to_dict("records")  # type: ignore[assignment]
    return found
