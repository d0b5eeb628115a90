"""The compiled engine: the reference engine's paths, event for event, at the speed of C.

`lowering` turns a model into arrays: expressions into tables (`table_registry`, `choices`,
`delays`) or bits (`conditions`, `bit_planes`). `kernel` walks paths over them, and `work` hands out
draws and paths. `layout` says how the memory of the kernel is laid out, `intrinsics` what numba
makes of it.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.chosen import ChosenPaths
from sim.engines.compiled.delays import Impossible
from sim.engines.compiled.lowering import Lowered, lowered
from sim.engines.compiled.work import EveryPath, impossible
from sim.engines.jit import refuse_without_compiler
from sim.errors import UsageError
from sim.model.model import Model
from sim.results import ChosenBatch, PathBatch

MOST_PATHS = 1 << 32  # a path's number is one word of its draws' counter


def walk(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    paths: range,
    events: bool = False,
    threads: int = 1,
    check: Callable[[], None] = lambda: None,
) -> Iterator[PathBatch]:
    """Walk every path of every draw; see `sim.engines.Engine`.

    What is walked is the same for any number of threads. `check` is called several times a second
    in the thread of the caller; what it raises ends the walk, within a path if need be.

    Raises UsageError where a table would be too large, and where numba may not compile.
    """
    refuse_without_compiler()
    if draws.stop > MOST_PATHS or paths.stop > MOST_PATHS:
        raise UsageError(f"draws and paths are numbered below {MOST_PATHS:,}")
    made = _lowered(model, draws.start)
    return EveryPath(made, values, seed, draws, paths, events).pieces(threads, check)


def walk_chosen(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    numbers: Sequence[NDArray[np.int64]],
    changes: bool = False,
    threads: int = 1,
    check: Callable[[], None] = lambda: None,
) -> Iterator[ChosenBatch]:
    """Walk chosen paths: of each draw those whose numbers are given, in order of draw and path.

    `numbers` has an ascending row a draw of `draws`, which may be empty; all else is as in `walk`.
    With `changes` every event is kept, and what it did to the state.
    """
    refuse_without_compiler()
    made = _lowered(model, draws.start)
    return ChosenPaths(made, values, seed, draws, numbers, changes).pieces(threads, check)


def _lowered(model: Model, first: int) -> Lowered:
    """The model as the kernel takes it; RunError for a wait that cannot be in any draw."""
    try:
        return lowered(model)
    except Impossible as wrong:
        raise impossible(wrong, first) from wrong
