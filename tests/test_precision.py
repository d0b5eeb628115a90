"""A run that finds its number of draws: it stops when its headlines are known well enough."""

import pytest
from islands import island
from pandas.testing import assert_frame_equal

import sim
from sim.errors import UsageError
from sim.experiment.plan import Plan, limit_of

SMALL = {"paths": 20, "seed": 1, "workers": 1, "progress": False}


def headlines(results):
    named = list(results.provenance.headlines) or list(results.outcomes.index)
    return results.outcomes.loc[named]


def test_draws_are_added_by_the_hundred_until_every_headline_is_known():
    results = sim.run(island(), **SMALL, precision=0.4)
    about = results.provenance
    assert about.stopped == "precision"
    assert not about.interrupted
    assert about.draws % 100 == 0
    assert about.draws > 100
    assert (headlines(results)["mc_se"] < 0.004).all()
    before = sim.run(island(), **SMALL, draws=about.draws - 100)  # control
    assert (headlines(before)["mc_se"] >= 0.004).any()
    finer = sim.run(island(), **SMALL, precision="0.3")
    assert finer.provenance.draws > about.draws


def test_the_draws_are_the_first_of_a_longer_run():
    found = sim.run(island(), **SMALL, precision="30%")
    whole = sim.run(island(), **SMALL, draws=found.provenance.draws)
    for name in ("outcomes", "endings", "draws", "shares", "coverage", "paths"):
        assert_frame_equal(getattr(found, name), getattr(whole, name))
    assert whole.provenance.stopped == "draws"


def test_it_ends_at_so_many_paths_if_that_comes_first():
    results = sim.run(island(), **SMALL, precision=0.001, max_paths=2_500)
    assert (results.provenance.stopped, results.n) == ("max_paths", 2_500)


def test_a_part_of_the_estimate_is_another_limit_than_points():
    assert limit_of("5%").of(0.2) == pytest.approx(0.01)
    assert limit_of("5").of(0.2) == pytest.approx(0.05)


@pytest.mark.parametrize("precision", ["x", "0", "-1", "100", "nan", "%", "inf"])
def test_what_is_no_precision_is_refused(precision):
    with pytest.raises(UsageError, match=r"points such as 0\.2, or a part of the estimate"):
        Plan(precision=precision)
    assert Plan(precision="0.2").draws == 5_000  # the control, of 200 paths


def test_a_solution_has_no_draws_to_add():
    with pytest.raises(UsageError, match="exact engine"):
        Plan(precision="1", engine="exact")


def test_the_run_directory_says_why_it_ended_and_repeats_it(tmp_path):
    results = sim.run(island(), **SMALL, precision=3)
    home = results.save(tmp_path / "run")
    assert sim.Results.load(home).provenance == results.provenance
    again = sim.run(home, workers=1, progress=False)
    assert_frame_equal(again.outcomes, results.outcomes)
