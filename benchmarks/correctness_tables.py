"""How the correctness page runs scenarios and reads tables of a run.

Everything goes through public doors: scenario files, `sim.load`, `sim.run`, `sim.compare`. Only
this file knows names of columns: a change of the tables is mended here and nowhere else.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

import sim

GRID = 2.0**-20  # seconds; times may be rounded to whole multiples of this
DAY = 86_400.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was measured for one claim."""

    numbers: dict[str, Any]  # goes into the JSON file and, from there, onto the page
    drawn: Any  # what the picture needs
    failed: list[str] = field(default_factory=list)  # sentences; empty if the claim holds


def failures(*checks: tuple[bool, str]) -> list[str]:
    """The sentences of the checks that do not hold."""
    return [sentence for holds, sentence in checks if not holds]


def run(scenario: sim.Scenario, **more: Any) -> sim.Results:
    """A run on one process without a progress bar."""
    return sim.run(scenario, **{"workers": 1, "progress": False, "seed": 1, **more})


def exactly(scenario: sim.Scenario, draws: int = 1, seed: int = 1) -> sim.Results:
    """The same scenario solved by the exact engine."""
    # Its tables count nothing, so shares of nothing are computed on the way: no warning is meant.
    with np.errstate(divide="ignore", invalid="ignore"):
        return run(scenario, engine="exact", draws=draws, paths=1, seed=seed)


def shares(results: sim.Results) -> pd.DataFrame:
    """Probability of each outcome in each draw: one row a draw, one column an outcome."""
    columns = {f"outcome__{name}": name for name in results.outcomes.index}
    return results.shares[list(columns)].rename(columns=columns).astype(float)


def drawn_values(results: sim.Results, name: str) -> pd.Series:
    """Value of one parameter in each draw."""
    return results.draws[name]


def interval(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The 90 % interval for sampling error of each row."""
    return table["mc_low"].to_numpy(), table["mc_high"].to_numpy()


def events(results: sim.Results) -> pd.DataFrame:
    """One row an event: draw, path, time in days, transition, option, probability, actor, cause."""
    assert results.events is not None, "run with events=True"
    return results.events
