"""What a parameter may be: quantiles against SciPy, bounds, refusals, and words."""

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import special, stats

from sim.formatting import DAY
from sim.model import Distribution, Parameter
from sim.model.parameters import (
    bounds,
    central,
    complaints,
    extremes,
    in_words,
    quantile,
    value_at,
    value_in_words,
    values_at,
)
from sim.streams import parameter_uniform

SIGMA_90 = stats.norm.ppf(0.9)


def of(kind, *numbers, **more):
    return Distribution(kind=kind, numbers=numbers, **more)


def points(values, within=None):
    return of("quantiles", *values.values(), probabilities=tuple(values), within=within)


JUDGED = {0.05: 0.2, 0.5: 0.5, 0.95: 0.8}
POSSIBLE = {
    "fixed": of("fixed", 0.3),
    "uniform": of("uniform", 0.1, 0.4),
    "loguniform": of("loguniform", 0.5, 2.0),
    "triangular": of("triangular", 0.0, 1.0, 4.0),
    "triangular, mode low": of("triangular", 1.0, 1.0, 4.0),
    "triangular, mode high": of("triangular", 1.0, 4.0, 4.0),
    "pert": of("pert", 7 * DAY, 29 * DAY, 40 * DAY),
    "pert, mode low": of("pert", 0.0, 0.0, 1.0),
    "normal": of("normal", -2.0, 3.0),
    "lognormal": of("lognormal", 7.0, 50.0),
    "beta, Jeffreys": of("beta", 0.5, 5.5),
    "beta": of("beta", 3.0, 2.0),
    "choices": of("choices", 0.8, 0.2, levels=("text", "broad")),
    "quantiles": points(JUDGED),
    "quantiles within": points(JUDGED, (0.0, 1.0)),
    "quantiles above": points({0.1: 2.0, 0.5: 5.0, 0.9: 30.0}, (1.0, math.inf)),
    "quantiles below": points({0.1: -9.0, 0.9: 2.0}, (-math.inf, 3.0)),
    "five quantiles within": points(
        {0.05: 0.02, 0.25: 0.05, 0.5: 0.1, 0.75: 0.2, 0.95: 0.5}, (0.0, 1.0)
    ),
    "uniform cut": of("uniform", 0.0, 1.0, within=(0.25, 3.0)),
    "triangular cut": of("triangular", 0.0, 1.0, 4.0, within=(0.5, 3.0)),
    "pert cut": of("pert", 0.0, 1.0, 4.0, within=(0.5, 3.0)),
    "normal cut": of("normal", 0.2, 0.3, within=(0.0, 1.0)),
    "normal cut far": of("normal", 0.0, 1.0, within=(3.0, 4.0)),
    "normal above": of("normal", 0.2, 0.3, within=(0.0, math.inf)),
    "lognormal cut": of("lognormal", 7.0, 50.0, within=(1.0, 100.0)),
    "beta cut": of("beta", 3.0, 2.0, within=(0.1, 0.5)),
}
SCIPY = {
    "uniform": stats.uniform(0.1, 0.3),
    "loguniform": stats.loguniform(0.5, 2.0),
    "triangular": stats.triang(0.25, 0.0, 4.0),
    "triangular, mode low": stats.triang(0.0, 1.0, 3.0),
    "triangular, mode high": stats.triang(1.0, 1.0, 3.0),
    "pert": stats.beta(1 + 4 * 22 / 33, 1 + 4 * 11 / 33, 7 * DAY, 33 * DAY),
    "pert, mode low": stats.beta(1.0, 5.0),
    "normal": stats.norm(-2.0, 3.0),
    "lognormal": stats.lognorm(math.log(50 / 7) / SIGMA_90, scale=7.0),
    "beta, Jeffreys": stats.beta(0.5, 5.5),
    "beta": stats.beta(3.0, 2.0),
    "uniform cut": stats.uniform(0.25, 0.75),
    "normal cut": stats.truncnorm(-0.2 / 0.3, 0.8 / 0.3, 0.2, 0.3),
    "normal above": stats.truncnorm(-0.2 / 0.3, np.inf, 0.2, 0.3),
    "normal cut far": stats.truncnorm(3.0, 4.0),
}
UNCUT = {
    "triangular cut": stats.triang(0.25, 0.0, 4.0),
    "pert cut": stats.beta(2.0, 4.0, 0.0, 4.0),
    "lognormal cut": SCIPY["lognormal"],
    "beta cut": SCIPY["beta"],
}
TAILS = [2.0**-54, 1e-12, 1e-6, 0.001, *np.linspace(0.01, 0.99, 99), 0.999, 1 - 1e-6, 1 - 1e-12]


@pytest.mark.parametrize("name", SCIPY)
def test_quantiles_are_scipys_tails_included(name):
    # Uncut, 1e-12 of the value or of the 98 % range. Where `within` cuts, u is moved to the uncut
    # scale and rounded there to 1e-16 of 1: 1e-9 up to a share of 1e-3 left above.
    exact, cut = SCIPY[name], POSSIBLE[name].within is not None
    us = [u for u in TAILS if u <= 0.999 or not cut]
    found = np.array([quantile(POSSIBLE[name], u) for u in us])
    spread = exact.ppf(0.99) - exact.ppf(0.01)
    expected = exact.ppf(us)
    error = np.abs(found - expected) / (spread + np.abs(expected))
    assert error.max() < (1e-9 if cut else 1e-12)
    nearly = exact.ppf([0.9999 * u for u in us])
    assert (np.abs(found - nearly) / (spread + np.abs(nearly))).max() > 1e-6  # control


@pytest.mark.parametrize("time", [False, True])
@pytest.mark.parametrize("name", POSSIBLE)
def test_values_of_many_draws_are_those_of_each_to_the_last_bit(name, time):
    parameter = Parameter(name="p", distribution=POSSIBLE[name], time=time)
    us = [*TAILS, *np.random.default_rng(1).random(300).tolist()]
    each = [value_at(parameter, u) for u in us]
    assert list(values_at(parameter, us)) == each
    assert list(values_at(parameter, us[1:])) != each[:-1] or len(set(each)) < 3  # control


@pytest.mark.parametrize("name", UNCUT)
def test_within_is_the_distribution_given_that_it_lies_within(name):
    low, high = POSSIBLE[name].within
    below, above = UNCUT[name].cdf([low, high])
    for u in TAILS:
        value = quantile(POSSIBLE[name], u)
        assert low <= value <= high
        assert (UNCUT[name].cdf(value) - below) / (above - below) == pytest.approx(u, abs=1e-12)
    uncut = UNCUT[name].ppf(0.3)
    assert uncut != pytest.approx(quantile(POSSIBLE[name], 0.3), rel=1e-3)  # control


@pytest.mark.parametrize("name", [name for name in POSSIBLE if name != "choices"])
def test_draws_rise_with_u_and_stay_within_their_bounds(name):
    values = [quantile(POSSIBLE[name], u) for u in (*TAILS, 1 - 2.0**-53)]
    low, high = bounds(POSSIBLE[name])
    assert values == sorted(values)
    assert low <= values[0] <= values[-1] <= high
    if name != "fixed":  # control: the bounds are no wider than the draws reach, where finite
        assert values[0] < central(POSSIBLE[name]) < values[-1]
        spread = values[-1] - values[0]
        assert values[0] - low < 0.1 * spread or math.isinf(low)
        assert high - values[-1] < 0.1 * spread or math.isinf(high)


@pytest.mark.parametrize("name", [name for name in POSSIBLE if "quantiles" in name])
def test_a_metalog_meets_every_point(name):
    for p, value in zip(POSSIBLE[name].probabilities, POSSIBLE[name].numbers, strict=True):
        assert quantile(POSSIBLE[name], p) == pytest.approx(value, rel=1e-13, abs=0)
        assert quantile(POSSIBLE[name], p + 1e-6) != pytest.approx(value, rel=1e-13, abs=0)


def test_a_bounded_metalog_is_the_metalog_of_the_logits():
    logits = points({p: special.logit(value) for p, value in JUDGED.items()})
    for u in (1e-9, 0.01, 0.3, 0.99, 1 - 1e-9):
        expected = special.expit(quantile(logits, u))
        assert quantile(POSSIBLE["quantiles within"], u) == pytest.approx(expected, rel=1e-12)
        assert quantile(POSSIBLE["quantiles"], u) != pytest.approx(expected, rel=1e-5)  # control


@pytest.mark.parametrize(("name", "mean", "sd"), [
    ("pert", (7 + 4 * 29 + 40) / 6 * DAY, None),
    ("triangular", 5 / 3, math.sqrt((0 + 1 + 16 - 0 - 4 - 0) / 18)),
    ("beta, Jeffreys", 0.5 / 6, math.sqrt(0.5 * 5.5 / 36 / 7)),
    ("lognormal", 7 * math.exp((math.log(50 / 7) / SIGMA_90) ** 2 / 2), None),
    ("normal cut", stats.truncnorm(-0.2 / 0.3, 0.8 / 0.3, 0.2, 0.3).mean(), None),
])  # fmt: skip
def test_stratified_draws_have_the_mean_of_the_closed_form(name, mean, sd):
    # 2,000 draws, stratified a hundred at a time: the spread of block means gives the error.
    drawn = np.array([quantile(POSSIBLE[name], parameter_uniform(1, "p", d)) for d in range(2000)])
    blocks = drawn.reshape(20, 100).mean(axis=1)
    z = (blocks.mean() - mean) / (blocks.std(ddof=1) / math.sqrt(20))
    assert abs(z) < 4.5  # Student's t with 19 degrees of freedom: P = 2 in 10,000
    assert abs((blocks.mean() - 1.1 * mean) / (blocks.std(ddof=1) / math.sqrt(20))) > 4.5  # control
    assert sd is None or drawn.std() == pytest.approx(sd, rel=0.02)


def test_choices_are_taken_by_their_weights():
    three = of("choices", 2.0, 0.0, 6.0, levels=("a", "b", "c"))
    n = 1_000
    taken = [quantile(three, (i + 0.5) / n) for i in range(n)]
    assert [taken.count(position) for position in (0.0, 1.0, 2.0)] == [250, 0, 750]
    assert quantile(three, 1 - 2.0**-53) == 2.0
    assert quantile(of("choices", 1.0, 0.0, levels=("a", "b")), 1 - 2.0**-53) == 0.0


def test_bounds_and_extremes():
    assert bounds(POSSIBLE["fixed"]) == extremes(POSSIBLE["fixed"]) == (0.3, 0.3)
    assert bounds(POSSIBLE["choices"]) == extremes(POSSIBLE["choices"]) == (0, 1)
    assert bounds(POSSIBLE["normal"]) == bounds(POSSIBLE["quantiles"]) == (-math.inf, math.inf)
    assert bounds(POSSIBLE["lognormal"]) == (0, math.inf)
    assert bounds(POSSIBLE["quantiles above"]) == (1, math.inf)
    assert bounds(POSSIBLE["uniform cut"]) == (0.25, 1)
    assert bounds(POSSIBLE["beta, Jeffreys"]) == (0, 1)
    for name, distribution in POSSIBLE.items():
        (low, high), (lowest, highest) = extremes(distribution), bounds(distribution)
        assert lowest <= low <= high <= highest
        if name not in ("fixed", "choices"):
            assert lowest < low < high < highest  # never the very end, which no draw meets


def test_the_centre_is_the_median_or_the_most_likely_choice():
    assert central(POSSIBLE["quantiles within"]) == pytest.approx(0.5)
    assert central(POSSIBLE["lognormal"]) == 7
    assert central(POSSIBLE["choices"]) == 0
    assert central(of("choices", 1.0, 3.0, levels=("a", "b"))) == 1


# --- what is refused ----------------------------------------------------------------------------

IMPOSSIBLE = {
    "every number must be finite": of("normal", math.nan, 1.0),
    "low must be less than high, found 0.4 and 0.4": of("uniform", 0.4, 0.4),
    "must be low, mode, high in ascending order, found 0, 5, 4": of("pert", 0.0, 5.0, 4.0),
    "must be low, mode, high in ascending order, found 1, 1, 1": of("triangular", 1.0, 1.0, 1.0),
    "sd must be greater than 0, found -1": of("normal", 0.0, -1.0),
    "median must be greater than 0, found -7": of("lognormal", -7.0, 50.0),
    "p90 must be greater than the median 7, found 5": of("lognormal", 7.0, 5.0),
    "beta must be greater than 0, found 0": of("beta", 1.0, 0.0),
    "weight of b must not be negative, found -1": of("choices", 2.0, -1.0, levels=("a", "b")),
    "every weight is 0": of("choices", 0.0, 0.0, levels=("a", "b")),
    "quantiles need 2 to 5 points, found 6": points({p / 10: p for p in range(1, 7)}),
    "quantiles must be given in ascending order, found 5 % after 50 %": points(
        {0.5: 1.0, 0.05: 2.0}
    ),
    "a quantile's probability must be between 0 % and 100 %, found 0 %": points({0: 1.0, 0.5: 2}),
    "quantiles must increase, found 0.4 at 50 % after 0.5 at 5 %": points({0.05: 0.5, 0.5: 0.4}),
    "quantile 1 must be strictly within 0 and 1": points({0.05: 0.2, 0.5: 1.0}, (0.0, 1.0)),
    "within 1 and 0: the first must be less than the second": of(
        "uniform", 0.0, 1.0, within=(1.0, 0.0)
    ),
    "0.3 is not within 0.5 and 1": of("fixed", 0.3, within=(0.5, 1.0)),
    "within 0 and 1: choices have no order to bound": of(
        "choices", 1.0, 1.0, levels=("a", "b"), within=(0.0, 1.0)
    ),
    "hardly any of the distribution lies within 8 and 9": of("normal", 0.0, 1.0, within=(8.0, 9.0)),
    "no metalog runs through these quantiles: it would turn back near 92 %; with the other two, "
    "50 % must lie below 0.73885": points({0.05: 0.2, 0.5: 0.75, 0.95: 0.8}, (0.0, 1.0)),
    "no metalog runs through these quantiles: it would turn back above 90 %; leave out a point or "
    "move one": points({0.1: 1.0, 0.3: 1.01, 0.5: 4.0, 0.9: 5.0}),
}


@pytest.mark.parametrize(("sentence", "distribution"), IMPOSSIBLE.items())
def test_an_impossible_distribution_says_why(sentence, distribution):
    assert sentence in complaints(distribution)


@pytest.mark.parametrize("distribution", POSSIBLE.values(), ids=POSSIBLE)
def test_a_possible_distribution_is_not_complained_about(distribution):
    assert complaints(distribution) == []


def test_durations_are_complained_about_as_durations():
    backwards = of("uniform", 7 * DAY, DAY)
    assert complaints(backwards, time=True) == ["low must be less than high, found 7 d and 1 d"]
    assert complaints(backwards) == ["low must be less than high, found 604800 and 86400"]


def test_the_value_named_as_the_nearest_possible_one_is():
    for middle, possible in ((0.738, True), (0.740, False)):
        tried = points({0.05: 0.2, 0.5: middle, 0.95: 0.8}, (0.0, 1.0))
        assert (complaints(tried) == []) == possible


# --- in words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "time", "said"), [
    ("fixed", False, "0.3"),
    ("uniform", False, "uniform from 0.1 to 0.4"),
    ("pert", True, "PERT, 7 d to 40 d, most likely 29 d"),
    ("triangular", False, "triangular, 0 to 4, most likely 1"),
    ("normal", False, "normal, mean -2, sd 3"),
    ("lognormal", False, "lognormal, median 7, p90 50"),
    ("beta, Jeffreys", False, "beta(0.5, 5.5), mean 0.0833"),
    ("choices", False, "text 80 %, broad 20 %"),
    ("quantiles within", False, "5 %: 0.2, 50 %: 0.5, 95 %: 0.8, within 0 and 1"),
])  # fmt: skip
def test_distributions_in_words(name, time, said):
    assert in_words(POSSIBLE[name], time) == said


def test_a_value_is_told_as_its_parameter_means_it():
    reading = Parameter(name="reading", distribution=POSSIBLE["choices"])
    lag = Parameter(name="lag", distribution=POSSIBLE["pert"], time=True)
    share = Parameter(name="share", distribution=POSSIBLE["beta"])
    assert value_in_words(reading, 1.0) == "broad"
    assert value_in_words(lag, 29 * DAY) == "29 d"
    assert value_in_words(share, 0.123456) == "0.1235"


def test_checking_parameters_imports_no_scipy():
    code = (
        "import sys\n"
        "from sim.model.parameters import Distribution, complaints, extremes\n"
        "pert = Distribution(kind='pert', numbers=(0.0, 1.0, 4.0))\n"
        "assert complaints(pert) == [] and extremes(pert)\n"
        "print(*sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "sim.model.parameters" in loaded  # control: the list is one of modules
    assert not {"scipy", "numba", "pandas", "matplotlib"} & set(loaded)
