"""More of a path than its file declares: outcomes from expressions, and values over time."""

import numpy as np
import pandas as pd
import pytest
from islands import FILE, island
from pandas.testing import assert_frame_equal

import sim

SMALL = {"draws": 4, "paths": 30, "workers": 1}
WAR = next(one for one in island().model.outcomes if one.name == "general_war")


def test_an_outcome_from_an_expression_is_that_of_a_file(tmp_path):
    run = sim.run(
        island(),
        outcomes={"again": WAR.when.text, "both": "general_war or talks and general_war"},
        **SMALL,
    )
    assert run.paths["time__again"].equals(run.paths["time__general_war"])
    assert run.paths["time__both"].equals(run.paths["time__general_war"])
    assert run.outcomes.loc["again", "hits"] == run.outcomes.loc["general_war", "hits"] > 0
    plain = sim.run(island(), **SMALL)
    assert_frame_equal(run.paths[plain.paths.columns], plain.paths)  # no path is another
    assert run.provenance.changed == "outcome again, outcome both"
    home = run.save(tmp_path / "run")
    assert_frame_equal(sim.run(home).outcomes, run.outcomes)
    assert sim.replay(home, draw=0, path=0).path["time__again"].notna().sum() <= 1
    assert_frame_equal(
        sim.run(FILE, outcomes={"again": {"when": WAR.when.text}}, **SMALL).paths,
        run.paths.drop(columns="time__both"),
    )


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ({"x": "north_sout > calm"}, "with_: outcomes.x.when: unknown"),
        ({"x": {"wen": "talks"}}, "outcomes.x.wen: unknown key 'wen'; did you mean 'when'"),
        ({"talks": "talks"}, "outcomes.talks: the name 'talks' is used already"),
        ({"general_war": "talks"}, "outcomes.general_war: the name 'general_war' is used already"),
        ({"a b": "talks"}, "'a b' is not a valid name"),
    ],
)
def test_what_is_no_outcome_is_refused(outcomes, told):
    with pytest.raises(sim.ScenarioError, match=told):
        sim.run(island(), outcomes=outcomes, **SMALL)


def test_conditions_need_names():
    with pytest.raises(sim.UsageError, match="outcomes: takes conditions by name"):
        sim.run(island(), outcomes=["talks"], **SMALL)


def test_values_over_time_are_those_of_each_replayed_path(tmp_path):
    names = ["north_south", "talks"]
    run = sim.run(island(), track=names, draws=range(3, 6), paths=10, workers=1)
    assert list(run.track.columns) == ["draw", "path", "variable", "time", "value", "number"]
    changed = 0
    for draw in range(3, 6):
        for path in range(10):
            own = run.track[(run.track["draw"] == draw) & (run.track["path"] == path)]
            states = run.replay(draw, path).states
            for name in names:
                its = own[own["variable"] == name]
                keep = states[name].ne(states[name].shift())
                assert its["time"].tolist() == states.loc[keep, "time"].tolist()
                assert its["value"].astype(str).tolist() == states.loc[keep, name].tolist()
                changed += len(its) - 1
    assert changed > 20
    levels = island().model.variable("north_south").levels
    rungs = run.track[run.track["variable"] == "north_south"]
    assert [levels[i] for i in rungs["number"]] == rungs["value"].astype(str).tolist()
    again = sim.Results.load(run.save(tmp_path / "run"))
    assert_frame_equal(again.track, run.track)
    assert sim.run(island(), **SMALL).track is None  # the control


def test_values_over_time_give_the_table_of_rungs():
    """The control of another table: how many paths stand at a level at the horizon."""
    run = sim.run(island(), track=["north_south"], **SMALL)
    last = run.track.groupby(["draw", "path"])["value"].last().astype(str)
    end = run.rungs[(run.rungs["variable"] == "north_south")]
    end = end[np.isclose(end["time"], end["time"].max())].set_index("level")["paths"]
    counted = last.value_counts().reindex(end.index.astype(str), fill_value=0)
    assert counted.tolist() == end.tolist()
    assert isinstance(run.track["value"].dtype, pd.CategoricalDtype)


def test_what_is_no_variable_cannot_be_tracked():
    with pytest.raises(sim.UsageError, match="track: unknown state variable 'talk'; did you mean"):
        sim.run(island(), track=["talk"], **SMALL)
    with pytest.raises(sim.UsageError, match="track: takes a list of state variables"):
        sim.run(island(), track="talks", **SMALL)
