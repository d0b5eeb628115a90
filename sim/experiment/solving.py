"""A run without sampling: the exact engine's probabilities, draw by draw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import UsageError
from sim.experiment.work import Stop, interruptible
from sim.results.solution import KNOT, Solution, timing_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiment.plan import Plan
    from sim.model.model import Model


def solve(model: Model, values: NDArray[np.float64], plan: Plan) -> Solution:
    """Solve every draw, until the end or Ctrl-C.

    Raises NotApplicable, with the reason, where a delay is neither exponential nor none, and
    KeyboardInterrupt where Ctrl-C came before the first draw was solved.
    """
    from sim.engines import exact

    if plan.events:
        raise UsageError("events: the exact engine simulates no paths, so there are none to keep")
    found: list[exact.Exact] = []
    # 0-dimensional zeros take the shape of the first curve that is added to them
    timing = rungs = np.zeros(())
    with interruptible() as interruption:
        try:
            solved = exact.solve(model, values, times=timing_grid(model))
            for one in interruption.each(solved):
                # all curves of each draw would fill the memory: of most times the mean is enough
                found.append(replace(one, curves=one.curves[::KNOT], rungs=np.zeros(0)))
                timing, rungs = timing + one.curves, rungs + one.rungs
        except Stop:
            if not found:  # there is nothing whose shape a table could take
                raise KeyboardInterrupt from None
    return Solution(
        outcomes=np.array([one.outcomes for one in found]),
        outcome_error=np.array([one.outcome_error for one in found]),
        endings=np.array([one.endings for one in found]),
        ending_error=np.array([one.ending_error for one in found]),
        timing=timing / len(found),
        by_time=np.array([one.curves for one in found]),
        rungs=rungs / len(found),
        fired=np.any([one.fired for one in found], axis=0),
        taken=np.any([one.taken for one in found], axis=0),
    )
