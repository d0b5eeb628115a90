"""Paths of a baseline and of models like it: those that a change cannot touch are walked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled import Again, Rectangle, Traced
from sim.engines.compiled.work import Walker
from sim.errors import RunError, UsageError
from sim.experiment.touched import Watch
from sim.experiment.watching import changed_parameters, everything, watch
from sim.experiment.work import (
    PATHS_BESIDE_THEIR_TWINS,
    Chunk,
    Interruption,
    Walked,
    Work,
    chunks,
)
from sim.model.model import Model
from sim.results import RUNG_TIMES, PathBatch, PathTrace

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]
# columns of a piece with a row a path, those that are sums over paths, and those of its trace
ROWS = ("ending", "end_time", "stopped", "n_events", "outcome_time")
SUMS = ("started", "fired", "taken", "rungs")
TRACED = ("started", "fired", "taken", "parted", "step")
NOBODY = -1  # instead of a rank: a transition that the baseline has not


def walk_pairs(
    work: Work, interruption: Interruption, done: Callable[[int], object]
) -> Iterator[Walked]:
    """All paths of all models, chunk by chunk; the first model is the baseline of the others."""
    pairs = Pairs(work, interruption.check)
    for chunk in chunks(work, PATHS_BESIDE_THEIR_TWINS):
        yield pairs.walked(chunk, done)
        interruption.check()


class _Baseline(NamedTuple):
    pieces: list[PathBatch]
    walker: Walker  # its tables are those of the twins, too
    watch: Watch


class Pairs:
    """All models lowered once, and what is watched in the baseline."""

    def __init__(self, work: Work, check: Callable[[], None]) -> None:
        self.work, self.check = work, check
        self.model, *self.twins = work.models
        self.outcomes = len(self.model.outcomes)
        self.watch, self.traced = self._traced(watch(self.model, self.twins, work.values))
        self.again: list[Again | None] = [None] * len(self.twins)
        self.maps = [_Map(self.model, twin) for twin in self.twins]

    def _traced(self, watched: Watch) -> tuple[Watch, Traced]:
        try:
            return watched, Traced(watched.model, watched.others)
        except UsageError:  # too large a table, which without the conditions watched may not be
            return self._unwatched()

    def _unwatched(self) -> tuple[Watch, Traced]:
        plain = everything(self.model, self.twins)
        return plain, Traced(plain.model)

    def walked(self, chunk: Chunk, done: Callable[[int], object]) -> Walked:
        """A chunk's paths of all models; `done` hears of paths as they are finished."""
        baseline = self.baseline(chunk)
        done(len(chunk.draws) * len(chunk.paths))
        found = Walked([[_plain(piece, self.outcomes) for piece in baseline.pieces]], [])
        for which in range(len(self.twins)):
            pieces, again = self.twin(which, chunk, baseline)
            done(len(chunk.draws) * len(chunk.paths))
            found.pieces.append(pieces)
            found.again.append(again)
        return found

    def _values(self, which: int, chunk: Chunk) -> NDArray[np.float64]:
        return self.work.values[which][chunk.draws.start : chunk.draws.stop]

    def _draws(self, chunk: Chunk) -> range:
        """The numbers of a chunk's draws, which has their positions in the work."""
        return range(self.work.first + chunk.draws.start, self.work.first + chunk.draws.stop)

    def _rectangle(self, chunk: Chunk) -> Rectangle:
        return Rectangle(
            seed=self.work.seed,
            draws=self._draws(chunk),
            paths=chunk.paths,
            threads=self.work.workers,
            check=self.check,
        )

    def baseline(self, chunk: Chunk) -> _Baseline:
        """The baseline's paths of a chunk, each with its trace."""
        values, rectangle = self._values(0, chunk), self._rectangle(chunk)
        try:
            pieces, walker = self.traced.walk(values, rectangle)
        except RunError:
            # what is watched may overflow where nothing else does; if it was the scenario, it
            # goes wrong again
            self.watch, self.traced = self._unwatched()
            # lowered to share tables with the walk that is given up
            self.again = [None] * len(self.twins)
            pieces, walker = self.traced.walk(values, rectangle)
        return _Baseline(_joined(pieces), walker, self.watch)

    def twin(self, which: int, chunk: Chunk, baseline: _Baseline) -> tuple[list[PathBatch], int]:
        """A twin's paths of a chunk, and how many of them were walked."""
        watched = baseline.watch.twins[which]
        first = self.work.first
        masks = [
            watched.touched(piece, piece.draw - first, self.outcomes) for piece in baseline.pieces
        ]
        chosen = _numbers(baseline.pieces, masks, self._draws(chunk))
        again = sum(map(len, chosen))
        found: list[PathBatch] = []
        if again:
            found = self._again(which).walk(
                self._values(which + 1, chunk), self._rectangle(chunk), chosen, baseline.walker
            )
        if watched.all:  # nothing of the baseline's stays, which may count other things
            return _joined(found), again
        return self.maps[which].merged(baseline.pieces, masks, found, self.outcomes), again

    def _again(self, which: int) -> Again:
        """The twin's model, lowered when the first of its paths is to be walked."""
        made = self.again[which]
        if made is None:
            before, after = self.work.values[0], self.work.values[which + 1]
            changed = changed_parameters(self.model, self.twins[which], before, after)
            made = self.again[which] = Again(self.twins[which], self.traced, changed)
        return made


def _numbers(
    pieces: Sequence[PathBatch], masks: Sequence[Bools], draws: range
) -> list[NDArray[np.int64]]:
    """The numbers of the chosen paths in each of some draws."""
    found = [np.empty(0, np.int64) for _ in draws]
    for piece, mask in zip(pieces, masks, strict=True):
        found[piece.draw - draws.start] = piece.first + np.flatnonzero(mask)
    return found


class _Map:
    """How the counts of a baseline's paths are those of a twin: by names."""

    def __init__(self, baseline: Model, twin: Model) -> None:
        ranks = baseline.ranks
        self.rank = np.array([ranks.get(t.name, NOBODY) for t in twin.transitions], np.int64)
        numbers: dict[tuple[str, str | None], int] = {}
        for transition in baseline.transitions:
            for option in transition.options:
                numbers[transition.name, option.name] = len(numbers)
        self.option = np.array(
            [numbers.get((t.name, o.name), NOBODY) for t in twin.transitions for o in t.options],
            np.int64,
        )
        # the clock of what is scheduled starts in every path that does not stop before anything
        self.scheduled = [
            rank
            for rank, one in enumerate(twin.transitions)
            if one.at is not None and one.name not in ranks
        ]
        # a twin that only changes numbers has the same transitions: its counts need no other places
        self.same = np.array_equal(self.rank, np.arange(len(ranks))) and np.array_equal(
            self.option, np.arange(len(numbers))
        )
        ladders = [variable for variable in baseline.variables if variable.ladder is not None]
        # where each ladder stands at t = 0: changes alone do not say it
        self.start = np.concatenate(
            [np.empty(0, np.int64), *(np.arange(v.size) == v.start for v in ladders)]
        ).astype(np.int64)

    def merged(
        self,
        baseline: Sequence[PathBatch],
        masks: Sequence[Bools],
        again: Sequence[PathBatch],
        outcomes: int,
    ) -> list[PathBatch]:
        """The twin's pieces: the baseline's, with paths that were walked again in their places."""
        walked = {piece.draw: piece for piece in _joined(again)}
        found = []
        for piece, mask in zip(baseline, masks, strict=True):
            if mask.all():
                found.append(walked[piece.draw])
                continue
            own = self._own(_plain(piece, outcomes), piece.trace, mask)
            found.append(_with(own, mask, walked[piece.draw]) if mask.any() else own)
        return found

    def _own(self, piece: PathBatch, trace: PathTrace | None, mask: Bools) -> PathBatch:
        """The baseline's piece as the twin's, whose counts are of the paths not touched alone."""
        assert trace is not None
        started, fired, taken = piece.started, piece.fired, piece.taken
        rungs = piece.rungs
        if mask.any():
            # counts are sums over all paths of the piece, so those to be walked again are taken out
            # of them
            some = np.flatnonzero(mask)
            started = started - trace.started[some].sum(axis=0)
            fired = fired - trace.fired[some].sum(axis=0)
            taken = taken - trace.taken[some].sum(axis=0)
            rungs = rungs - self._rungs(trace, mask)
        if self.same:
            return replace(piece, started=started, fired=fired, taken=taken, rungs=rungs)
        found = _placed(started, self.rank)
        if self.scheduled:
            found[self.scheduled] = int((~mask & ~(piece.stopped & (piece.n_events == 0))).sum())
        return replace(
            piece,
            started=found,
            fired=_placed(fired, self.rank),
            taken=_placed(taken, self.option),
            rungs=rungs,
        )

    def _rungs(self, trace: PathTrace, mask: Bools) -> Counts:
        """How many of some paths are at each rung at each time."""
        step = trace.step[mask[trace.step_path]]
        size = (RUNG_TIMES + 1) * len(self.start)
        # a trace has places counted from 1, below zero for a rung that is left
        change = np.bincount(step[step > 0] - 1, minlength=size)
        change = change - np.bincount(-step[step < 0] - 1, minlength=size)
        table = change.reshape(RUNG_TIMES + 1, -1)
        table[0] += int(mask.sum()) * self.start
        counts: Counts = np.cumsum(table, axis=0)[:-1]
        return counts


def _with(piece: PathBatch, mask: Bools, walked: PathBatch) -> PathBatch:
    """The piece with paths that were walked again in the places of the mask, counts added."""
    new = {name: getattr(piece, name).copy() for name in ROWS}
    for name in ROWS:
        new[name][mask] = getattr(walked, name)
    counts = {name: getattr(piece, name) + getattr(walked, name) for name in SUMS}
    return replace(piece, **new, **counts)


def _joined(pieces: Sequence[PathBatch]) -> list[PathBatch]:
    """The same with one piece a draw: an engine may cut the paths of a draw anywhere."""
    found: list[list[PathBatch]] = []
    for piece in pieces:
        if found and found[-1][0].draw == piece.draw:
            found[-1].append(piece)
        else:
            found.append([piece])
    return [one[0] if len(one) == 1 else _one_piece(one) for one in found]


def _one_piece(pieces: Sequence[PathBatch]) -> PathBatch:
    def all_of(parts: Sequence[object], name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    traces = [piece.trace for piece in pieces if piece.trace is not None]
    trace = None
    if traces:
        firsts = np.cumsum([0, *(len(piece.ending) for piece in pieces)])
        # each trace counts its paths from 0
        shifted = [one.step_path + first for one, first in zip(traces, firsts, strict=False)]
        named = {name: all_of(traces, name) for name in TRACED}
        trace = PathTrace(**named, step_path=np.concatenate(shifted))
    return replace(
        pieces[0],
        **{name: all_of(pieces, name) for name in ROWS},
        **{name: sum(getattr(piece, name) for piece in pieces) for name in SUMS},
        trace=trace,
    )


def _placed(counts: Counts, places: NDArray[np.int64]) -> Counts:
    """Counts in the order of another model; 0 for what the first one has not."""
    found: Counts = np.where(places == NOBODY, 0, counts[places] if len(counts) else 0)
    return found


def _plain(piece: PathBatch, outcomes: int) -> PathBatch:
    """A piece without its trace and the outcomes that were only watched."""
    return replace(piece, outcome_time=piece.outcome_time[:, :outcomes], trace=None)
