"""The reference engine: the specification, in SimPy, written to be read aloud.

Read `world` (what happens, and who owns which clock), then `clocks` (how a wait runs down), then
`choices` (what may happen when it has), and `state` (where a path stands) when you need it. The ten
rules stand where they are kept: look for "rule 1" to "rule 10". No line is written for speed, with
one exception: an expression is looked at again only when something it reads has changed.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.reference.batch import batch, chosen_batch
from sim.engines.reference.state import Asked as Asked
from sim.engines.reference.state import Decide as Decide
from sim.engines.reference.state import Firing as Firing
from sim.engines.reference.world import Walk as Walk
from sim.engines.reference.world import World
from sim.model.model import Model
from sim.results import ChosenBatch, PathBatch

# few, as this engine takes its time: progress and Ctrl-C wait for the end of a piece
PATHS_IN_A_PIECE = 50


def walk(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    paths: range,
    events: bool = False,
    common: bool = False,
    decide: Decide | None = None,
) -> Iterator[PathBatch]:
    """Walk every path of every draw, one after the other; see `sim.engines.Engine`.

    `decide` is put every choice before it is made, and may weigh the options otherwise.
    """
    world = World(model, seed, decide)
    for draw, row in zip(draws, values, strict=True):
        world.begin_draw(draw, row.tolist(), stream=0 if common else draw)
        for first in range(paths.start, paths.stop, PATHS_IN_A_PIECE):
            piece = range(first, min(first + PATHS_IN_A_PIECE, paths.stop))
            walks = [world.walk(path) for path in piece]
            yield batch(model, draw, first, walks, events=events)


def walk_chosen(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    numbers: Sequence[NDArray[np.int64]],
    changes: bool = False,
    common: bool = False,
    decide: Decide | None = None,
) -> Iterator[ChosenBatch]:
    """Walk chosen paths: of each draw those whose numbers are given, in order of draw and path."""
    world = World(model, seed, decide)
    for draw, row, chosen in zip(draws, values, numbers, strict=True):
        # also a draw without a chosen path is begun: an impossible delay in it is told as the
        # compiled engine does, whose tables hold all draws
        world.begin_draw(draw, row.tolist(), stream=0 if common else draw)
        if len(chosen):
            walks = [world.walk(path) for path in chosen.tolist()]
            yield chosen_batch(model, draw, chosen, walks, changes=changes)


def follow(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draw: int,
    path: int,
    common: bool = False,
    decide: Decide | None = None,
) -> Walk:
    """One path with everything that was weighed in it; `values` is the row of its draw."""
    world = World(model, seed, decide)
    world.begin_draw(draw, values.tolist(), stream=0 if common else draw)
    return world.walk(path)
