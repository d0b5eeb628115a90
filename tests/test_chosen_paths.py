"""Chosen paths by both engines: where one refuses a draw, the other does."""

from importlib import import_module

import numpy as np
import pytest

import sim
from sim.engines import ENGINES

WAITS = """\
scenario: waits
horizon: 20 d
state: {war: {flag: false}}
parameters: {m: {is: {uniform: [2 d, 4 d]}}}
events: {clash: {once: true, after: {mean: m}, then: {war: true}}}
outcomes: {war_comes: {when: war}}
endings: {any: {otherwise: true}}
"""


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_an_impossible_delay_in_a_draw_without_chosen_paths_is_told(engine):
    model = sim.loads(WAITS).model
    walk = import_module(ENGINES[engine]).walk_chosen
    numbers = [np.arange(3), np.empty(0, np.int64)]
    rows = {"seed": 1, "draws": range(2), "numbers": numbers}
    (piece,) = walk(model, np.array([[2 * 86_400.0], [86_400.0]]), **rows)  # the control
    assert piece.path.tolist() == [0, 1, 2]
    with pytest.raises(sim.RunError, match="draw 1"):
        list(walk(model, np.array([[2 * 86_400.0], [-1.0]]), **rows))
