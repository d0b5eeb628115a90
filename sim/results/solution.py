"""What the exact engine leaves of a run: probabilities instead of counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.model import Model
from sim.model.time_grid import equal_steps
from sim.results.frames import TIMING_STEPS

Floats = NDArray[np.float64]
KNOT = 20  # times of `timing_grid` from one at which each draw is kept to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Probabilities by draw (a row each), and over time averaged over the draws."""

    outcomes: Floats  # (draws, outcomes)
    outcome_error: Floats  # how far off each may be
    endings: Floats  # (draws, endings)
    ending_error: Floats
    timing: Floats  # (times of `timing_grid`, outcomes)
    by_time: Floats  # (draws, every KNOT-th of these times, outcomes)
    rungs: Floats  # (the same times, levels of all ladder variables in order)
    fired: NDArray[np.bool_]  # a transition: whether it has a chance to fire in some draw
    taken: NDArray[np.bool_]  # an option, all transitions' in order: likewise


def timing_grid(model: Model) -> Floats:
    """The times, in seconds, at which `Results.timing` is read."""
    return np.array(equal_steps(model.horizon, TIMING_STEPS))
