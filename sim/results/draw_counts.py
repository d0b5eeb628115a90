"""What some paths of some draws came to, in arrays by draw: to be sent, kept and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.batches import EventBatch, PathBatch

Counts = NDArray[np.int64]
Whole = NDArray[np.integer[Any]]  # of whatever width is enough
BY_DRAW = ("hits", "ended", "hits_by", "came_up")
IN_ALL = ("started", "rungs")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCounts:
    """Counts of a rectangle of draws and paths; a draw is finished once all its paths are in some.

    Times are counted in places: outcome times (BINS + 1) plus the bin, as `counting` has them.
    """

    draws: range
    paths: range  # the same of each draw
    events: int  # how many there were in all
    hits: Whole  # (draws, outcomes)
    ended: Whole  # (draws, endings)
    hits_by: Whole  # (draws, EARLIER, outcomes)
    came_up: Whole  # (draws, transitions, then options)
    started: Counts  # a transition: paths in which its clock started
    rungs: Counts  # (RUNG_TIMES, levels)
    places: Counts  # of times of outcomes: only those that occurred
    times: Counts  # and how often each did
    rows: tuple[PathBatch, ...] = ()  # a row a path, where kept
    firings: tuple[tuple[int, EventBatch], ...] = ()  # (draw, its events), likewise

    @property
    def n(self) -> int:
        """How many paths there are."""
        return len(self.draws) * len(self.paths)


def draw_of(parts: Sequence[DrawCounts]) -> DrawCounts:
    """The counts of one draw from those of its paths: neighbouring ranges, in order."""
    first = parts[0]
    for one, other in pairwise(parts):
        assert one.draws == other.draws == range(first.draws.start, first.draws.start + 1)
        assert one.paths.stop == other.paths.start
    added: dict[str, Any] = {
        # wider first: counts of parts fit into their narrow type, the sum may not
        name: sum((getattr(one, name) for one in parts[1:]), getattr(first, name).astype(np.int64))
        for name in (*BY_DRAW, *IN_ALL)
    }
    return replace(
        first,
        paths=range(first.paths.start, parts[-1].paths.stop),
        events=sum(one.events for one in parts),
        # a place may stand there twice: whoever counts them adds them up
        places=np.concatenate([one.places for one in parts]),
        times=np.concatenate([one.times for one in parts]),
        rows=tuple(piece for one in parts for piece in one.rows),
        firings=tuple(some for one in parts for some in one.firings),
        **added,
    )
