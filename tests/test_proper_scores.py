"""Scores against closed forms, and that nobody gains by saying what they do not believe."""

from math import exp, inf, isnan, log

import numpy as np
import pytest
import scoringrules

from sim.analysis import (
    Arrival,
    arrival,
    brier,
    brier_parts,
    calibrated,
    cases_needed,
    consistency,
    crps,
    log_score,
    pit,
    pit_histogram,
    rank,
    surprise,
)

STEPS = 200_000
U = (np.arange(STEPS) + 0.5) / STEPS
EXPONENTIAL = arrival(-np.log(1 - U), STEPS)  # of mean 1, in fine steps


def rng(seed=1):
    return np.random.default_rng(seed)


# --- of a probability -----------------------------------------------------------------------------


def test_brier_and_log_score_by_hand():
    assert brier([0.2, 0.2, 1.0], [1, 0, 1]) == pytest.approx([0.64, 0.04, 0])
    assert log_score(0.2, True) == pytest.approx(-log(0.2))
    assert log_score(0.2, False) == pytest.approx(-log(0.8))
    assert log_score(0.0, True) == inf
    assert log_score(0.0, False) == 0


@pytest.mark.parametrize("truth", [0.05, 0.3, 0.5])
def test_the_expected_score_is_best_for_the_truth(truth):
    said = np.linspace(0.01, 0.99, 99)
    for score in (lambda p, y: brier(p, y), lambda p, y: -np.log(p if y else 1 - p)):
        expected = truth * score(said, True) + (1 - truth) * score(said, False)
        assert said[np.argmin(expected)] == pytest.approx(truth)
    absolute = truth * (1 - said) + (1 - truth) * said  # the control: not a proper score
    assert said[np.argmin(absolute)] != pytest.approx(truth)


# --- of a time ------------------------------------------------------------------------------------


def exponential_crps(observed, until):
    """The integrals of F^2 and (1 - F)^2, F = 1 - exp(-t), up to where observation ends."""
    y = min(observed, until)
    before = y - 2 * (1 - exp(-y)) + (1 - exp(-2 * y)) / 2
    return before + (exp(-2 * y) - exp(-2 * until)) / 2


@pytest.mark.parametrize("observed", [0.1, 1.0, 3.0, inf])
@pytest.mark.parametrize("until", [0.5, 2.0, 30.0])
def test_the_crps_of_an_exponential_time_censored_or_not(observed, until):
    found = crps(EXPONENTIAL, observed, observed, until)
    assert found == pytest.approx(exponential_crps(observed, until), rel=1e-4)
    if until == 30 and observed < inf:  # the uncensored closed form, as scoringRules has it
        whole = observed - 2 * (1 - exp(-observed)) + 0.5
        assert found == pytest.approx(whole, rel=1e-4)


def test_the_crps_of_a_sample_is_the_difference_of_two_mean_distances():
    times = rng().gamma(2.0, 10.0, 60)
    forecast = arrival(times, 60)
    for observed in (3.0, 25.0):
        energy = np.abs(times - observed).mean()
        energy -= np.abs(times[:, None] - times).mean() / 2
        assert crps(forecast, observed, observed, 1e4) == pytest.approx(energy)


def test_a_time_beyond_the_end_counts_as_cut_off_there():
    times = rng(2).gamma(2.0, 10.0, 80)
    cut = np.minimum(times, 20.0)
    energy = np.abs(cut - 20.0).mean() - np.abs(cut[:, None] - cut).mean() / 2
    assert crps(arrival(times, 80), inf, inf, 20.0) == pytest.approx(energy)
    assert crps(arrival(times, 80), 50.0, 50.0, 20.0) == pytest.approx(energy)


@pytest.mark.parametrize(("earliest", "latest"), [(3, 3), (25, 25), (50, 50), (inf, inf), (3, 9)])
def test_the_crps_is_that_of_another_package(earliest, latest):
    """The weight is 0 in what is not known and beyond the end; its integral is their `v_func`."""
    times = rng(5).gamma(2.0, 10.0, 400)
    times[::3] = 1e9  # in these paths it does not come

    start, end = min(earliest, 30.0), min(latest, 30.0)

    def known(time):  # how much of the time up to here counts
        time = np.minimum(time, 30.0)
        return time - np.clip(time - start, 0, end - start)

    theirs = scoringrules.twcrps_ensemble(start, times, v_func=known, estimator="qd")
    ours = arrival(times[times < 30], 400)
    assert crps(ours, earliest, latest, 30.0) == pytest.approx(theirs, rel=1e-12)
    assert crps(ours, earliest, latest, 29.0) != pytest.approx(theirs, rel=1e-3)  # the control


def test_what_happened_on_some_day_of_an_interval_is_not_counted_there():
    forecast = arrival([1.0, 4.0], 2)  # F: 0 to 1, then 1/2, then 1 from 4 on
    assert crps(forecast, 2.0, 3.0, 10.0) == pytest.approx(1 * 0.25 + 1 * 0.25)
    assert crps(forecast, 2.0, 2.0, 10.0) == pytest.approx(1 * 0.25 + 2 * 0.25)  # the control


@pytest.mark.parametrize("until", [1.0, 4.0])
def test_the_expected_crps_is_best_for_the_truth_also_if_it_is_cut_off(until):
    seen = rng(3).exponential(1.0, 2_000)
    expected = {
        mean: np.mean([crps(arrival(-mean * np.log(1 - U[::400]), 500), t, t, until) for t in seen])
        for mean in (0.5, 1.0, 2.0)
    }
    assert min(expected, key=expected.__getitem__) == 1.0


def test_surprise_and_pit_of_what_came_and_what_did_not():
    forecast = arrival([1.0, 2.0, 3.0, 4.0], 8)  # comes in half of the paths
    assert pit(forecast, 2.0, 2.0, 10.0) == (0.125, 0.25)
    assert pit(forecast, inf, inf, 10.0) == (0.5, 1.0)
    assert surprise(forecast, 1.0, 1.0, 10.0) == 0.25
    assert surprise(forecast, inf, inf, 10.0) == 1.0
    assert surprise(Arrival(times=np.array([1.0]), heights=np.array([0.99])), inf, inf, 5) == (
        pytest.approx(0.02)
    )
    assert surprise(forecast, 9.0, 9.0, 10.0) == 1.0  # late, and half do not come at all
    assert surprise(arrival([1.0, 2.0], 2), 9.0, 9.0, 10.0) == 0.0


def test_rank_is_among_the_times_alone():
    forecast = arrival([1.0, 2.0, 3.0, 4.0], 8)
    assert rank(forecast, 0.5, 0.5, 10.0) == 0
    assert rank(forecast, 2.5, 2.5, 10.0) == 0.5
    assert rank(forecast, 2.0, 2.0, 10.0) == 0.375  # a tie counts half
    assert rank(forecast, 9.0, 9.0, 10.0) == 1
    assert isnan(rank(forecast, inf, inf, 10.0))


def test_pit_values_of_right_forecasts_are_uniform_and_of_wrong_ones_not():
    seen = rng(4).exponential(1.0, 4_000)

    def histogram(mean, until=1.5):
        forecast = arrival(-mean * np.log(1 - U[::40]), STEPS // 40)
        ends = [pit(forecast, *((t, t) if t <= until else (inf, inf)), until) for t in seen]
        low, high = np.array(ends).T
        return pit_histogram(low, high, 5)

    assert histogram(1.0) == pytest.approx(np.full(5, 0.2), abs=0.03)  # censored: spread evenly
    assert histogram(1.0).sum() == pytest.approx(1)
    assert np.abs(histogram(0.5) - 0.2).max() > 0.1  # the control


# --- calibration ----------------------------------------------------------------------------------


def test_isotonic_regression_by_hand():
    p, y = np.array([0.1, 0.2, 0.3, 0.3]), np.array([1.0, 0.0, 1.0, 0.0])
    assert calibrated(p, y) == pytest.approx([0.5, 0.5, 0.5, 0.5])
    assert calibrated(p, np.array([0.0, 0, 1, 0])) == pytest.approx([0, 0, 0.5, 0.5])


def test_the_parts_of_the_brier_score_add_up():
    random = rng(5)
    p = random.uniform(0, 1, 300)
    y = (random.random(300) < p).astype(float)
    parts = brier_parts(p, y)
    assert parts.score == pytest.approx(brier(p, y).mean())
    whole = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert parts.score == pytest.approx(whole)
    assert parts.expected == pytest.approx(1 / 6, abs=0.02)  # E[p (1 - p)] of a uniform p
    assert parts.p_value > 0.05
    assert brier_parts(np.clip(3 * p - 1, 0.01, 0.99), y).p_value < 1e-6  # too sure: the control


def test_spiegelhalter_s_p_value_is_as_often_small_as_it_says():
    random = rng(7)
    p = random.beta(1, 3, 80)
    found = [brier_parts(p, (random.random(80) < p).astype(float)).p_value for _ in range(1_500)]
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.03)


def test_consistency_bars_hold_right_forecasts_and_not_wrong_ones():
    random = rng(8)
    p = np.repeat([0.1, 0.3, 0.6, 0.9], 25)
    inside, outside = [], []
    for _ in range(40):
        y = (random.random(100) < p).astype(float)
        for said, to in ((p, inside), (np.repeat([0.4, 0.5, 0.55, 0.6], 25), outside)):
            table = consistency(said, y, level=0.9, random=random)
            to.append(((table["calibrated"] >= table["low"] - 1e-12)
                       & (table["calibrated"] <= table["high"] + 1e-12)).mean())  # fmt: skip
    assert np.mean(inside) > 0.85
    assert np.mean(outside) < 0.7


# --- how many cases -------------------------------------------------------------------------------


def test_so_many_cases_as_are_said_tell_the_difference_four_times_in_five():
    random = rng(9)
    gap = random.normal(0.1, 0.3, 4_000)
    wanted = int(cases_needed(gap, 0.9))
    assert wanted == pytest.approx(((1.645 + 0.842) * 0.3 / 0.1) ** 2, rel=0.15)
    found = random.normal(0.1, 0.3, (3_000, wanted))
    z = found.mean(axis=1) / (found.std(axis=1, ddof=1) / np.sqrt(wanted))
    assert np.mean(np.abs(z) > 1.645) == pytest.approx(0.8, abs=0.04)
    assert cases_needed(np.array([1.0, -1.0]), 0.9) == inf
