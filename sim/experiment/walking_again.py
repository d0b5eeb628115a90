"""Paths walked again from their draws and numbers alone: with every event, or for what came out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engines import chosen_walk
from sim.experiment.parameter_draws import parameter_values
from sim.model.model import Model
from sim.results import ChosenBatch
from sim.results.histories import Histories, histories

Floats = NDArray[np.float64]
Numbers = Sequence[NDArray[np.int64]]


def walk_histories(
    model: Model, seed: int, draw: ArrayLike, path: ArrayLike, *, threads: int = 1
) -> Histories:
    """These paths with all their events; `draw` and `path` have a row a path, in ascending order.

    Only the parameters of the draws from the first to the last one are drawn.
    """
    draws, numbers = by_draw(draw, path)
    values = parameter_values(model, seed, draws)
    batches = chosen_walk(
        model, values, seed=seed, draws=draws, numbers=numbers, changes=True, threads=threads
    )
    return histories(batches, values, len(model.outcomes))


def walk_outcomes(
    model: Model, values: Floats, seed: int, draws: range, numbers: Numbers, *, threads: int = 1
) -> Iterator[ChosenBatch]:
    """These paths without their events; `numbers` and `values` have a row a draw of `draws`."""
    return chosen_walk(model, values, seed=seed, draws=draws, numbers=numbers, threads=threads)


def by_draw(draw: ArrayLike, path: ArrayLike) -> tuple[range, list[NDArray[np.int64]]]:
    """The draws from the first to the last, and the numbers of the paths wanted of each."""
    draws, numbers = np.asarray(draw, np.int64), np.asarray(path, np.int64)
    if not len(draws):
        return range(0), []
    span = range(int(draws[0]), int(draws[-1]) + 1)
    ends = np.searchsorted(draws, np.arange(span.start + 1, span.stop))
    return span, np.split(numbers, ends)
