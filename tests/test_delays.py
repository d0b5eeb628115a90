"""Waiting times against SciPy and closed forms, tails included; Python against numba; refusals."""

import math
import re
import sys
from statistics import NormalDist

import numpy as np
import pytest
from numba import njit
from numba.extending import register_jitable
from scipy import special, stats

from sim.formatting import DAY, duration_in_words
from sim.model import (
    Arithmetic,
    Comparison,
    Constant,
    Delay,
    Distribution,
    Expression,
    IfElse,
    Names,
    Parameter,
    ParameterOf,
    delay_sampling,
)
from sim.model.delay_kinds import CODES
from sim.model.delay_sampling import cdf, ppf
from sim.model.delays import AT_ONCE, complaints, in_words, numbers, parameters_read, row
from sim.model.normal import normal_cdf, normal_ppf

NOBODY = Names({}, {}, {})
SIGMA_90 = NormalDist().inv_cdf(0.9)


def number(value, text=None):
    return Expression(Constant(value, text or f"{value:g}"), text or f"{value:g}")


def days(value):
    return number(value * DAY, f"{value:g} d")


def delay(kind, *arguments, **more):
    return Delay(kind=kind, arguments=tuple(arguments), **more)


def quantiles(points):
    values = tuple(days(value) for value in points.values())
    return delay("quantiles", *values, probabilities=tuple(points))


def mix(*parts):
    shares = tuple(number(share) for share, _ in parts)
    return delay("mix", *shares, parts=tuple(part for _, part in parts))


HEAPS = (9456.4, 21766.0, 21920.3, 22091.7, 91340.7)  # seconds: nothing is left between them
SEEN = (0.2, 1, 1, 3, 4, 4.5, 9, 30, 30, 77)  # days
DELAYS = {
    "at once": AT_ONCE,
    "exactly": delay("exactly", days(5)),
    "exponential": delay("exponential", days(10)),
    "lognormal": delay("lognormal", days(7), days(50)),
    "lognormal, minutes": delay("lognormal", number(1200.0), number(4500.0)),
    "weibull, hasty": delay("weibull", days(10), number(0.3)),
    "weibull, ripening": delay("weibull", days(10), number(4.0)),
    "between": delay("between", days(1), days(4)),
    "two quantiles": quantiles({0.1: 2, 0.9: 30}),
    "three quantiles": quantiles({0.1: 1, 0.5: 3, 0.9: 20}),
    "five quantiles": quantiles({0.05: 1, 0.25: 2.2, 0.5: 4, 0.75: 8, 0.95: 40}),
    "observed": delay("observed", observations=(0.0, DAY, DAY, 3 * DAY, 9 * DAY)),
    "smoothed": delay("smoothed", observations=tuple(DAY * seen for seen in SEEN)),
    "mix": mix((0.2, delay("between", number(0), days(5))), (0.8, delay("exponential", days(9)))),
}
SCIPY = {  # an independent answer, where SciPy has the distribution
    "exponential": stats.expon(scale=10 * DAY),
    "lognormal": stats.lognorm(math.log(50 / 7) / SIGMA_90, scale=7 * DAY),
    "lognormal, minutes": stats.lognorm(math.log(4500 / 1200) / SIGMA_90, scale=1200),
    "weibull, hasty": stats.weibull_min(0.3, scale=10 * DAY),
    "weibull, ripening": stats.weibull_min(4.0, scale=10 * DAY),
    "between": stats.uniform(loc=1 * DAY, scale=3 * DAY),
}
CONTINUOUS = [name for name in DELAYS if name not in ("at once", "exactly", "observed")]


def unit_interval(n=2_000):
    """The whole of (0, 1): an even grid, the low tail to 1e-300, the high one to 1 - 2**-53."""
    low = 10.0 ** -np.linspace(0.3, 300, n // 4)
    high = 1 - 2.0 ** -np.linspace(1, 53, n // 4)
    grid = (np.arange(n // 2) + 0.5) / (n // 2)
    return sorted({*low.tolist(), *high.tolist(), *grid.tolist(), 2.0**-54, 1 - 2.0**-53})


@pytest.fixture(scope="module")
def compiled():
    """The samplers under numba, as they stand."""
    for function in delay_sampling.COMPILABLE:
        register_jitable(function)
    return {function.__name__: njit(function) for function in delay_sampling.COMPILABLE}


# --- the inverse of each distribution -----------------------------------------------------------


@pytest.mark.parametrize("name", SCIPY)
def test_waits_are_scipys_over_the_whole_unit_interval(name):
    # 1e-12: the largest exponent, sigma z = 57 at u = 1e-300, turns an error of 1 in 1e16 into
    # 57 in 1e16, and SciPy's own inverses are good to some 1e-13 in the far tails.
    us = unit_interval()
    found = np.array([ppf(numbers(DELAYS[name], NOBODY, ()), 0, u) for u in us])
    expected = SCIPY[name].ppf(us)
    kept = expected > 1e-290  # floats thin out below
    assert (found[~kept] < 1e-289).all()
    assert np.abs(found[kept] / expected[kept] - 1).max() < 1e-12
    nearly = SCIPY[name].ppf([u * (1 - 1e-9) for u in us])
    assert np.abs(found[kept] / nearly[kept] - 1).max() > 1e-12  # control


@pytest.mark.parametrize("name", SCIPY)
def test_reached_is_scipys_distribution_function(name):
    # Relative to the probability itself where it is small: 1e-12, as above; times in both tails.
    ts = [t for t in SCIPY[name].ppf(unit_interval(400)) if t > 1e-290]
    found = np.array([cdf(numbers(DELAYS[name], NOBODY, ()), 0, t) for t in ts])
    expected = SCIPY[name].cdf(ts)
    kept = expected > 1e-280  # below, floats thin out
    assert np.abs(found[kept] / expected[kept] - 1).max() < 1e-12
    later = SCIPY[name].cdf([1.001 * t for t in ts])
    assert np.abs(found[kept] / later[kept] - 1).max() > 1e-6  # control


@pytest.mark.parametrize("name", CONTINUOUS)
def test_reached_undoes_wait(name):
    # 1e-11 of u, or of 1 - u plus the spacing of floats near 1 (2**-52, some of them).
    numbered = numbers(DELAYS[name], NOBODY, ())
    if name == "mix":  # a mix is not one rising curve: what undoes it is its distribution function
        us = (np.arange(20_000) + 0.5) / 20_000
        waits = np.sort([ppf(numbered, 0, u) for u in us])
        assert max(abs(cdf(numbered, 0, t) - u) for t, u in zip(waits, us, strict=True)) < 1e-4
        return
    for u in unit_interval():
        t = ppf(numbered, 0, u)
        if t < 1e-290:  # floats thin out below
            continue
        tolerance = 1e-11 * min(u, 1 - u) + 2.0**-50 * (u > 0.4 or name == "between")
        assert abs(cdf(numbered, 0, t) - u) <= tolerance, u
    shifted = [cdf(numbered, 0, ppf(numbered, 0, u) * 1.0001) for u in (0.2, 0.5)]
    assert max(abs(s - u) for s, u in zip(shifted, (0.2, 0.5), strict=True)) > 1e-6  # control


@pytest.mark.parametrize("name", [name for name in CONTINUOUS if name != "mix"])
def test_waits_rise_with_u_and_are_never_negative(name):
    numbered = numbers(DELAYS[name], NOBODY, ())
    waits = [ppf(numbered, 0, u) for u in unit_interval()]
    assert waits == sorted(waits)
    assert waits[0] >= 0
    assert math.isfinite(waits[-1])
    assert waits[-1] > 1.5 * waits[len(waits) // 2]  # control: it does rise


@pytest.mark.parametrize(("name", "mean"), [
    ("exactly", 5 * DAY),
    ("exponential", 10 * DAY),
    ("lognormal, minutes", 1200 * math.exp((math.log(4500 / 1200) / SIGMA_90) ** 2 / 2)),
    ("weibull, ripening", 10 * DAY * math.gamma(1.25)),
    ("between", 2.5 * DAY),
    ("observed", 2.8 * DAY),
    ("mix", 0.2 * 2.5 * DAY + 0.8 * 9 * DAY),
])  # fmt: skip
def test_waits_have_the_mean_of_the_closed_form(name, mean):
    # Means over n strata, u at each one's middle, come far closer than n random draws would.
    numbered, n = numbers(DELAYS[name], NOBODY, ()), 50_000
    found = math.fsum(ppf(numbered, 0, (i + 0.5) / n) for i in range(n)) / n
    assert found == pytest.approx(mean, rel=1e-3)
    assert found != pytest.approx(1.005 * mean, rel=1e-3)  # control


def test_a_wait_at_once_takes_no_time():
    assert ppf(numbers(AT_ONCE, NOBODY, ()), 0, 0.3) == 0
    assert cdf(numbers(AT_ONCE, NOBODY, ()), 0, 0.0) == 1
    assert cdf(numbers(AT_ONCE, NOBODY, ()), 0, -1.0) == 0


def test_an_exact_wait_is_reached_exactly_then():
    numbered = numbers(DELAYS["exactly"], NOBODY, ())
    assert {ppf(numbered, 0, u) for u in unit_interval()} == {5 * DAY}
    assert cdf(numbered, 0, 5 * DAY) == 1
    assert cdf(numbered, 0, math.nextafter(5 * DAY, 0)) == 0


def test_an_observed_wait_is_the_floor_of_u_times_n_of_the_sorted():
    seen = DELAYS["observed"].observations
    numbered = numbers(DELAYS["observed"], NOBODY, ())
    assert [ppf(numbered, 0, u) for u in (2.0**-54, 0.19, 0.2, 0.59, 0.6, 1 - 2.0**-53)] == [
        seen[0], seen[0], seen[1], seen[2], seen[3], seen[4],
    ]  # fmt: skip
    ts = (-1.0, 0.0, DAY - 1, DAY, 3 * DAY, 9 * DAY)
    assert [cdf(numbered, 0, t) for t in ts] == [0, 0.2, 0.2, 0.6, 0.8, 1]
    many = numbers(delay("observed", observations=tuple(map(float, range(3)))), NOBODY, ())
    assert ppf(many, 0, 1 - 2.0**-53) == 2.0  # u n may round up to n


def test_a_smoothed_record_is_scipys_kernel_density_of_the_logarithms():
    """Independent: the estimate of SciPy, given the bandwidth, and Silverman's rule by NumPy."""
    logs = np.log(np.multiply(SEEN, DAY))
    quartiles = np.percentile(logs, [25, 75])
    spread = min(logs.std(ddof=1), float(np.diff(quartiles)[0]) / 1.34)
    width = 0.9 * spread * len(logs) ** -0.2
    row = numbers(DELAYS["smoothed"], NOBODY, ())
    assert row[2] == pytest.approx(width, rel=1e-14)
    # `bw_method` is the factor by which SciPy multiplies the standard deviation
    density = stats.gaussian_kde(logs, bw_method=width / logs.std(ddof=1))
    for u in (1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 1 - 1e-6):
        t = ppf(row, 0, u)
        assert density.integrate_box_1d(-np.inf, math.log(t)) == pytest.approx(u, rel=1e-9)
        assert cdf(row, 0, t) == pytest.approx(u, rel=1e-12)
    wider = stats.gaussian_kde(logs, bw_method=1.1 * width / logs.std(ddof=1))  # control
    t = math.log(ppf(row, 0, 0.01))
    assert wider.integrate_box_1d(-np.inf, t) != pytest.approx(0.01, rel=0.1)


def test_the_logarithms_of_smoothed_waits_vary_more_by_the_bandwidth_squared():
    """Closed form: mean of the logarithms as observed, variance (divided by n) plus h^2."""
    row, n = numbers(DELAYS["smoothed"], NOBODY, ()), 20_000
    logs = np.log([ppf(row, 0, (i + 0.5) / n) for i in range(n)])
    seen = np.log(np.multiply(SEEN, DAY))
    assert logs.mean() == pytest.approx(seen.mean(), rel=1e-5)
    assert logs.var() == pytest.approx(seen.var() + row[2] ** 2, rel=1e-3)
    assert logs.var() != pytest.approx(seen.var(), rel=0.05)  # control


@pytest.mark.parametrize(
    "seen", [(1.0, 2.0), (5.0, 5.0, 5.0, 5.0, 900.0), HEAPS, tuple(range(1, 3000))]
)
def test_a_record_of_any_shape_is_smoothed(seen):
    """Two waits; equal quartiles, where the standard deviation is taken; far heaps; thousands."""
    row = numbers(delay("smoothed", observations=tuple(map(float, seen))), NOBODY, ())
    assert row[1] == len(seen) + 1
    assert row[2] > 0
    for u in (2.0**-54, 0.3, 0.5, 0.7627256096823253, 0.9, 1 - 2.0**-53):
        assert cdf(row, 0, ppf(row, 0, u)) == pytest.approx(u, rel=1e-11)
    assert min(seen) < ppf(row, 0, 0.5) <= max(seen)


def test_a_mix_gives_each_part_its_share_and_its_own_waits():
    parts = ((0.25, delay("between", number(0), number(1))), (0.0, delay("exactly", number(7))),
             (0.75, delay("exponential", number(3))))  # fmt: skip
    numbered = numbers(mix(*parts), NOBODY, ())
    alone = [numbers(part, NOBODY, ()) for _, part in parts]
    for v in (0.001, 0.3, 0.5, 0.999):
        assert ppf(numbered, 0, 0.25 * v) == pytest.approx(ppf(alone[0], 0, v), rel=1e-12, abs=0)
        assert ppf(numbered, 0, 0.25 + 0.75 * v) == pytest.approx(
            ppf(alone[2], 0, v), rel=1e-12, abs=0
        )
    assert all(ppf(numbered, 0, u) != 7 for u in unit_interval())  # a share of 0 is never taken
    for t in (-1.0, 0.0, 0.5, 2.0, 9.0):
        expected = 0.25 * cdf(alone[0], 0, t) + 0.75 * cdf(alone[2], 0, t)
        assert cdf(numbered, 0, t) == pytest.approx(expected, abs=1e-15)
    only = numbers(mix((1.0, delay("exactly", number(7))), (0.0, AT_ONCE)), NOBODY, ())
    assert {ppf(only, 0, u) for u in unit_interval()} == {7}  # control: a whole share always is


def test_a_mix_within_a_mix_is_the_mix_multiplied_out():
    a, b, c = (delay("exactly", number(value)) for value in (1.0, 2.0, 3.0))
    nested = numbers(mix((0.5, a), (0.5, mix((0.2, b), (0.8, c)))), NOBODY, ())
    flat = numbers(mix((0.5, a), (0.1, b), (0.4, c)), NOBODY, ())
    assert nested == pytest.approx(flat)
    assert [ppf(nested, 0, u) for u in (0.499, 0.501, 0.599, 0.601)] == [1, 2, 2, 3]


def test_rows_are_read_where_they_start():
    first, second = (numbers(DELAYS[name], NOBODY, ()) for name in ("lognormal", "mix"))
    joined = [9.9, *first, *second]
    for u in (0.1, 0.5, 0.9):
        assert ppf(joined, 1, u) == ppf(first, 0, u)
        assert ppf(joined, 1 + len(first), u) == ppf(second, 0, u)
        assert cdf(joined, 1 + len(first), DAY) == cdf(second, 0, DAY)


# --- quantiles ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two quantiles", "three quantiles", "five quantiles"])
def test_a_curve_through_quantiles_meets_every_point(name):
    # 1e-13: elimination on five terms loses some two digits of sixteen.
    numbered = numbers(DELAYS[name], NOBODY, ())
    points = zip(DELAYS[name].probabilities, DELAYS[name].arguments, strict=True)
    for p, argument in points:
        assert ppf(numbered, 0, p) == pytest.approx(argument.node.value, rel=1e-13, abs=0)
        assert ppf(numbered, 0, p + 1e-6) != pytest.approx(argument.node.value, rel=1e-13, abs=0)


def test_two_quantiles_are_log_logistic():
    spread, median = math.log(15) / (2 * math.log(9)), math.sqrt(60) * DAY
    numbered = numbers(DELAYS["two quantiles"], NOBODY, ())
    for u in unit_interval():  # 1e-12: the exponent reaches 430 at u = 1e-300
        expected = median * math.exp(spread * (math.log(u) - math.log1p(-u)))
        assert ppf(numbered, 0, u) == pytest.approx(expected, rel=1e-12, abs=0)
        assert ppf(numbered, 0, u) != pytest.approx(
            expected * (1 + 1e-9), rel=1e-12, abs=0
        )  # control


def test_three_quantiles_have_the_published_closed_form():
    # Keelin (2016), symmetric-percentile triplet, of the logarithms: median m, and for alpha = 10 %
    # a2 = (h - l) / (2 logit), a3 = (1 - 2 r) (h - l) / (logit (1 - 2 alpha)), r = (m - l)/(h - l).
    low, middle, high = (math.log(value * DAY) for value in (1, 3, 20))
    logit, r = math.log(9), (middle - low) / (high - low)
    expected = [middle, (high - low) / (2 * logit), (1 - 2 * r) * (high - low) / (logit * 0.8)]
    found = numbers(DELAYS["three quantiles"], NOBODY, ())[2:]
    assert found == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.25])
def test_three_quantiles_are_possible_just_where_published(alpha):
    # Keelin (2016): feasible when the middle lies between k and 1 - k of the way, with
    # k = (1 - 1.66711 (1/2 - alpha)) / 2; five digits of it were published.
    k = (1 - 1.66711 * (0.5 - alpha)) / 2
    probabilities = (alpha, 0.5, 1 - alpha)
    inside, outside = (k + 1e-4, 1 - k - 1e-4), (k - 1e-4, 1 - k + 1e-4)
    for share, possible in [(r, True) for r in inside] + [(r, False) for r in outside]:
        values = tuple(number(math.exp(value)) for value in (1.0, 1 + 4 * share, 5.0))
        tried = delay("quantiles", *values, probabilities=probabilities)
        assert (complaints(tried) == []) == possible, (share, complaints(tried))


def test_curves_that_pass_rise_everywhere_and_refused_ones_fall_somewhere():
    rng = np.random.default_rng(11)
    logits = np.linspace(-34, 34, 20_000)
    seen = {True: 0, False: 0}
    for _ in range(150):
        count = int(rng.integers(3, 6))
        probabilities = tuple(np.sort(rng.uniform(0.03, 0.97, count)).tolist())
        values = np.cumsum(rng.exponential(1.0, count) + 0.02)
        tried = delay(
            "quantiles", *map(number, np.exp(values).tolist()), probabilities=probabilities
        )
        fitted = np.linalg.solve(_basis(special.logit(probabilities))[:count].T, values)
        rises = bool((np.diff(fitted @ _basis(logits)[:count]) > 0).all())
        assert (complaints(tried) == []) == rises, (probabilities, values)
        seen[rises] += 1
    assert min(seen.values()) > 20  # control: both kinds were met


def _basis(logit):
    centred = special.expit(logit) - 0.5
    return np.array([np.ones_like(logit), logit, centred * logit, centred, centred**2])


# --- the normal ---------------------------------------------------------------------------------


def test_the_normal_ppf_is_the_published_algorithm():
    # The standard library has AS 241 too; SciPy's is by another author. 4 ulp covers both.
    us = unit_interval(8_000)
    found = np.array([normal_ppf(u) for u in us])
    for other in (np.array([NormalDist().inv_cdf(u) for u in us]), special.ndtri(us)):
        assert np.abs(found - other).max() < 1e-13  # |z| up to 37, spacing of floats 7e-15
        middle = np.abs(found) < 6
        assert np.abs(found[middle] - other[middle]).max() < 4e-15
    assert np.abs(found - special.ndtri([u * (1 - 1e-10) for u in us])).max() > 1e-13  # control


def test_the_share_below_undoes_the_normal_ppf():
    for u in unit_interval():
        assert normal_cdf(normal_ppf(u)) == pytest.approx(u, rel=1e-12, abs=0)
    assert normal_cdf(1.0) == pytest.approx(0.8413447460685429, rel=1e-15)
    assert normal_cdf(1.0) != normal_cdf(1.0 + 1e-14)  # control


# --- Python and numba ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", DELAYS)
def test_compiled_waits_are_pythons_to_the_last_bit(name, compiled):
    numbered = numbers(DELAYS[name], NOBODY, ())
    array = np.array(numbered)
    us = unit_interval(4_000)
    python = [ppf(numbered, 0, u) for u in us]
    assert [compiled["ppf"](array, 0, u) for u in us] == python
    ts = [t * factor for t in python[::7] for factor in (0.5, 1.0, 2.0)] + [0.0, -1.0]
    assert [compiled["cdf"](array, 0, t) for t in ts] == [cdf(numbered, 0, t) for t in ts]
    if name in CONTINUOUS:  # control: the comparison sees a change of 1 in 1e13 of u
        nearly = [compiled["ppf"](array, 0, u * (1 - 1e-13)) for u in us]
        assert nearly != python


def test_compiled_waits_are_pythons_for_random_numbers(compiled):
    rng = np.random.default_rng(4)
    for _ in range(3_000):
        kind = int(rng.integers(CODES["exactly"], CODES["quantiles"]))
        a, b = (10.0 ** rng.uniform(-3, 9), 10.0 ** rng.uniform(-2, 2))
        numbered = [float(kind), a, a + b if kind == CODES["between"] else b]
        u = float(rng.uniform() if rng.uniform() < 0.5 else 10.0 ** -rng.uniform(0, 300))
        t = ppf(numbered, 0, u)
        assert compiled["ppf"](np.array(numbered), 0, u) == t
        assert compiled["cdf"](np.array(numbered), 0, t) == cdf(numbered, 0, t)


def test_no_row_overflows(compiled):
    wild = {"weibull": (10.0, 0.001), "lognormal": (1.0, 1e300), "exponential": (1e300,)}
    for kind, arguments in wild.items():
        numbered = numbers(delay(kind, *map(number, arguments)), NOBODY, ())
        for u in (1e-300, 2.0**-54, 0.5, 1 - 2.0**-53):
            t = ppf(numbered, 0, u)
            assert t >= 0
            assert compiled["ppf"](np.array(numbered), 0, u) == t
            assert 0 <= cdf(numbered, 0, t) <= 1
    assert math.log(37.0) / 0.001 > math.log(sys.float_info.max)  # control: there `exp` overflows


# --- what is refused ----------------------------------------------------------------------------

IMPOSSIBLE = {
    "median must be greater than 0, found -3 d": delay("lognormal", days(-3), days(5)),
    "p90 must be greater than the median 7 d, found 6 d": delay("lognormal", days(7), days(6)),
    "p90 must be greater than the median 7 d, found 7 d": delay("lognormal", days(7), days(7)),
    "mean must be greater than 0, found 0 s": delay("exponential", days(0)),
    "duration must be 0 or more, found -1 h": delay("exactly", number(-3600.0)),
    "duration must be 0 or more, found inf": delay("exactly", number(math.inf)),
    "mean must be greater than 0, found nan": delay("exponential", number(math.nan)),
    "shape must be greater than 0, found 0": delay("weibull", days(1), number(0)),
    "high must not be below low 5 d, found 4 d": delay("between", days(5), days(4)),
    "quantiles must increase, found 2 d at 50 % after 3 d at 10 %": quantiles(
        {0.1: 3, 0.5: 2, 0.9: 9}
    ),
    "no metalog runs through these quantiles: it would turn back above 90 %; with the other two, "
    "50 % must lie below 12.14 d": quantiles({0.1: 1, 0.5: 19, 0.9: 20}),
    "shares must sum to 1, found 0.9": mix((0.5, AT_ONCE), (0.4, AT_ONCE)),
    "a share must be between 0 and 1, found 1.5": mix((1.5, AT_ONCE), (-0.5, AT_ONCE)),
}  # fmt: skip
MISSHAPEN = {
    "quantiles need 2 to 5 points, found 1": quantiles({0.5: 1}),
    "a quantile's probability must be between 0 % and 100 %, found 100 %": quantiles(
        {0.5: 1, 1.0: 2}
    ),
    "quantiles must be given in ascending order, found 10 % after 50 %": quantiles(
        {0.5: 1, 0.1: 2}
    ),
    "there is no observation to draw from": delay("observed"),
    "an observed wait must be 0 or more, found -2 d": delay("observed", observations=(-2 * DAY,)),
    "a wait of 0 cannot be smoothed, as its logarithm is taken; put it into a `mix`": delay(
        "smoothed", observations=(0.0, DAY)
    ),
    "to be smoothed, a record needs two different waits, found only 1 d": delay(
        "smoothed", observations=(DAY, DAY)
    ),
}


@pytest.mark.parametrize(("sentence", "wrong"), (IMPOSSIBLE | MISSHAPEN).items())
def test_an_impossible_delay_says_why(sentence, wrong):
    assert sentence in complaints(wrong)
    assert sentence in complaints(mix((0.5, AT_ONCE), (0.5, wrong)))


@pytest.mark.parametrize(("sentence", "wrong"), IMPOSSIBLE.items())
def test_an_impossible_delay_has_no_numbers(sentence, wrong):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        numbers(wrong, NOBODY, ())


@pytest.mark.parametrize("possible", DELAYS.values(), ids=DELAYS)
def test_a_possible_delay_is_not_complained_about(possible):
    assert complaints(possible) == []


def test_all_that_is_wrong_is_said_at_once():
    assert complaints(delay("lognormal", days(-1), days(0))) == [
        "median must be greater than 0, found -1 d",
        "p90 must be greater than 0, found 0 s",
    ]


# --- parameters in a delay ----------------------------------------------------------------------

LAG = Expression(ParameterOf("lag"), "lag")
LAGS = Names({}, {"other": 0, "lag": 1}, {})


def lag(low, high):
    return Parameter(
        name="lag", time=True, distribution=Distribution(kind="uniform", numbers=(low, high))
    )


def test_a_delay_reads_its_parameters_in_each_draw():
    six = Expression(Arithmetic("*", Constant(6.0, "6"), ParameterOf("lag")), "6 * lag")
    read = row(delay("lognormal", LAG, six), LAGS)
    for value in (2.0, 30.0):
        assert read((0.0, value)) == numbers(
            delay("lognormal", number(value), number(6 * value)), NOBODY, ()
        )
    assert read((0.0, 2.0)) != read((0.0, 30.0))  # control
    with pytest.raises(ValueError, match=r"^median must be greater than 0, found -2 s \(`lag`\)"):
        read((0.0, -2.0))


def test_parameters_read_are_named_once_parts_included():
    both = mix((0.5, delay("exponential", LAG)), (0.5, delay("between", number(0), LAG)))
    share = Expression(ParameterOf("share"), "share")
    part = (delay("exponential", LAG),)
    assert parameters_read(both) == ("lag",)
    assert parameters_read(Delay(kind="mix", arguments=(share,), parts=part)) == ("share", "lag")
    assert parameters_read(DELAYS["mix"]) == ()


def test_a_delay_without_parameters_is_numbered_once():
    read = row(DELAYS["five quantiles"], LAGS)
    assert read((1.0, 2.0)) is read((3.0, 4.0))
    with pytest.raises(ValueError, match="p90"):
        row(delay("lognormal", days(7), days(6)), LAGS)


def test_a_row_is_as_long_in_every_draw():
    share = Expression(ParameterOf("lag"), "lag")
    rest = Expression(Arithmetic("-", Constant(1.0, "1"), ParameterOf("lag")), "1 - lag")
    read = row(Delay(kind="mix", arguments=(share, rest), parts=(AT_ONCE, AT_ONCE)), LAGS)
    assert len(read((0.0, 0.0))) == len(read((0.0, 1.0))) == len(read((0.0, 0.3)))


def test_a_division_by_zero_is_a_sentence():
    ratio = Expression(Arithmetic("/", Constant(1.0, "1"), ParameterOf("lag")), "1 / lag")
    with pytest.raises(ValueError, match="`1 / lag` has no value: "):
        numbers(delay("exactly", ratio), LAGS, (0.0, 0.0))
    assert numbers(delay("exactly", ratio), LAGS, (0.0, 2.0))[1] == 0.5


def test_a_parameters_ends_are_tried_at_load():
    found = complaints(delay("lognormal", days(30), LAG), [lag(7 * DAY, 40 * DAY)])
    assert found == [
        "p90 must be greater than the median 30 d, found 7 d, when lag is 7 d",
    ]
    assert complaints(delay("lognormal", days(6), LAG), [lag(7 * DAY, 40 * DAY)]) == []
    assert complaints(delay("exponential", LAG), [lag(0.0, DAY)]) == []  # 0 itself is never drawn


def reading(**weights):
    kind = Distribution(kind="choices", numbers=tuple(weights.values()), levels=tuple(weights))
    return Parameter(name="reading", distribution=kind)


@pytest.mark.parametrize(("odd", "weights"), [
    ("broad", {"text": 1, "broad": 1, "none": 1}),  # neither the first nor the last
    ("none", {"text": 1, "broad": 1, "none": 1}),
    ("text", {"text": 1, "broad": 1, "none": 1}),
])  # fmt: skip
def test_every_choice_with_weight_is_tried_at_load(odd, weights):
    position = float(list(weights).index(odd))
    odd_one = Comparison("==", ParameterOf("reading"), Constant(position, odd))
    p90 = IfElse(odd_one, days(6).node, days(9).node)
    tried = delay("lognormal", days(7), Expression(p90, f"6 d if reading == {odd} else 9 d"))
    said = f"p90 must be greater than the median 7 d, found 6 d, when reading is {odd}"
    assert complaints(tried, [reading(**weights)]) == [said]
    assert complaints(tried, [reading(**(weights | {odd: 0}))]) == []  # which is never drawn


def test_of_many_parameters_each_is_moved_alone():
    # 11 have more combinations than are looked at; only where one is low and the others are
    # high is there anything wrong, which neither all low nor all high shows.
    many = [
        Parameter(name=f"p{i}", distribution=Distribution(kind="uniform", numbers=(0.0, 1.0)))
        for i in range(11)
    ]
    others = ParameterOf("p0")
    for parameter in many[1:-1]:
        others = Arithmetic("+", others, ParameterOf(parameter.name))

    def tried(base):
        less = Arithmetic("*", Constant(1.5, "1.5"), others)
        more = Arithmetic("*", Constant(10.0, "10"), ParameterOf("p10"))
        p90 = Arithmetic("+", Constant(base, f"{base:g}"), Arithmetic("-", more, less))
        return delay("lognormal", number(7.0), Expression(p90, "base + 10 p10 - 1.5 others"))

    (said,) = complaints(tried(20.0), many)
    assert "p0 is 1 and" in said
    assert said.endswith("p9 is 1 and p10 is 1e-06")
    assert complaints(tried(29.0), many) == []  # control: low enough nowhere


# --- in words -----------------------------------------------------------------------------------


def test_delays_are_said_as_they_were_written():
    assert {name: in_words(delay) for name, delay in DELAYS.items()} == {
        "at once": "at once",
        "exactly": "exactly 5 d",
        "exponential": "mean 10 d (exponential)",
        "lognormal": "median 7 d, p90 50 d",
        "lognormal, minutes": "median 1200, p90 4500",
        "weibull, hasty": "Weibull, scale 10 d, shape 0.3",
        "weibull, ripening": "Weibull, scale 10 d, shape 4",
        "between": "between 1 d and 4 d",
        "two quantiles": "10 % within 2 d, 90 % within 30 d",
        "three quantiles": "10 % within 1 d, 50 % within 3 d, 90 % within 20 d",
        "five quantiles": "5 % within 1 d, 25 % within 2.2 d, 50 % within 4 d, 75 % within 8 d, "
        "95 % within 40 d",
        "observed": "one of 5 observed, 0 s to 9 d",
        "smoothed": "smoothed from 10 observed, 4.8 h to 77 d",
        "mix": "20 %: between 0 and 5 d; 80 %: mean 9 d (exponential)",
    }


@pytest.mark.parametrize(("seconds", "said"), [
    (0, "0 s"), (45, "45 s"), (1200, "20 min"), (5400, "1.5 h"), (DAY, "1 d"), (29 * DAY, "29 d"),
    (400 * DAY, "400 d"), (3 * 365.25 * DAY, "3 y"), (-3 * DAY, "-3 d"), (math.inf, "inf"),
])  # fmt: skip
def test_durations_in_words(seconds, said):
    assert duration_in_words(seconds) == said
