"""Whether two engines walk the same paths: every event, every time to the last bit, every count."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import note
from random_models import Written, model_of

from sim.engines import engine
from sim.errors import RunError
from sim.experiment import parameter_values
from sim.model import Model
from sim.results import PathBatch

PER_PATH = ("ending", "end_time", "stopped", "n_events", "outcome_time")
COUNTS = ("started", "fired", "taken", "rungs")
PER_EVENT = ("path", "seq", "time", "transition", "option", "probability", "cause")


def walked(
    walk: Callable[..., Any], model: Model, *, draws: int, paths: int, seed: int, **more: Any
) -> list[PathBatch] | str:
    """All pieces with their events, or what went wrong."""
    try:
        values = parameter_values(model, seed, range(draws))
        return list(
            walk(
                model,
                values,
                seed=seed,
                draws=range(draws),
                paths=range(paths),
                events=True,
                **more,
            )
        )
    except RunError as error:
        return str(error)


def assert_same(one: Sequence[PathBatch] | str, other: Sequence[PathBatch] | str) -> None:
    """Fail unless both hold the same paths, however they are cut into pieces."""
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    for name in PER_PATH:
        assert_equal(name, [np.concatenate([getattr(p, name) for p in x]) for x in (one, other)])
    for name in PER_EVENT:
        columns = [np.concatenate([getattr(p.events, name) for p in x]) for x in (one, other)]
        assert_equal(name, columns)
    draws = [np.concatenate([np.full(len(p.ending), p.draw) for p in x]) for x in (one, other)]
    assert_equal("draw", draws)
    for name in COUNTS:
        assert_equal(name, [sum(getattr(p, name) for p in x) for x in (one, other)])


def assert_equal(name: str, columns: Sequence[np.ndarray]) -> None:
    one, other = columns
    assert one.dtype == other.dtype, name
    np.testing.assert_array_equal(one, other, err_msg=name, strict=True)


def assert_engines_agree(
    model: Model, *, draws: int = 2, paths: int = 5, seed: int = 7, **more: Any
) -> None:
    """The reference engine and the compiled one, on the same paths."""
    size: dict[str, Any] = {"draws": draws, "paths": paths, "seed": seed}
    assert_same(
        walked(engine("reference"), model, **size),
        walked(engine("compiled"), model, **size, **more),
    )


def check_document(document: dict[str, Any]) -> bool:
    """Compare the engines on a random document; False if it is no valid scenario."""
    note(Written(document))
    model = model_of(document)
    if model is not None:
        assert_engines_agree(model)
    return model is not None
