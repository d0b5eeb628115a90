"""Frames keep their words: ladders in their order, and those of two variants of one file."""

import numpy as np
import pandas as pd
import pytest
from islands import island

import sim
from sim.analysis import CONFIDENCES, LIKELIHOODS

SMALL = {"draws": 4, "paths": 20, "workers": 1, "events": True}


def ladder(variable: str) -> list[str]:
    return list(island().model.variable(variable).levels)


def test_levels_of_one_ladder_have_its_order():
    run = sim.run(island(), track=["north_south"], **SMALL)
    value = run.track["value"]
    assert value.cat.ordered
    assert list(value.cat.categories) == ladder("north_south")
    rung = run.track["number"].to_numpy()
    worst, second = ladder("north_south")[-1], ladder("north_south")[1]
    np.testing.assert_array_equal(value >= second, rung >= 1)
    assert value.max() <= worst
    for name, words in (("likelihood", LIKELIHOODS), ("confidence", CONFIDENCES)):
        assert run.outcomes[name].cat.ordered
        assert tuple(run.outcomes[name].cat.categories) == words


def test_other_levels_have_no_order():
    """Neither those of a variable without a ladder nor those of one with another's."""
    for track in (["ally.reads_attacker"], ["north_south", "ally.involvement"], ["talks"]):
        assert not sim.run(island(), track=track, **SMALL).track["value"].cat.ordered
    rungs = sim.run(island(), **SMALL).rungs
    assert rungs["level"].cat.ordered  # the control: of one ladder alone
    assert rungs["level"].max() == ladder("north_south")[-1]


@pytest.mark.parametrize("track", [["north_south"], []], ids=["tracked", "plain"])
def test_an_order_is_saved_and_loaded(tmp_path, track):
    run = sim.run(island(), track=track, **SMALL)
    read = sim.Results.load(run.save(tmp_path / "run"))
    assert read == run
    assert read.outcomes["likelihood"].cat.ordered
    assert not read.paths["ending"].cat.ordered  # the control


def test_categories_of_variants_survive_concat():
    """Every categorical column of every table, of the file as written and each intervention."""
    base, lost = sim.run(island(), **SMALL), []
    assert len(island().interventions) > 2
    for name in island().interventions:
        twin = sim.run(island().under(name), **SMALL)
        for table, frame in base.frames().items():
            both = pd.concat({"base": frame, name: getattr(twin, table)})
            words = [one for one in frame if frame[one].dtype == "category"]
            lost += [(name, table, one) for one in words if both[one].dtype != "category"]
    assert lost == []
    added = {one.name for one in island().events.values()}
    assert added <= set(base.events["transition"].cat.categories)
    # the control: without what an intervention adds they are lost
    bare = sim.run(island().model, **SMALL).events
    mixed = pd.concat([bare, sim.run(island().under("early_talks"), **SMALL).events])
    assert mixed["transition"].dtype != "category"


def test_twins_of_a_comparison_have_the_same_words():
    found = sim.compare(island(), **SMALL)
    events = [run.events for run in (found.baseline, *found.twins.values())]
    assert pd.concat(events)["transition"].dtype == "category"
