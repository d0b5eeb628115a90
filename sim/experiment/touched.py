"""Which paths of the baseline a changed model can touch: all others are its own paths as well.

Two models draw by the same names. As long as their states and clocks have been equal, the next
event of a path is the same in both, unless something came up that differs: a clock started whose
wait or speed differs, a condition held in one of the two only, a transition fired whose options
differ. What these are is known from the models (`watching.py`); whether it came up in a path is
looked up here, in the trace that the baseline's walk leaves. `docs/analyses.md` has the proof, case
by case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray

from sim.model.model import Model
from sim.model.transitions import Transition
from sim.results import PathBatch

Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Watched:
    """What has to come up in a path of the baseline for a changed model to part from it.

    What depends on parameters alone is in `drawn`: it matters in draws where one has another value.
    """

    all: bool = False
    not_before: float = inf  # seconds: a path that ends earlier never meets the added events
    fixed: CameUp = field(default_factory=lambda: CameUp())
    drawn: CameUp = field(default_factory=lambda: CameUp())
    differs: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))  # by draw

    def touched(self, piece: PathBatch, draw: int, outcomes: int) -> Bools:
        """Which paths of a piece the change can touch; `draw` is the position in `differs`.

        `outcomes` is how many the model has, before those that watch conditions.
        """
        trace = piece.trace
        assert trace is not None
        if self.all:
            return np.ones(len(piece.ending), np.bool_)
        # what is added is due from this moment on: a path that has ended does not meet it
        found: Bools = piece.end_time >= self.not_before
        for part in (self.fixed, *([self.drawn] if self.differs[draw] else [])):
            held = ~np.isnan(piece.outcome_time[:, outcomes:])
            for came, which in (
                (trace.started, part.started),
                (trace.fired, part.fired),
                (trace.taken, part.taken),
                (trace.parted, part.parted),
                (held, part.conditions),
            ):
                if which:
                    found |= came[:, sorted(which)].any(axis=1)
        return found


@dataclass(slots=True)
class CameUp:
    """Ranks, numbers of options, of other choices and of watched conditions."""

    started: set[int] = field(default_factory=set)
    fired: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    parted: set[int] = field(default_factory=set)
    conditions: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to watch in the baseline for several changed models at once."""

    model: Model  # the baseline's, with an outcome for each condition that is watched
    others: tuple[tuple[int, Transition], ...]  # transitions otherwise weighed, by rank
    twins: tuple[Watched, ...]
