"""The engines: each turns a model, and rows of parameter values, into walked paths."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError, unknown
from sim.model.model import Model
from sim.results import ChosenBatch, PathBatch


class Engine(Protocol):
    """What every sampling engine offers: `walk`.

    `values` has one row a draw (the row of draw d is `values[d - draws.start]`) and one column a
    parameter, in the model's order. Yields pieces in order of draw, then of path; a piece never
    spans two draws. Raises RunError naming expression, state, draw and path.

    With `common`, every draw's paths meet the random numbers of draw 0.

    An engine with threads of its own also takes `threads`, and `check`, which it calls several
    times a second and whose exception ends the walk; others are interrupted by an exception. One
    that can put choices to others takes `decide`: see `sim.engines.reference.Decide`.

    A package brings an engine of its own by an entry point of the group GROUP, whose name is that
    of the engine and which loads the function: `engine="mine"`, `--engine mine`. It has to be equal
    to `reference` event for event (docs/decisions.md says how to test it).
    """

    def __call__(
        self,
        model: Model,
        values: NDArray[np.float64],
        *,
        seed: int,
        draws: range,
        paths: range,
        events: bool = False,
        common: bool = False,
    ) -> Iterator[PathBatch]: ...


ENGINES = {
    "compiled": "sim.engines.compiled",
    "reference": "sim.engines.reference",
}
GROUP = "escalation_sim.engines"  # of entry points: by which a package brings an engine of its own


def engine(name: str) -> Engine:
    """The engine of that name, imported when asked for."""
    if name in ENGINES:
        walk: Engine = import_module(ENGINES[name]).walk
        return walk
    others = _of_other_packages()
    if name not in others:
        raise UsageError(unknown("engine", name, (*ENGINES, *others)))
    found: Engine = others[name].load()
    return found


def engine_names(asked: str) -> tuple[str, ...]:
    """The names of the engines; those of other packages only where none of ours is asked for."""
    # looking through what is installed takes longer than a short run
    return tuple(ENGINES) if asked in ENGINES else (*ENGINES, *_of_other_packages())


def _of_other_packages() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP) if one.name not in ENGINES}


def has_threads(name: str) -> bool:
    """Whether the engine spreads its paths over threads of its own: its `walk` takes `threads`."""
    return "threads" in signature(engine(name)).parameters


def asks(name: str) -> bool:
    """Whether the engine puts choices to others: its `walk` takes `decide`."""
    return "decide" in signature(engine(name)).parameters


def has_traces(name: str) -> bool:
    """Whether the engine says of each path what came up in it: `sim.engines.compiled.Traced`."""
    return name == "compiled"


def chosen_walk(
    model: Model,
    values: NDArray[np.float64],
    *,
    seed: int,
    draws: range,
    numbers: Sequence[NDArray[np.int64]],
    changes: bool = False,
    common: bool = False,
    threads: int = 1,
) -> Iterator[ChosenBatch]:
    """Walk chosen paths: of each draw those whose numbers are given, ascending.

    The compiled engine walks them; where it cannot (a table too large, no compiler), the reference
    engine does, with the same results. With `changes`, every event is kept with what it did to the
    state. Raises RunError as `Engine` does.
    """
    given: dict[str, Any] = {"seed": seed, "draws": draws, "numbers": numbers, "changes": changes}
    given["common"] = common
    try:
        walk = import_module(ENGINES["compiled"]).walk_chosen
        found: Iterator[ChosenBatch] = walk(model, values, threads=threads, **given)
    except UsageError:
        found = import_module(ENGINES["reference"]).walk_chosen(model, values, **given)
    return found
