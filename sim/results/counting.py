"""Counts over paths, of one size however many paths there are, and the rows kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.model import Model
from sim.results.batches import RUNG_TIMES, EventBatch, PathBatch
from sim.results.draw_counts import DrawCounts, draw_of

Counts = NDArray[np.int64]
BINS = 10_000  # of the time to the horizon, in which outcome times are counted
# bins at whose ends the hits of each draw are kept as well: dense at first, as most curves bend
# there; the last one, the horizon, is every hit
EARLIER = tuple(16 * i * i for i in range(1, 25))


class Histogram:
    """Counts of places 0 ... size - 1; few of them are kept as they come, many in one row."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.row: Counts | None = None
        self.loose: list[Counts] = []
        self.held = 0

    def add(self, places: Counts) -> None:
        """Count each place once."""
        self.loose.append(places)
        self.held += len(places)
        # from here on a row of all places takes less memory than the places themselves
        if self.held > self.size:
            self.counts()

    def add_often(self, places: Counts, often: Counts) -> None:
        """Count each place as often as that."""
        np.add.at(self.counts(), places, often)

    def occurred(self) -> tuple[Counts, Counts]:
        """The places that were counted, and how often each was."""
        if self.row is None:
            loose = np.concatenate([np.empty(0, np.int64), *self.loose])
            places, often = np.unique(loose, return_counts=True)
            return places, often.astype(np.int64)
        row = self.counts()
        places = np.flatnonzero(row)
        return places, row[places]

    def counts(self) -> Counts:
        """How often each place was counted."""
        if self.row is None:
            self.row = np.zeros(self.size, dtype=np.int64)
        for places in self.loose:
            np.add.at(self.row, places, 1)
        self.loose, self.held = [], 0
        return self.row

    def up_to(self, ends: Sequence[int], width: int) -> Counts:
        """(ends, rows): in each row of `width` places, how many were counted up to each end."""
        edges = np.array(ends)
        found = np.zeros((len(ends) + 1, self.size // width), dtype=np.int64)
        for places in self.loose:
            row, place = np.divmod(places, width)
            np.add.at(found, (np.searchsorted(edges, place), row), 1)
        if self.row is not None:
            whole = self.row.reshape(-1, width).cumsum(axis=1)[:, edges].T
            # loose places are counted between two ends, so the row's are put there too before both
            # are summed
            found[:-1] += np.diff(whole, axis=0, prepend=0)
        return found[:-1].cumsum(axis=0)

    def merge(self, other: Histogram) -> None:
        """Count all that another one counted."""
        if other.row is not None:
            self.row = self.counts() + other.row
        for places in other.loose:
            self.add(places)


class Sizes(NamedTuple):
    """How many of everything a model has that is counted."""

    outcomes: int
    endings: int
    transitions: int
    options: int
    rungs: int  # of all ladders


class PathCounts:
    """How many paths did what."""

    def __init__(self, model: Model) -> None:
        sizes = Sizes(
            outcomes=len(model.outcomes),
            endings=len(model.endings),
            transitions=len(model.transitions),
            options=sum(len(transition.options) for transition in model.transitions),
            rungs=sum(v.size for v in model.variables if v.ladder is not None),
        )
        self._begin(sizes, model.horizon)

    def _begin(self, sizes: Sizes, horizon: float) -> None:
        self.sizes, self.horizon = sizes, horizon
        self.n = self.events = 0
        self.hits = np.zeros(sizes.outcomes, dtype=np.int64)
        self.ended = np.zeros(sizes.endings, dtype=np.int64)
        self.started = np.zeros(sizes.transitions, dtype=np.int64)
        self.fired = np.zeros(sizes.transitions, dtype=np.int64)
        self.taken = np.zeros(sizes.options, dtype=np.int64)
        self.rungs = np.zeros((RUNG_TIMES, sizes.rungs), dtype=np.int64)
        self._times = Histogram(sizes.outcomes * (BINS + 1))

    def fresh(self) -> PathCounts:
        """Another one for the same model, which has counted nothing."""
        # a comparison begins one a draw and model, and a model is long to go through
        other = PathCounts.__new__(PathCounts)
        other._begin(self.sizes, self.horizon)
        return other

    @property
    def times(self) -> Counts:
        """(outcomes, BINS + 1): how often an outcome came in a bin, as `bins` numbers them."""
        return self._times.counts().reshape(-1, BINS + 1)

    @property
    def hits_by(self) -> Counts:
        """(EARLIER, outcomes): in how many paths each outcome came up to the end of those bins."""
        return self._times.up_to(EARLIER, BINS + 1)

    def add(self, piece: PathBatch) -> None:
        """Count the paths of a piece."""
        self.n += len(piece.ending)
        self.events += int(piece.n_events.sum())
        self.ended += np.bincount(piece.ending, minlength=len(self.ended))
        self.started += piece.started
        self.fired += piece.fired
        self.taken += piece.taken
        self.rungs += piece.rungs
        path, outcome = np.nonzero(~np.isnan(piece.outcome_time))
        self.hits += np.bincount(outcome, minlength=len(self.hits))
        times = bins(piece.outcome_time[path, outcome], self.horizon)
        self._times.add(outcome * (BINS + 1) + times)

    def merge(self, other: PathCounts) -> None:
        """Count another tally's paths too."""
        self.n += other.n
        self.events += other.events
        for name in ("hits", "ended", "started", "fired", "taken", "rungs"):
            getattr(self, name)[...] += getattr(other, name)
        self._times.merge(other._times)

    def occurred(self) -> tuple[Counts, Counts]:
        """The places of outcome times that were counted, and how often: see `DrawCounts`."""
        return self._times.occurred()

    def take(self, part: DrawCounts) -> None:
        """Count the paths of some draws that were counted elsewhere."""
        self.n += part.n
        self.events += part.events
        self.hits += part.hits.sum(axis=0, dtype=np.int64)
        self.ended += part.ended.sum(axis=0, dtype=np.int64)
        came_up = part.came_up.sum(axis=0, dtype=np.int64)
        self.fired += came_up[: len(self.fired)]
        self.taken += came_up[len(self.fired) :]
        self.started += part.started
        self.rungs += part.rungs
        self._times.add_often(part.places, part.times)


def bins(times: NDArray[np.float64], horizon: float) -> Counts:
    """The bin of each time: 0 at t = 0, BINS at the horizon; a time at a bin's end is inside it."""
    return np.ceil(times / horizon * BINS - 1e-6).astype(np.int64)


class Accumulator:
    """Takes the pieces of a run in order, and keeps what its tables need, of finished draws only.

    A draw is finished when all its paths have come. `rows` are the pieces, without their counts and
    kept only when asked for: they grow with the number of paths, the rest does not.
    """

    def __init__(self, model: Model, *, paths: int, keep: bool) -> None:
        self.model, self.paths, self.keep = model, paths, keep
        self.total = PathCounts(model)
        self.hits: list[Counts] = []  # one row a finished draw
        self.ended: list[Counts] = []
        self.hits_by: list[NDArray[np.unsignedinteger[Any]]] = []  # earlier times by outcomes
        self.came_up: list[NDArray[np.unsignedinteger[Any]]] = []  # transitions, then options
        self._narrow = np.min_scalar_type(paths)  # which no count of a draw exceeds
        self.rows: list[PathBatch] = []
        self.events: list[tuple[int, EventBatch]] = []  # (draw, its firings)
        self._parts: list[DrawCounts] = []  # of a draw of which more is to come
        self._begin()

    def _begin(self) -> None:
        self._draw = self.total.fresh()
        self._rows: list[PathBatch] = []
        self._events: list[tuple[int, EventBatch]] = []

    @property
    def draws(self) -> int:
        """How many draws are finished."""
        return len(self.hits)

    def by_draw(self) -> tuple[Counts, Counts, Counts]:
        """Hits (draws, outcomes), endings (draws, endings), hits by (draws, EARLIER, outcomes)."""
        outcomes, endings = len(self.model.outcomes), len(self.model.endings)
        # of no draws, or of no outcomes, an array of the right shape all the same
        return (
            np.array(self.hits, dtype=np.int64).reshape(self.draws, outcomes),
            np.array(self.ended, dtype=np.int64).reshape(self.draws, endings),
            np.array(self.hits_by, np.int64).reshape(self.draws, len(EARLIER), outcomes),
        )

    def add(self, piece: PathBatch) -> None:
        """Take the next piece."""
        self._draw.add(piece)
        if self.keep:
            none = np.empty(0, dtype=np.int64)
            self._rows.append(
                replace(piece, started=none, fired=none, taken=none, rungs=none, events=None)
            )
        if piece.events is not None:
            self._events.append((piece.draw, piece.events))
        # only whole draws are told: after Ctrl-C half a draw would weigh like a whole one
        if self._draw.n >= self.paths:
            self.total.merge(self._draw)
            self.hits.append(self._draw.hits)
            self.ended.append(self._draw.ended)
            self.hits_by.append(self._draw.hits_by.astype(self._narrow))
            came_up = np.concatenate([self._draw.fired, self._draw.taken])
            self.came_up.append(came_up.astype(self._narrow))
            self.rows += self._rows
            self.events += self._events
            self._begin()

    def take(self, part: DrawCounts) -> None:
        """Take what was counted elsewhere: the next draws, or the next paths of a draw."""
        self._parts.append(part)
        if sum(len(one.paths) for one in self._parts) < self.paths:
            return
        whole = draw_of(self._parts) if len(self._parts) > 1 else part
        self._parts = []
        self.total.take(whole)
        # sent and kept as narrow as they fit; sums over draws need more room
        self.hits += list(whole.hits.astype(np.int64))
        self.ended += list(whole.ended.astype(np.int64))
        self.hits_by += list(whole.hits_by.astype(self._narrow))
        self.came_up += list(whole.came_up.astype(self._narrow))
        self.rows += whole.rows
        self.events += whole.firings

    def counted(self, draws: range, paths: range) -> DrawCounts:
        """All that was taken, as `take` of another one takes it: of these draws and paths."""
        assert (self.draws, self.paths) == (len(draws), len(paths))
        hits, ended, hits_by = self.by_draw()
        model = self.model
        wide = len(model.transitions) + sum(len(one.options) for one in model.transitions)
        came_up = np.array(self.came_up, self._narrow).reshape(len(draws), wide)
        places, times = self.total.occurred()
        return DrawCounts(
            draws=draws,
            paths=paths,
            events=self.total.events,
            hits=hits.astype(self._narrow),
            ended=ended.astype(self._narrow),
            hits_by=hits_by.astype(self._narrow),
            came_up=came_up,
            started=self.total.started,
            rungs=self.total.rungs,
            places=places,
            times=times,
            rows=tuple(self.rows),
            firings=tuple(self.events),
        )
