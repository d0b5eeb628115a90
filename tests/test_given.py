"""The run given that an outcome came, against closed forms and tables made by hand."""

import numpy as np
import pytest
from coins import coin_file
from command_line import FEW, FIRST, strict_json
from command_line import call as call

import sim


@pytest.fixture(scope="module")
def coins(tmp_path_factory):
    """p ~ Beta(2, 8) decides two things, q ~ Beta(3, 3), independent, a third; n = 500,000."""
    file = coin_file(tmp_path_factory.mktemp("coins"))
    return sim.run(sim.load(file), draws=500, paths=1000, seed=3, workers=1)


def test_what_hangs_on_the_same_parameter_is_likelier_given_the_outcome(coins):
    """E p² / E p = 3/11 in closed form; what hangs on another parameter stays at 1/2."""
    table = coins.given("head").table.set_index("name")
    both, third = table.loc["both"], table.loc["third_one"]
    for row, truth in ((both, 3 / 11), (third, 0.5)):
        assert abs(row["probability"] - truth) < 4 * row["mc_se"] + 0.003  # draws are stratified
        assert row["mc_low"] < row["probability"] < row["mc_high"]
        assert row["n"] == coins.outcomes.loc["head", "hits"]
    # control: of all paths it is E p² = 0.055
    assert coins.outcomes.loc["both", "probability"] < 0.07
    # the condition decides the ending here
    assert table.loc["fallen", "hits"] == table.loc["fallen", "n"]
    assert table.loc["standing", "hits"] == 0
    assert "head" not in table.index


def test_the_band_is_that_of_the_probability_over_draws(coins):
    """P(both | head) in a draw is p itself: the quantiles of Beta(2, 8), 0.041 and 0.429."""
    row = coins.given("head").table.set_index("name").loc["both"]
    assert row["band"] == "resolved"
    assert abs(row["low"] - 0.041) < 4 * row["low_se"]
    assert abs(row["high"] - 0.429) < 4 * row["high_se"]
    assert row["high"] - row["low"] > 5 * (row["mc_high"] - row["mc_low"])


def test_counts_are_those_of_the_paths(coins):
    came = coins.paths[coins.paths["time__both"].notna()]
    row = coins.given("both").table.set_index("name").loc["third_one"]
    own = came["time__third_one"]
    assert row["hits"] == own.notna().sum()
    assert row["after"] == (own > came["time__both"]).sum() == row["hits"]  # it is tossed later
    assert row["median_time"] == np.nanmedian(own)
    head = coins.given("both").table.set_index("name").loc["head"]
    assert (head["after"], head["hits"]) == (0, head["n"])


def test_of_few_hits_there_are_counts_and_a_sentence(tmp_path):
    found = sim.run(sim.load(coin_file(tmp_path)), draws=10, paths=40, seed=3, workers=1)
    given = found.given("both")
    assert 0 < given.n < 200
    assert f"came in {given.n} of 400 paths, fewer than 200" in given.sentence
    assert given.table["probability"].isna().all()
    assert given.table["hits"].sum() > 0


def test_what_cannot_be_asked_is_said(coins, tmp_path):
    with pytest.raises(sim.UsageError, match="unknown outcome 'haed'; did you mean 'head'"):
        coins.given("haed")
    scenario = sim.load(coin_file(tmp_path))
    bare = sim.run(scenario, draws=2, paths=5, workers=1, keep_paths=False)
    with pytest.raises(sim.EscalationError, match="the run kept no paths"):
        bare.given("head")


def test_the_command_shows_and_writes_it(call):
    given = ("--given", "ally_fights", "--out", "here")
    code, out, err = call("run", FIRST, *FEW, *given)
    assert (code, "Given that" in out) == (0, True), err
    assert len(sim.Results.load("here").outcomes)  # the directory is whole with the added table
    code, out, _ = call("run", FIRST, *FEW, *given, "--json", "--force")
    told = strict_json(out)["given"]
    assert told["outcome"] == "ally_fights"
    assert {one["kind"] for one in told["estimates"]} == {
        "ending"
    }  # its only outcome is the condition
    code, _, err = call("run", FIRST, *FEW, "--given", "ally_fight")
    assert (code, "unknown outcome 'ally_fight'" in err) == (2, True)
    code, _, err = call("run", FIRST, "--given", "ally_fights", "--engine", "exact")
    assert (code, "--given counts paths" in err) == (2, True)
