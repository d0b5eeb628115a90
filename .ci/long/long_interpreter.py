"""Both engines against the third reading of the rules, on many more rule sets than in the tests."""

from pathlib import Path

import pytest
from test_interpreter import PATHS, SEED, interpreted, loaded, walked, worlds

import sim
from sim.engines import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
def test_an_independent_reading_gives_the_same_paths(engine: str, tmp_path: Path) -> None:
    """Events, times of outcomes, ends and counts, all equal."""
    for world in worlds(1_000, 3_000):
        run = {"draws": 1, "paths": PATHS, "seed": SEED, "workers": 1, "events": True}
        results = sim.run(loaded(world, tmp_path), engine=engine, **run)  # type: ignore[arg-type]
        assert walked(results) == interpreted(world), world.document()
