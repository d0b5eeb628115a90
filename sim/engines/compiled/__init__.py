"""The compiled engine: the reference engine's paths, event for event, at the speed of C.

`lowering` turns a model into arrays: expressions into tables (`table_registry`, `choices`,
`delays`) or bits (`conditions`, `bit_planes`). `kernel` walks paths over them, and `work` hands out
draws and paths. `layout` says how the memory of the kernel is laid out, `intrinsics` what numba
makes of it.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.delays import Impossible
from sim.engines.compiled.lowering import lowered
from sim.engines.compiled.work import Walker, impossible
from sim.engines.jit import refuse_without_compiler
from sim.errors import UsageError
from sim.model.model import Model
from sim.results import PathBatch

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
    try:
        made = lowered(model)
    except Impossible as wrong:
        raise impossible(wrong, draws.start) from wrong
    return Walker(made, values, seed, draws, paths, events).pieces(threads, check)
