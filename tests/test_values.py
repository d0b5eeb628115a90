"""A design matrix of one's own, ranges of draws, common random numbers: each path as it was."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml
from islands import FILE, TABLES, island
from pandas.testing import assert_frame_equal

import sim

SMALL = {"paths": 40, "workers": 1, "seed": 3}


def by_hand() -> pd.DataFrame:
    """The values of a run's first twenty draws, as its table has them."""
    return sim.run(island(), draws=20, **SMALL).draws


def test_given_what_would_be_drawn_a_run_is_the_same():
    drawn = sim.run(island(), draws=20, **SMALL)
    given = sim.run(island(), values=drawn.draws, **SMALL)
    for name in TABLES:
        if getattr(drawn, name) is not None:
            assert_frame_equal(getattr(given, name), getattr(drawn, name))
    assert given.provenance.given == tuple(drawn.draws.columns)


def test_columns_that_are_missing_are_drawn():
    drawn = sim.run(island(), draws=20, **SMALL)
    part = sim.run(island(), values=drawn.draws[["restraint"]], **SMALL)
    assert_frame_equal(part.paths, drawn.paths)
    moved = sim.run(island(), values={"restraint": [0.1] * 20}, **SMALL)
    assert moved.draws["restraint"].tolist() == [0.1] * 20
    others = moved.draws.columns.drop("restraint")
    assert_frame_equal(moved.draws[others], drawn.draws[others])
    assert not moved.paths.equals(drawn.paths)  # the control


def test_a_value_is_the_value_that_with_sets():
    given = sim.run(island(), values={"restraint": [0.3] * 5}, **SMALL)
    fixed = sim.run(island().with_(set={"restraint": 0.3}), draws=5, **SMALL)
    assert_frame_equal(given.paths, fixed.paths)


DURATION = """scenario: wait
horizon: 30 d
state: {up: {flag: false}}
parameters:
  lag: {is: {pert: [1 d, 3 d, 9 d]}}
  way: {is: {choices: {near: 1, far: 1}}}
events:
  turn: {when: way == near, after: lag, then: {up: true}}
outcomes: {turned: {when: up}}
endings: {all: {otherwise: true}}
"""


def test_durations_are_days_and_choices_names():
    values = pd.DataFrame({"lag": [2.0, 5.0, 7.25], "way": ["near", "far", "near"]})
    run = sim.run(sim.loads(DURATION), values=values, paths=2, workers=1)
    assert run.draws["lag"].tolist() == [2.0, 5.0, 7.25]
    assert run.draws["way"].astype(str).tolist() == ["near", "far", "near"]
    assert run.shares["outcome__turned"].tolist() == [1.0, 0.0, 1.0]
    assert run.paths["time__turned"].dropna().tolist() == [2.0, 2.0, 7.25, 7.25]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"restrain": [1.0]}, "values: unknown parameter 'restrain'; did you mean 'restraint'?"),
        ({"restraint": [1.0, np.nan]}, "values: row 1: restraint must be a finite number"),
        ({"restraint": [1.0, "x"]}, "values: row 1: restraint must be a finite number, found 'x'"),
        ({"reading": ["txt"]}, "values: row 0: unknown choice of reading 'txt'"),
        ({"restraint": []}, "values: has no row"),
        ({"restraint": [1.0, 2.0], "reading": ["text"]}, "values: "),
        ([[1.0]], "values: takes a data frame"),
    ],
)
def test_every_row_is_checked(values, told):
    with pytest.raises(sim.UsageError, match=re.escape(told)):
        sim.run(island(), values=values, **SMALL)


def test_a_row_that_makes_a_probability_impossible_is_named():
    values = {"ally_blames_south": [0.5, 0.5, 1.5]}
    with pytest.raises(sim.RunError, match="draw 2"):
        sim.run(island(), values=values, **SMALL)


def test_rows_and_draws_have_to_agree():
    with pytest.raises(sim.UsageError, match="draws: 3 draws were asked for, and values have 2"):
        sim.run(island(), values={"restraint": [1.0, 2.0]}, draws=3, **SMALL)
    with pytest.raises(sim.UsageError, match="precision: a run with values"):
        sim.run(island(), values={"restraint": [1.0, 2.0]}, precision="5%", **SMALL)


def test_a_path_of_given_values_is_replayed(tmp_path):
    values = {"restraint": np.linspace(0, 2, 6)}
    for common in (False, True):
        run = sim.run(island(), values=values, common_random_numbers=common, events=True, **SMALL)
        home = run.save(tmp_path / f"run{common}")
        for draw, path in ((0, 3), (4, 17), (5, 39)):
            own = run.events.query(f"draw == {draw} and path == {path}").reset_index(drop=True)
            for again in (
                run.replay(draw, path),
                sim.Results.load(home).replay(draw, path),
                sim.replay(home, draw=draw, path=path),
            ):
                assert_frame_equal(again.events, own)
        again = sim.run(home)
        assert_frame_equal(again.shares, run.shares)
        assert again.provenance.given == ("restraint",)
    with pytest.raises(sim.UsageError, match="draw: must be from 0 to 5, found 6"):
        run.replay(6, 0)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_rows_with_common_random_numbers_differ_by_their_values_alone(engine):
    same = {"restraint": [1.0] * 4, "ally_blames_south": [0.4] * 4, "overt_if_called": [0.2] * 4}
    same["reading"] = ["text"] * 4
    options = {"values": same, "engine": engine, **SMALL}
    common = sim.run(island(), common_random_numbers=True, **options)
    apart = sim.run(island(), **options)
    assert len(np.unique(common.shares.to_numpy(), axis=0)) == 1
    assert len(np.unique(apart.shares.to_numpy(), axis=0)) > 1  # the control
    first = common.paths[common.paths["draw"] == 0].drop(columns="draw")
    assert_frame_equal(first, apart.paths[apart.paths["draw"] == 0].drop(columns="draw"))
    for draw in (1, 2, 3):
        own = common.paths[common.paths["draw"] == draw].drop(columns="draw")
        assert_frame_equal(own.reset_index(drop=True), first.reset_index(drop=True))


def test_engines_agree_on_common_random_numbers_and_ranges():
    options = {"draws": range(7, 12), "common_random_numbers": True, "events": True, **SMALL}
    one, other = (sim.run(island(), engine=e, **options) for e in ("compiled", "reference"))
    assert_frame_equal(one.events, other.events)
    assert not sim.run(island(), draws=range(7, 12), events=True, **SMALL).events.equals(one.events)


def test_a_range_of_draws_is_that_part_of_the_whole(tmp_path):
    whole = sim.run(island(), draws=12, events=True, **SMALL)
    part = sim.run(island(), draws=range(5, 9), events=True, **SMALL)
    assert part.draws.index.tolist() == [5, 6, 7, 8]
    assert_frame_equal(part.draws, whole.draws.loc[5:8])
    assert_frame_equal(part.shares, whole.shares.loc[5:8])
    for name in ("paths", "events"):
        own = getattr(whole, name).query("5 <= draw < 9").reset_index(drop=True)
        assert_frame_equal(getattr(part, name), own)
    home = part.save(tmp_path / "run")
    assert_frame_equal(sim.run(home).shares, part.shares)
    assert_frame_equal(sim.Results.load(home).draws, part.draws)
    for wrong in (range(5, 5), range(5, 9, 2), range(-1, 3)):
        with pytest.raises(sim.UsageError, match="draws: must be a range such as"):
            sim.run(island(), draws=wrong, **SMALL)


def test_routes_and_importance_are_of_the_paths_that_were_walked():
    outcome = str(island().model.outcomes[0].name)
    values = {"restraint": np.linspace(0, 1, 10)}
    for more in ({"values": values, "common_random_numbers": True}, {"draws": range(30, 40)}):
        run = sim.run(island(), paths=60, workers=1, **more)
        routes = run.routes(outcome)
        assert routes["hits"].sum() == run.outcomes.loc[outcome, "hits"] > 0
        example = routes.iloc[0]
        again = run.replay(int(example["draw"]), int(example["path"]))
        assert again.path[f"time__{outcome}"].notna().all()
        why = run.why(outcome, cut=2)
        assert (why.importance["hits"] <= run.outcomes.loc[outcome, "hits"]).all()
        share = run.outcomes.loc[outcome, "probability"]
        assert np.allclose(why.cuts["probability"], share)


def test_what_walks_the_draws_of_the_seed_again_is_refused():
    run = sim.run(island(), values={"restraint": [0.5, 1.0]}, **SMALL)
    with pytest.raises(sim.UsageError, match="not of a run whose values were given"):
        run.response("restraint")


# the unit cube


def test_the_quantile_of_a_draws_uniform_is_its_value():
    scenario = sim.load(FILE)
    names = scenario.problem()["names"]
    assert names == [p.name for p in scenario.model.parameters]
    middle = scenario.ppf(np.full((1, len(names)), 0.5))
    table = scenario.parameters
    for name in names:
        if table.loc[name, "kind"] != "choices":
            assert middle[name].iloc[0] == pytest.approx(table.loc[name, "median"])
    low = scenario.ppf(pd.DataFrame({"restraint": [0.05, 0.95]}))
    assert low["restraint"].tolist() == pytest.approx(
        table.loc["restraint", ["low", "high"]].tolist()
    )
    assert sim.loads(DURATION).ppf([[0.5, 0.2]])["lag"].iloc[0] == pytest.approx(
        sim.loads(DURATION).parameters.loc["lag", "median"]
    )


def test_values_of_the_unit_cube_can_be_run():
    scenario = sim.loads(DURATION)
    values = scenario.ppf(np.random.default_rng(1).random((50, 2)))
    run = sim.run(scenario, values=values, paths=1, workers=1)
    assert_frame_equal(run.draws, values, check_categorical=False, check_dtype=False)
    ends = scenario.ppf([[0.0, 0.0], [1.0, 1.0]])
    assert np.isfinite(ends["lag"]).all()


@pytest.mark.parametrize(
    ("cube", "told"),
    [
        ([[0.5]], "ppf: takes 2 columns, one a parameter, found 1 x 1"),
        ([[0.5, 1.5]], "ppf: every number must be between 0 and 1"),
        ([[0.5, np.nan]], "ppf: every number must be between 0 and 1"),
        ([["a", "b"]], "ppf: takes an array of numbers"),
        (pd.DataFrame({"lagg": [0.5]}), "ppf: unknown uncertain parameter 'lagg'; did you mean"),
    ],
)
def test_what_is_no_point_of_the_cube_is_refused(cube, told):
    with pytest.raises(sim.UsageError, match=re.escape(told)):
        sim.loads(DURATION).ppf(cube)


def test_the_horizon_is_days_and_apart_from_that_seconds():
    scenario = sim.loads(DURATION)
    assert (scenario.horizon, scenario.horizon_seconds) == (30, 30 * 86_400)
    assert yaml.safe_load(DURATION)["horizon"] == "30 d"
