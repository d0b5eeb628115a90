"""The compiled engine: the reference engine's paths, event for event, at the speed of C.

`lowering` turns a model into arrays: expressions into tables (`table_registry`, `choices`,
`delays`) or bits (`conditions`, `bit_planes`). `kernel` walks paths over them, and `work` hands out
draws and paths. `layout` says how the memory of the kernel is laid out, `intrinsics` what numba
makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.delays import Impossible
from sim.engines.compiled.layout import Floats, Ints
from sim.engines.compiled.lowering import Lowered, lowered
from sim.engines.compiled.table_registry import shared_with
from sim.engines.compiled.work import Walker, impossible
from sim.engines.jit import refuse_without_compiler
from sim.errors import UsageError
from sim.model.model import Model
from sim.model.transitions import Transition
from sim.results import ChosenBatch, PathBatch
from sim.results.histories import chosen_batches

KEPT = "compiled"  # under which a model keeps what it was lowered to
MOST_PATHS = 1 << 32  # a path's number is one word of its draws' counter


def walk(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    paths: range,
    events: bool = False,
    common: bool = False,
    threads: int = 1,
    check: Callable[[], None] = lambda: None,
) -> Iterator[PathBatch]:
    """Walk every path of every draw; see `sim.engines.Engine`.

    What is walked is the same for any number of threads. `check` is called several times a second
    in the thread of the caller; what it raises ends the walk, within a path if need be.

    Raises UsageError where a table would be too large, and where numba may not compile.
    """
    refuse_without_compiler()
    _refuse_numbers(draws, paths)
    # a delay that reads no parameter is checked while lowering: its error names the first draw
    made = once_lowered(model, draws.start)
    walker = Walker(made, values, seed, draws, paths, events, common=common)
    return walker.pieces(threads, check)


def walk_chosen(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    numbers: Sequence[NDArray[np.int64]],
    changes: bool = False,
    common: bool = False,
    threads: int = 1,
    check: Callable[[], None] = lambda: None,
) -> Iterator[ChosenBatch]:
    """Walk chosen paths: of each draw those whose numbers are given, in order of draw and path.

    `numbers` has an ascending row a draw of `draws`, which may be empty; all else is as in `walk`.
    With `changes` every event is kept, and what it did to the state.
    """
    refuse_without_compiler()
    made = once_lowered(model, draws.start)
    walker = Walker(made, values, seed, draws, numbers, False, changes=changes, common=common)
    return chosen_batches(walker.pieces(threads, check), draws, numbers)


class Traced:
    """A model whose paths leave a trace, lowered once; models like it walk some of them again.

    `others` are ranks, in ascending order, each with the transition whose options are weighed
    beside its own (`PathTrace.parted`). Raises UsageError as `walk` does.
    """

    def __init__(self, model: Model, others: Sequence[tuple[int, Transition]] = ()) -> None:
        refuse_without_compiler()
        self.made = once_lowered(model, 0, others)

    def walk(self, values: Floats, work: Rectangle) -> tuple[list[PathBatch], Walker]:
        """All paths of some draws, each with its trace; and what walked them, see `Again`."""
        _refuse_numbers(work.draws, work.paths)
        walker = Walker(self.made, values, work.seed, work.draws, work.paths, False, trace=True)
        return list(walker.pieces(work.threads, work.check)), walker


class Again:
    """A model with the same variables as a traced one, of which single paths are walked.

    `changed` are the parameters with other values in it. Tables that are the same in both are
    filled once for a block of draws.
    """

    def __init__(self, model: Model, traced: Traced, changed: Collection[str]) -> None:
        self.made = once_lowered(model, 0)
        # places in both pools, found once: they are the same in every block of draws
        self.shared = shared_with(self.made.pool, traced.made.pool, changed)

    def walk(
        self, values: Floats, work: Rectangle, chosen: Sequence[Ints], like: Walker
    ) -> list[PathBatch]:
        """The chosen paths of each draw, in order; a piece holds those of one draw or fewer."""
        walker = Walker(
            self.made, values, work.seed, work.draws, chosen, False, like=(self.shared, like)
        )
        return list(walker.pieces(work.threads, work.check))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """What is walked at once: the same paths of some draws."""

    seed: int
    draws: range
    paths: range
    threads: int
    check: Callable[[], None]  # see `walk`


def _refuse_numbers(draws: range, paths: range) -> None:
    if draws.stop > MOST_PATHS or paths.stop > MOST_PATHS:
        raise UsageError(f"draws and paths are numbered below {MOST_PATHS:,}")


def once_lowered(
    model: Model, first: int = 0, others: Sequence[tuple[int, Transition]] = ()
) -> Lowered:
    """A model lowered, or as it was before; `first` is the draw an error is told of.

    For `others`, and what is raised, see `lowered`.
    """
    # with nothing weighed beside it, it depends on the model alone
    if not others and KEPT in model.kept:
        again: Lowered = model.kept[KEPT]
        return again
    try:
        made = lowered(model, others=others)
    except Impossible as wrong:
        raise impossible(wrong, first) from wrong
    if not others:
        model.kept[KEPT] = made
    return made
