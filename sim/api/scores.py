"""Scores as a user gets them: of one run, or of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.analysis.scoring.cases import Case
from sim.analysis.scoring.comparison import against_rivals
from sim.analysis.scoring.questions import questions
from sim.analysis.statistics.reliability import (
    Decomposition,
    brier_parts,
    consistency,
    pit_histogram,
)
from sim.analysis.statistics.resampling import generator, significant
from sim.errors import UsageError
from sim.model.model import Model
from sim.results.level import LEVEL, require_level

if TYPE_CHECKING:
    from sim.api.sourced import SourcedTables
    from sim.scenario import Happened, Scenario

BINS = 5  # of PIT values: few cases
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)  # of simulated times, in the chart


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What happened, held against one run or several.

    questions: one row an outcome or ending (`sim.analysis.scoring.questions`); rivals: the model
    against each rival (`sim.analysis.scoring.comparison`); reliability: one row a probability said
    (`sim.analysis.statistics.reliability`), all outcomes taken for independent; pit: one row a bin
    of PIT values (low, high, share; 1 / bins each if calibrated); calibration: the mean Brier score
    in its parts, with sharpness and Spiegelhalter's test; None where no outcome is known. level:
    the mass of every interval.
    """

    questions: pd.DataFrame
    rivals: pd.DataFrame
    reliability: pd.DataFrame
    pit: pd.DataFrame
    calibration: Decomposition | None
    level: float

    @property
    def cases(self) -> int:
        """How many runs were scored."""
        return int(self.questions["number"].nunique())


def scores(cases: Sequence[Case], *, level: float | None = None) -> Scores:
    """All tables of some cases; intervals at their level. Raises UsageError where levels differ."""
    found, mass = questions(cases), _level(cases) if level is None else require_level(level)
    asked = found[(found["kind"] == "outcome") & found["happened"].notna()]
    said, happened = (asked[one].to_numpy(dtype=np.float64) for one in ("probability", "happened"))
    random = generator(1, "score", "reliability")
    low, high = (asked[one].to_numpy(dtype=np.float64) for one in ("pit_low", "pit_high"))
    shares = pit_histogram(low, high, BINS) if len(asked) else np.full(BINS, np.nan)
    edges = np.arange(BINS + 1) / BINS
    known = len(asked) > 0
    columns = ["said", "n", "happened", "calibrated", "low", "high"]
    return Scores(
        questions=found,
        rivals=against_rivals(found, level=mass),
        reliability=significant(consistency(said, happened, level=mass, random=random))
        if known
        else pd.DataFrame(columns=columns),
        pit=significant(pd.DataFrame({"low": edges[:-1], "high": edges[1:], "share": shares})),
        calibration=brier_parts(said, happened) if known else None,
        level=mass,
    )


def _level(cases: Sequence[Case]) -> float:
    levels = sorted({case.run.provenance.level for case in cases})
    if len(levels) > 1:
        told = " and ".join(f"{one:g}" for one in levels)
        raise UsageError(f"score: the runs have intervals of the levels {told}; give runs of one")
    return levels[0] if levels else LEVEL


def simulated_times(cases: Sequence[Case], asked: pd.DataFrame) -> pd.DataFrame:
    """One row an outcome that happened: label, q05 ... q95 of the simulated times, the record.

    Times in days, of the paths in which it happened within the window; outcomes that happened in
    none are left out. Further columns probability, earliest, latest.
    """
    rows = []
    for number, case in enumerate(cases):
        about = case.run.provenance
        own = asked[(asked["number"] == number) & (asked["kind"] == "outcome")]
        for _, row in own[own["happened"] == 1].iterrows():
            forecast = case.forecast(str(row["question"]))
            inside = forecast.times <= case.window
            times, heights = forecast.times[inside], forecast.heights[inside]
            if not len(times) or heights[-1] <= 0:
                continue
            shares = np.array(QUANTILES) * heights[-1]
            at = np.minimum(np.searchsorted(heights, shares), len(times) - 1)
            found = dict(zip(("q05", "q25", "q50", "q75", "q95"), times[at], strict=True))
            label = f"{about.title}: {row['title']}" if len(cases) > 1 else str(row["title"])
            record = {name: row[name] for name in ("probability", "earliest", "latest")}
            rows.append({"label": label, **found, **record})
    names = ["label", "q05", "q25", "q50", "q75", "q95", "probability", "earliest", "latest"]
    return pd.DataFrame(rows, columns=names)


def case_of(
    results: SourcedTables, scenario: Scenario | None = None, happened: Happened | None = None
) -> Case:
    """A run as a case; its record from the scenario unless one is given. Raises UsageError."""
    source = scenario if scenario is not None else results.source
    if source is None or isinstance(source, Model):
        raise UsageError("score: of results that were loaded, give the scenario as well")
    return Case(scenario=source, run=results, happened=record_of(source, happened))


def record_of(scenario: Scenario, happened: Happened | None = None) -> Happened:
    """What happened: as given, or as the scenario says. Raises UsageError where nobody says it."""
    record = happened if happened is not None else scenario.declared.happened
    if record is None:
        raise UsageError(
            f"{scenario.file}: does not say what happened (no `happened`), so there is nothing to "
            "score"
        )
    return record


def case_with(
    results: SourcedTables, file: str | PathLike[str] | None, source: Scenario | Model | None
) -> Case:
    """A run of `source` as a case, its record from a file unless that is None.

    Raises UsageError where the two do not belong together, or where nothing says what happened.
    """
    from sim.scenario import load_record

    if file is None:
        return case_of(replace(results, source=source))
    if source is None or isinstance(source, Model):
        raise UsageError("score: these results have no scenario; give their run directory")
    return case_of(results, source, load_record(file, source))
