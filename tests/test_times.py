"""By when an outcome has happened, and how long it takes, against closed forms."""

from dataclasses import replace
from functools import cache
from math import exp, log, sqrt

import numpy as np
import pytest
from islands import island_run
from small_models import flag, is_, model, put, rule

import sim
from sim.analysis import by_day
from sim.analysis.estimates.times import times
from sim.errors import UsageError

WAR, PEACE, DAYS = 1 / 50, 1 / 100, 100.0
N = 40_000


@cache
def run(engine="exact"):
    """War and peace compete: whichever comes first ends the path. Nothing is uncertain."""
    rules = [
        rule("war_comes", put("war", 1), after=1 / WAR, limit=1),
        rule("peace_comes", put("peace", 1), after=1 / PEACE, limit=1),
    ]
    ends = is_("peace", 1)
    both = {"war": is_("war", 1), "peace": ends}
    written = model([flag("war"), flag("peace")], rules, both, days=DAYS, stop_when=ends)
    size = {"draws": 1} if engine == "exact" else {"draws": 4, "paths": N // 4, "workers": 1}
    return sim.run(written, engine=engine, seed=1, **size)


def incidence(day):
    """Of war with peace as a competing ending (Kalbfleisch and Prentice, 1980, ch. 7)."""
    both = WAR + PEACE
    return WAR / both * (1 - exp(-both * day))


def test_the_probability_by_a_day_is_the_cumulative_incidence_of_theory():
    found = by_day(run(), [1.0, 7.0, 33.3, 100.0]).set_index(["outcome", "day"])
    for day in (1.0, 7.0, 33.3, 100.0):
        # straight lines between 501 times: off by at most (step / 2)^2 / 2 x the curvature
        assert found.loc[("war", day), "probability"] == pytest.approx(incidence(day), abs=1e-5)
    alone = 1 - exp(-WAR * 33.3)  # control: as if peace did not compete
    assert found.loc[("war", 33.3), "probability"] != pytest.approx(alone, abs=1e-2)


def test_sampled_probabilities_by_a_day_are_those_of_theory():
    """n = 40,000; z by the binomial error, below 4."""
    found = by_day(run("compiled"), [7.0, 30.0]).set_index(["outcome", "day"])
    for day in (7.0, 30.0):
        share, row = incidence(day), found.loc[("war", day)]
        assert abs(row["probability"] - share) < 4 * sqrt(share * (1 - share) / N)
        assert row["mc_low"] < row["probability"] < row["mc_high"]
    other = incidence(33.0)  # control: three days more are seen
    assert abs(row["probability"] - other) > 4 * sqrt(other * (1 - other) / N)


def test_without_days_it_is_a_week_a_month_a_quarter_and_the_horizon():
    assert by_day(run())["day"].unique().tolist() == [7.0, 30.0, 90.0, 100.0]
    short = replace(run(), provenance=replace(run().provenance, horizon=20.0))
    assert by_day(short)["day"].unique().tolist() == [7.0, 20.0]


@pytest.mark.parametrize("day", [0.0, -1.0, 100.1])
def test_a_day_outside_the_run_is_refused(day):
    with pytest.raises(UsageError, match="within the 100 d run"):
        by_day(run(), [day])
    assert len(by_day(run(), [100.0])) == 2  # the control


def test_quartiles_are_over_all_paths_and_missing_beyond_the_horizon():
    table = times(run()).set_index("outcome")
    both = WAR + PEACE
    for name, share in (("first_quarter", 0.25), ("median", 0.5)):
        expected = -log(1 - share * both / WAR) / both
        assert table.loc["war", name] == pytest.approx(expected, abs=0.01)
    # two thirds of all paths have a war in the end, so three quarters never do
    assert np.isnan(table.loc["war", "third_quarter"])
    assert table.loc["peace", "median"] == pytest.approx(log(2) / PEACE, abs=0.01)
    alone = log(2) / WAR  # control: as if nothing competed
    assert table.loc["war", "median"] != pytest.approx(alone, abs=1)


def test_the_restricted_mean_is_the_area_above_the_curve():
    both = WAR + PEACE
    area = DAYS - WAR / both * (DAYS - (1 - exp(-both * DAYS)) / both)
    table = times(run()).set_index("outcome")
    assert table.loc["war", "restricted_mean"] == pytest.approx(area, abs=1e-3)
    sampled = times(run("compiled")).set_index("outcome").loc["war"]
    half = (sampled["restricted_mean_mc_high"] - sampled["restricted_mean_mc_low"]) / 2
    assert abs(sampled["restricted_mean"] - area) < 4 / 1.645 * half  # of a 90 % interval
    wide = 4 / 1.645 * (sampled["median_mc_high"] - sampled["median_mc_low"]) / 2
    assert abs(sampled["median"] - table.loc["war", "median"]) < wide
    assert wide < 3  # control: three days more would be seen


def test_bands_go_along_with_the_curve():
    """Of six draws of 40 paths nothing is resolved; of 60 draws the island's wars are."""
    assert by_day(island_run())["low"].isna().all()
    found = by_day(sim.run(island_run().source, draws=60, paths=100, seed=1, workers=1))
    wars = found[found["outcome"] == "general_war"]
    assert wars["high"].dropna().is_monotonic_increasing
    assert wars["high"].notna().sum() >= 2
    last = wars.iloc[-1]
    assert last["low"] < last["probability"] < last["high"]
    assert last["high"] - last["low"] > last["mc_high"] - last["mc_low"]  # the outer band
