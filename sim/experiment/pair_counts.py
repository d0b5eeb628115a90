"""Paths of a scenario and of a changed version of it, counted in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.model import Model
from sim.results import PathBatch
from sim.results.counting import BINS, Histogram, bins

Counts = NDArray[np.int64]


class PairCounts:
    """Counts, draw by draw, of paths that differ from their twins.

    Of two scenarios that are not the same, the outcomes that both have, by name, and the endings of
    either.
    """

    def __init__(self, draws: int, baseline: Model, twin: Model, first: int = 0) -> None:
        self.first = first  # the number of the first draw
        names = [[one.name for one in model.outcomes] for model in (baseline, twin)]
        self.outcomes = [name for name in names[0] if name in names[1]]
        self._places = [[own.index(name) for name in self.outcomes] for own in names]
        before, after = ([one.name for one in model.endings] for model in (baseline, twin))
        # the baseline's numbers of endings stay as they are; those of the twin are put into its
        # order
        self.endings = list(dict.fromkeys([*before, *after]))
        self._ending_of = np.array([self.endings.index(name) for name in after], dtype=np.int64)
        self.horizon = baseline.horizon
        outcomes, endings = len(self.outcomes), len(self.endings)
        self.gained = np.zeros((draws, outcomes), dtype=np.int64)
        self.lost = np.zeros((draws, outcomes), dtype=np.int64)
        self.flow = np.zeros((draws, endings, endings), dtype=np.int64)  # from the row's ending
        self.changed = np.zeros(draws, dtype=np.int64)
        self.moments = Histogram(BINS + 1)  # of the first difference, in bins of the time

    def counts(self, kind: str, name: str, draws: int) -> tuple[Counts, Counts]:
        """(gained, lost) of an outcome or ending in each of the first so many draws."""
        if kind == "outcome":
            place = self.outcomes.index(name)
            return self.gained[:draws, place], self.lost[:draws, place]
        place = self.endings.index(name)
        flow, stays = self.flow[:draws], self.flow[:draws, place, place]
        return flow[:, :, place].sum(axis=1) - stays, flow[:, place].sum(axis=1) - stays

    def add(self, baseline: Sequence[PathBatch], twin: Sequence[PathBatch]) -> None:
        """Count the paths of one chunk, the same ones on both sides."""
        rows_of = [piece.draw - self.first for piece in baseline]
        draw = np.repeat(rows_of, [len(piece.ending) for piece in baseline])
        before, after = (
            concat(some, "outcome_time")[:, places]
            for some, places in zip((baseline, twin), self._places, strict=True)
        )
        end, new_end = concat(baseline, "end_time"), concat(twin, "end_time")
        ending, new_ending = concat(baseline, "ending"), self._ending_of[concat(twin, "ending")]
        self._count_flow(draw, ending, new_ending)
        # equal times to the last bit: a path untouched by the change is recomputed, not
        # approximated
        other = (before != after) & ~(np.isnan(before) & np.isnan(after))
        same = ~other.any(axis=1) & (end == new_end) & (ending == new_ending)
        same &= concat(baseline, "stopped") == concat(twin, "stopped")
        rows = np.flatnonzero(~same)
        draw, before, after, other = draw[rows], before[rows], after[rows], other[rows]
        self.changed += np.bincount(draw, minlength=len(self.changed))
        had, has = ~np.isnan(before), ~np.isnan(after)  # NaN: the outcome did not happen
        add_by_draw(self.gained, draw, has & ~had)
        add_by_draw(self.lost, draw, had & ~has)
        # the first outcome that comes at another time or in one of the two only, at the latest
        # the earlier end
        times = np.where(other, np.fmin(before, after), np.inf).min(axis=1, initial=np.inf)
        first = np.minimum(np.minimum(end[rows], new_end[rows]), times)
        self.moments.add(bins(first, self.horizon))

    def take(self, other: PairCounts) -> None:
        """Count what another one counted, of some of these draws."""
        place = other.first - self.first
        rows = slice(place, place + len(other.changed))
        for name in ("gained", "lost", "flow", "changed"):
            getattr(self, name)[rows] += getattr(other, name)
        self.moments.merge(other.moments)

    def _count_flow(self, draw: Counts, before: Counts, after: Counts) -> None:
        """Count each path's ending in the baseline and in the twin; draws come in order."""
        if not len(draw):
            return
        # all paths are counted here, for which bincount is several times as fast as add.at
        shape = (int(draw[-1] - draw[0]) + 1, *self.flow.shape[1:])
        place = np.ravel_multi_index((draw - draw[0], before, after), shape)
        found = np.bincount(place, minlength=prod(shape)).reshape(shape)
        self.flow[draw[0] : draw[0] + shape[0]] += found


def add_by_draw(total: Counts, draw: Counts, rows: NDArray[np.bool_]) -> None:
    """Add, to the row that each draw has in `total`, all rows of its paths; draws come in order."""
    # the paths of a draw stand together: sums over stretches, many times as fast as add.at
    first = np.flatnonzero(np.diff(draw, prepend=-1))
    total[draw[first]] += np.add.reduceat(rows, first, axis=0, dtype=np.int64)


def concat(pieces: Sequence[PathBatch], name: str) -> NDArray[Any]:
    """One column of all pieces."""
    return np.concatenate([getattr(piece, name) for piece in pieces])
