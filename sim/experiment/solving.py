"""Runs and comparisons without sampling: the exact engine's probabilities as the usual tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.errors import UsageError
from sim.experiment.work import Stop, interruptible
from sim.results.results import Results
from sim.results.solved import Solved, tabulate_solved, timing_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiment.runs import Plan
    from sim.model.model import Model
    from sim.results.results import Provenance

EXACT = "exact"


def solved(model: Model, values: NDArray[np.float64], plan: Plan, about: Provenance) -> Results:
    """Solve every draw; `about` is corrected for what an exact run does not have.

    Raises NotApplicable, with the reason, where a delay is neither exponential nor none.
    """
    from sim.engines.exact import Exact, solve

    if plan.events:
        raise UsageError("events: the exact engine walks no paths, so there are none to keep")
    found: list[Exact] = []
    timing = rungs = np.zeros(())
    with interruptible() as interruption:
        try:
            for one in solve(model, values, times=timing_grid(model)):
                found.append(replace(one, curves=np.zeros(0), rungs=np.zeros(0)))
                timing, rungs = timing + one.curves, rungs + one.rungs
                interruption.check()
        except Stop:
            pass
    done = len(found)
    tables = Solved(
        outcomes=np.array([one.outcomes for one in found]),
        outcome_error=np.array([one.outcome_error for one in found]),
        endings=np.array([one.endings for one in found]),
        ending_error=np.array([one.ending_error for one in found]),
        timing=timing / done,
        rungs=rungs / done,
        fired=np.any([one.fired for one in found], axis=0),
        taken=np.any([one.taken for one in found], axis=0),
    )
    provenance = replace(about, interval=EXACT, draws=done, paths=0)
    return tabulate_solved(model, tables, values[:done], provenance)


def difference(name: str, baseline: Results, twin: Results) -> pd.DataFrame:
    """The rows of `Comparison.table` for an exact twin: nothing was counted, so no pairs."""
    before, after = baseline.outcomes, twin.outcomes
    gap = (after["probability"] - before["probability"]).to_numpy()
    width = sum((table["high"] - table["low"]).to_numpy() / 2 for table in (before, after))
    missing = pd.array([None] * len(gap), dtype="Int64")
    return pd.DataFrame(
        {
            "twin": pd.Series([name] * len(gap), dtype="str"),
            "outcome": pd.Series(before.index, dtype="str"),
            "n": missing,
            "baseline": before["probability"].to_numpy(),
            "probability": after["probability"].to_numpy(),
            "difference": gap,
            "low": gap - width,
            "high": gap + width,
            **dict.fromkeys(("gained", "lost", "differ", "changed"), missing),
        }
    )
