"""Counts over paths, of one size however many paths there are, and the rows kept beside them."""

import numpy as np
from numpy.typing import NDArray

from sim.model.model import Model
from sim.results.walked import RUNG_TIMES, Firings, Walked

Counts = NDArray[np.int64]
BINS = 10_000  # of the time to the horizon, in which outcome times are counted


class Tally:
    """How many paths did what. `times[o, k]`: outcome o in bin k, (k - 1, k] / BINS of the time."""

    def __init__(self, model: Model) -> None:
        ladders = sum(v.size for v in model.variables if v.ladder is not None)
        options = sum(len(transition.options) for transition in model.transitions)
        self.horizon = model.horizon
        self.n = self.events = 0
        self.hits = np.zeros(len(model.outcomes), dtype=np.int64)
        self.ended = np.zeros(len(model.endings), dtype=np.int64)
        self.started = np.zeros(len(model.transitions), dtype=np.int64)
        self.fired = np.zeros(len(model.transitions), dtype=np.int64)
        self.taken = np.zeros(options, dtype=np.int64)
        self.rungs = np.zeros((RUNG_TIMES, ladders), dtype=np.int64)
        self.times = np.zeros((len(model.outcomes), BINS + 1), dtype=np.int64)

    def add(self, piece: Walked) -> None:
        """Count the paths of a piece."""
        happened = ~np.isnan(piece.outcome_time)
        self.n += len(piece.ending)
        self.events += int(piece.n_events.sum())
        self.hits += happened.sum(axis=0)
        self.ended += np.bincount(piece.ending, minlength=len(self.ended))
        self.started += piece.started
        self.fired += piece.fired
        self.taken += piece.taken
        self.rungs += piece.rungs
        for outcome, row in enumerate(self.times):
            times = piece.outcome_time[happened[:, outcome], outcome]
            np.add.at(row, bins(times, self.horizon), 1)

    def merge(self, other: "Tally") -> None:
        """Count another tally's paths too."""
        self.n += other.n
        self.events += other.events
        for name in ("hits", "ended", "started", "fired", "taken", "rungs", "times"):
            getattr(self, name)[...] += getattr(other, name)


def bins(times: NDArray[np.float64], horizon: float) -> Counts:
    """The bin of each time: 0 at t = 0, BINS at the horizon; a time at a bin's end is inside it."""
    return np.ceil(times / horizon * BINS - 1e-6).astype(np.int64)


class Ledger:
    """Takes the pieces of a run in order, and keeps what its tables need, of finished draws only.

    A draw is finished when all its paths have come. `rows` are the pieces themselves, kept only
    when asked for: they grow with the number of paths, the rest does not.
    """

    def __init__(self, model: Model, *, paths: int, keep: bool) -> None:
        self.model, self.paths, self.keep = model, paths, keep
        self.total = Tally(model)
        self.hits: list[Counts] = []  # one row a finished draw
        self.ended: list[Counts] = []
        self.rows: list[Walked] = []
        self.events: list[tuple[int, Firings]] = []  # (draw, its firings)
        self._begin()

    def _begin(self) -> None:
        self._draw = Tally(self.model)
        self._rows: list[Walked] = []
        self._events: list[tuple[int, Firings]] = []

    @property
    def draws(self) -> int:
        """How many draws are finished."""
        return len(self.hits)

    def add(self, piece: Walked) -> None:
        """Take the next piece."""
        self._draw.add(piece)
        if self.keep:
            self._rows.append(piece)
        if piece.events is not None:
            self._events.append((piece.draw, piece.events))
        if self._draw.n >= self.paths:
            self.total.merge(self._draw)
            self.hits.append(self._draw.hits)
            self.ended.append(self._draw.ended)
            self.rows += self._rows
            self.events += self._events
            self._begin()
