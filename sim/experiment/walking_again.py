"""Paths walked again from their draws and numbers alone: with every event, or for what came out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engines import chosen_walk
from sim.experiment.samples import Sample, drawn_sample
from sim.model.model import Model
from sim.results import ChosenBatch
from sim.results.histories import Histories, histories

Numbers = Sequence[NDArray[np.int64]]


def walk_histories(
    model: Model, sample: Sample | int, draw: ArrayLike, path: ArrayLike, *, threads: int = 1
) -> Histories:
    """These paths of a sample, or of the draws of a seed, with all their events.

    `draw` and `path` have a row a path, in ascending order.
    """
    draws, numbers = by_draw(draw, path)
    some = drawn_sample(model, sample, draws) if isinstance(sample, int) else sample.part(draws)
    batches = chosen_walk(
        model,
        some.values,
        seed=some.seed,
        draws=draws,
        numbers=numbers,
        changes=True,
        common=some.common,
        threads=threads,
    )
    return histories(batches, some.values, len(model.outcomes))


def walk_outcomes(
    model: Model, sample: Sample, numbers: Numbers, *, threads: int = 1
) -> Iterator[ChosenBatch]:
    """These paths without their events; `numbers` has a row a draw of the sample."""
    return chosen_walk(
        model,
        sample.values,
        seed=sample.seed,
        draws=sample.draws,
        numbers=numbers,
        common=sample.common,
        threads=threads,
    )


def by_draw(draw: ArrayLike, path: ArrayLike) -> tuple[range, list[NDArray[np.int64]]]:
    """The draws from the first to the last, and the numbers of the paths wanted of each."""
    draws, numbers = np.asarray(draw, np.int64), np.asarray(path, np.int64)
    if not len(draws):
        return range(0), []
    span = range(int(draws[0]), int(draws[-1]) + 1)
    # a draw of which no path is wanted gets an empty row: engines take one a draw
    ends = np.searchsorted(draws, np.arange(span.start + 1, span.stop))
    return span, np.split(numbers, ends)
