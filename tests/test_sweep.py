"""A sweep: one tidy frame of runs that differ by what the grid says alone."""

import numpy as np
import pytest
from islands import FILE, island
from pandas.testing import assert_frame_equal

import sim

SMALL = {"draws": 8, "paths": 25, "workers": 1}


def test_each_point_is_the_run_of_that_scenario():
    grid = {"restraint": np.linspace(0, 2, 3), "with_": ["", "no_treaty"]}
    table = sim.sweep(island(), grid, **SMALL)
    assert list(table.columns[:3]) == ["restraint", "with_", "outcome"]
    assert len(table) == 6 * len(island().model.outcomes)
    assert table["restraint"].dtype == np.float64
    for value in (0.0, 1.0, 2.0):
        for name in ("", "no_treaty"):
            scenario = island().under(name) if name else island()
            run = sim.run(scenario.with_(set={"restraint": value}), **SMALL)
            own = table[(table["restraint"] == value) & (table["with_"] == name)]
            own = own.drop(columns=["restraint", "with_"]).reset_index(drop=True)
            assert_frame_equal(own, run.outcomes.reset_index())
    assert table["probability"].nunique() > 2  # the control: points differ


def test_starts_distributions_and_ranges_of_draws_are_swept():
    grid = {"talks": [False, True], "restraint": [0.5, {"pert": [0, 1, 2]}]}
    table = sim.sweep(FILE, grid, **{**SMALL, "draws": range(4, 8)})
    later = island().with_(set={"restraint": 0.5}, start={"talks": True})
    run = sim.run(later, **{**SMALL, "draws": range(4, 8)})
    own = table[(table["talks"] == True) & (table["restraint"] == 0.5)]  # noqa: E712
    assert own["probability"].tolist() == run.outcomes["probability"].tolist()


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ({}, "sweep: takes a grid such as"),
        ({"restrain": [1]}, "unknown parameter or state variable 'restrain'; did you mean"),
        ({"restraint": 1}, "sweep: restraint takes a list of values, found 1"),
        ({"restraint": []}, "sweep: restraint has no value"),
        ({"with_": ["no_treatie"]}, "unknown intervention 'no_treatie'; did you mean"),
        ({"with_": [3]}, "sweep: with_ takes names of interventions, found 3"),
        ({"restraint": range(400), "talks": [0] * 400}, "more than 100,000"),
    ],
)
def test_what_is_no_grid_is_refused(grid, told):
    with pytest.raises(sim.UsageError, match=told):
        sim.sweep(island(), grid, **SMALL)


def test_every_point_is_checked_before_the_first_is_walked(monkeypatch):
    def walked(*_: object, **__: object) -> None:
        raise AssertionError("walked")

    monkeypatch.setattr(sim.api.sweeps.runs, "run", walked)
    with pytest.raises(sim.ScenarioError, match=r"set\.ally_blames_south: .* is 1\.5, above 1"):
        sim.sweep(island(), {"ally_blames_south": [0.5, 1.5]}, **SMALL)
    with pytest.raises(AssertionError, match="walked"):  # the control
        sim.sweep(island(), {"ally_blames_south": [0.5, 0.6]}, **SMALL)
