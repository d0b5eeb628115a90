"""Chosen paths walked again, with what was weighed at every event of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engines import chosen_walk
from sim.engines.reference import walk_chosen
from sim.engines.reference.along import Along
from sim.experiment.samples import Sample, drawn_sample
from sim.experiment.walking_again import by_draw
from sim.model.model import Model
from sim.results.histories import Histories, histories

SMALL = 30  # transitions: so few are walked before the compiled engine is loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of a path; `shares` is empty where no option was available."""

    time: float  # seconds
    rank: int  # of the transition
    option: int  # position among its options, or NOTHING
    cause: int  # the event of the path after which its clock started; -1 at t = 0
    shares: tuple[float, ...]  # the probability that each option had
    changes: Mapping[int, int]  # position of a variable -> its value afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Paths in order of draw and number."""

    model: Model
    seed: int
    histories: Histories
    ending: NDArray[np.int64]  # by path: position in the model's endings
    end_time: NDArray[np.float64]  # seconds
    stopped: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.histories)

    def row(self, draw: int, path: int) -> int:
        """Where a path is among them; KeyError if it is not."""
        same = (self.histories.draw == draw) & (self.histories.path == path)
        found = np.flatnonzero(same)
        if not len(found):
            raise KeyError((draw, path))
        return int(found[0])

    def events(self) -> Iterator[list[Event]]:
        """The events of each path, one path after the other."""
        known, along = self.histories, Along(self.model, self.seed)
        for row in range(len(self)):
            events = range(int(known.first[row]), int(known.first[row + 1]))
            changes = [known.changes(event) for event in events]
            ranks = known.transition[events.start : events.stop].tolist()
            shares = along.shares(
                int(known.draw[row]),
                int(known.path[row]),
                known.values_of(row),
                zip(ranks, changes, strict=True),
                known.outcome_event[row].tolist(),
            )
            yield [
                Event(
                    time=float(known.time[event]),
                    rank=rank,
                    option=int(known.option[event]),
                    cause=int(known.cause[event]),
                    shares=share,
                    changes=changed,
                )
                for event, rank, share, changed in zip(events, ranks, shares, changes, strict=True)
            ]


def followed(model: Model, sample: Sample | int, draw: ArrayLike, path: ArrayLike) -> Followed:
    """These paths of a sample, or of the draws of a seed.

    `draw` and `path` have a row a path, in ascending order. Raises RunError where a path goes
    wrong.
    """
    draws, numbers = by_draw(draw, path)
    some = drawn_sample(model, sample, draws) if isinstance(sample, int) else sample.part(draws)
    # both engines give the same paths, to the last bit; the compiled one takes a second to load
    walk = walk_chosen if len(model.transitions) <= SMALL else chosen_walk
    batches = list(
        walk(
            model,
            some.values,
            seed=some.seed,
            draws=draws,
            numbers=numbers,
            changes=True,
            common=some.common,
        )
    )
    none = np.zeros(0)
    return Followed(
        model=model,
        seed=some.seed,
        histories=histories(iter(batches), some.values, len(model.outcomes)),
        ending=np.concatenate([none, *(one.ending for one in batches)]).astype(np.int64),
        end_time=np.concatenate([none, *(one.end_time for one in batches)]),
        stopped=np.concatenate([none, *(one.stopped for one in batches)]).astype(np.bool_),
    )
