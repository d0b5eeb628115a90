"""Rank correlation of parameters with a share: against SciPy, closed forms, and its noise floor."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis import FALSE_ALARM, strongest

DRAWS, PATHS = 200, 50


def idle(rng, numbers=20, choices=4):
    """Parameters as a run draws them, none of which does anything."""
    frame = pd.DataFrame({f"number{i}": rng.random(DRAWS) for i in range(numbers)})
    for i in range(choices):
        codes = rng.choice(3, DRAWS, p=[0.7, 0.2, 0.1])
        frame[f"choice{i}"] = pd.Categorical.from_codes(codes, categories=["a", "b", "c"])
    return frame


def test_numbers_and_choices_agree_with_scipy():
    rng = np.random.default_rng(1)
    frame = idle(rng)
    share = pd.Series(rng.binomial(PATHS, 0.1 + 0.3 * frame["number3"]) / PATHS)  # with many ties
    found = strongest(frame, share, None)
    for i in range(20):
        wanted = stats.spearmanr(frame[f"number{i}"], share).statistic
        assert found["correlation"][f"number{i}"] == pytest.approx(wanted, abs=1e-12)
        assert found["sign"][f"number{i}"] == np.sign(wanted)
    for i in range(4):
        groups = [share[frame[f"choice{i}"] == level] for level in "abc"]
        statistic = stats.kruskal(*groups).statistic  # corrected for ties
        wanted = sqrt(statistic / (DRAWS - 1))
        assert found["correlation"][f"choice{i}"] == pytest.approx(wanted, abs=1e-12)
    assert found.index[0] == "number3"
    assert bool(found["clears"]["number3"])
    assert found["sign"]["number3"] == 1
    assert set(found["sign"].filter(like="choice")) == {0}


def test_a_falling_number_and_a_choice_out_of_order_are_found():
    rng = np.random.default_rng(2)
    frame = idle(rng)
    level = frame["choice2"].map({"a": 0.2, "b": 0.6, "c": 0.1}).astype(float)  # not monotone
    share = pd.Series(rng.binomial(PATHS, level - 0.09 * frame["number7"]) / PATHS)
    found = strongest(frame, share, 2)
    assert list(found.index) == ["choice2", "number7"]
    assert found["clears"].all()
    assert list(found["sign"]) == [0, -1]


def test_where_nothing_matters_a_run_seldom_names_anything():
    # n = 1,000 runs: as many false alarms as were promised, and more where the floor is too low
    rng, runs, alarms, lower = np.random.default_rng(3), 1000, 0, 0
    for _ in range(runs):
        share = pd.Series(rng.binomial(PATHS, rng.beta(1, 9, DRAWS)) / PATHS)
        found = strongest(idle(rng), share, None)
        alarms += bool(found["clears"].any())
        lower += bool((found["correlation"].abs() > 0.8 * found["floor"]).any())
    sd = sqrt(FALSE_ALARM * (1 - FALSE_ALARM) / runs)
    assert (alarms / runs - FALSE_ALARM) / sd < 4, f"{alarms} false alarms in {runs}"
    assert alarms / runs > 0.02, "a floor that nothing reaches would find nothing either"
    assert (lower / runs - FALSE_ALARM) / sd > 4, "control: a floor at 0.8 of its height"


def test_what_cannot_be_told_is_an_empty_table_or_clears_nothing():
    rng = np.random.default_rng(4)
    frame = idle(rng)
    assert strongest(frame, pd.Series(np.zeros(DRAWS))).empty  # never seen
    assert strongest(frame.iloc[:1], pd.Series([0.1])).empty  # one draw
    assert strongest(frame[[]], pd.Series(rng.random(DRAWS))).empty  # nothing uncertain
    frame["same"] = 1.0
    assert "same" not in strongest(frame, pd.Series(rng.random(DRAWS)), None).index
    few = frame.iloc[:5]
    perfect = strongest(few, few["number0"], None)
    assert perfect["correlation"]["number0"] == pytest.approx(1)
    assert not perfect["clears"].any()
