"""Numbers in words: what a reader may be told, and what never."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.analysis import wilson
from sim.formatting import (
    at_least,
    at_most,
    difference,
    differences,
    estimate,
    estimates,
    moment,
    percent,
    percents,
    plain,
)


def row(hits, n, **more):
    low, high = wilson(hits, n)
    return pd.Series(
        {
            "probability": hits / n,
            "mc_low": float(low),
            "mc_high": float(high),
            "hits": hits,
            "n": n,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("share", "width", "said"),
    [
        (0.0, 0.0, "0"),
        (1.0, 0.0, "100"),
        (0.041, 0.008, "4.1"),
        (0.041, 0.0, "4.1"),
        (0.041, 0.0002, "4.10"),
        (0.4, 0.12, "40"),
        (0.0002, 0.005, "0.020"),
        (0.9997, 0.0004, "99.97"),
        (0.999999, 0.5, "99.9999"),
        (1e-7, 0.0, "0.000010"),
        (float("nan"), 0.0, "–"),
    ],
)
def test_percent_has_the_digits_its_interval_bears(share, width, said):
    assert percent(share, width=width) == said


@pytest.mark.parametrize("share", np.geomspace(1e-10, 0.5, 40))
def test_what_is_not_zero_is_never_said_to_be(share):
    assert float(percent(share)) > 0
    assert float(percent(1 - share)) < 100
    assert float(f"{100 * 1e-10:.1f}") == 0  # control: plain rounding does


def test_three_zeros_stay_different():
    assert estimate(row(0, 2_000)) == "0 of 2,000, below 0.14 %"
    assert estimate(row(0, 2_000, reach="impossible")) == "impossible by construction"
    assert estimate(row(1, 2_000)) == "0.050 % (sampling 0.011–0.224)"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.3, 0.0004, 0.9996), "30 % (sampling 0.040–99.96)"),  # rounded alike: 0 and 100
        ((0.02, 0.0, 0.08), "2.0 % (sampling 0.0–8.0)"),
        ((0.998, 0.99, 1.0), "99.8 % (sampling 99.0–100.0)"),
        ((0.3, 0.004, 0.996), "30 % (sampling 0.40–99.6)"),
        ((0.3, 0.006, 0.994), "30 % (sampling 1–99)"),
        ((0.3, 0.24, 0.36), "30 % (sampling ±6)"),  # control: one that is not lopsided
    ],
)
def test_the_end_of_an_interval_is_0_or_100_only_if_it_is(numbers, said):
    """Mutants: either end of `0 < share < 1` moved, and 0 or 100 dropped from what rounds away."""
    names = ("probability", "mc_low", "mc_high")
    assert (
        estimate(pd.Series({**dict(zip(names, numbers, strict=True)), "hits": 5, "n": 9})) == said
    )


def test_an_estimate_carries_its_interval():
    assert estimate(row(82, 2_000)) == "4.1 % (sampling ±0.7)"
    assert estimate(row(800, 2_000)) == "40 % (sampling ±2)"
    assert estimate(row(2_000, 2_000)) == "all 2,000, above 99.86 %"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ({"low": 0.0061, "high": 0.118}, "4.1 % (0.6–11.8; sampling ±0.7)"),
        # an end has the digits that its own error bears
        ({"low": 0.0061, "high": 0.118, "high_se": 0.02}, "4.1 % (0.6–12; sampling ±0.7)"),
        ({"low": 0.0, "high": 0.118}, "4.1 % (none seen–11.8; sampling ±0.7)"),
        ({"low": 0.00004, "high": 0.118}, "4.1 % (0.004–11.8; sampling ±0.7)"),
        (
            {"low": float("nan"), "high": float("nan"), "band": "unresolved"},
            "4.1 % (parameter uncertainty not resolved; sampling ±0.7)",
        ),
        ({"low": float("nan"), "high": float("nan"), "band": "none"}, "4.1 % (sampling ±0.7)"),
    ],
)
def test_parameter_uncertainty_stands_before_sampling_error(layers, said):
    assert estimate(row(82, 2_000, **layers)) == said


def test_numbers_that_stand_together_have_one_precision():
    assert percents([0.11348, 0.0857, 0.0571]) == ["11.3", "8.6", "5.7"]
    assert percents([0.0217, 0.9783]) == ["2.2", "97.8"]
    assert [percent(share) for share in (0.11348, 0.0857)] == ["11", "8.6"]  # control: one by one
    # what would be nothing keeps its own digits, and costs the others none
    assert percents([0.4, 0.0003, 0.25]) == ["40.0", "0.030", "25.0"]
    assert percents([0.0, 1.0, float("nan"), 0.345]) == ["0", "100", "–", "34"]
    assert percents([]) == []
    rows = [row(hits, 2_000) for hits in (800, 82, 8, 1, 0, 2_000)]
    assert estimates(rows) == [
        "40.0 % (sampling ±1.8)",
        "4.1 % (sampling ±0.7)",
        "0.4 % (sampling 0.2–0.7)",
        "0.050 % (sampling 0.011–0.224)",
        "0 of 2,000, below 0.14 %",
        "all 2,000, above 99.86 %",
    ]
    assert estimates(rows[:1]) == [estimate(rows[0])]


def test_differences_that_stand_together_have_one_precision():
    names = ("difference", "low", "high", "differ", "changed")
    table = [(-0.013, -0.016, -0.010, 9, 9), (0.1, 0.05, 0.15, 99, 99), (0.0, -2e-5, 2e-5, 0, 0)]
    rows = [pd.Series(dict(zip(names, numbers, strict=True))) for numbers in table]
    assert differences(rows) == [
        "-1.3 (-1.6 to -1.0)",
        "+10.0 (+5.0 to +15.0)",
        "none, within ±0.0020",
    ]
    assert difference(rows[1]) == "+10 (+5 to +15)"  # control


def test_an_end_that_is_none_or_all_is_written_with_the_digits_of_the_rest():
    """Only an end that is neither has more of them, so that rounding does not make it one."""
    ends = {"probability": 0.01, "hits": 3, "n": 300, "mc_low": 0.0, "mc_high": 0.05}
    assert estimate(pd.Series(ends)) == "1.0 % (sampling 0.0–5.0)"
    assert estimate(pd.Series({**ends, "mc_low": 1e-6})) == "1.0 % (sampling 0.00010–5.0)"
    ends = {"probability": 0.991, "hits": 297, "n": 300, "mc_low": 0.95, "mc_high": 1.0}
    assert estimate(pd.Series(ends)) == "99.1 % (sampling 95.0–100.0)"
    assert estimate(pd.Series({**ends, "mc_high": 1 - 1e-6})) == "99.1 % (sampling 95.0–99.9999)"


@pytest.mark.parametrize("share", np.geomspace(1e-9, 0.49, 50))
def test_a_bound_is_rounded_to_the_side_where_it_stays_true(share):
    assert float(at_most(share)) >= 100 * share * (1 - 1e-9)
    assert float(at_least(1 - share)) <= 100 * (1 - share) * (1 + 1e-9)
    assert float(at_most(0.001301)) > float(percent(0.001301))  # control: rounded to the nearest


def test_an_exact_estimate_has_an_error_bound():
    solved = {"hits": pd.NA, "n": pd.NA}
    tight = pd.Series(
        {"probability": 0.25, "mc_low": 0.25 - 1e-12, "mc_high": 0.25 + 1e-12, **solved}
    )
    assert estimate(tight) == "25.000 %"
    loose = pd.Series({"probability": 0.25, "mc_low": 0.249, "mc_high": 0.251, **solved})
    assert estimate(loose) == "25.0 % (sampling ±0.1)"


def test_a_moment_is_a_date_where_there_is_a_calendar():
    assert moment(40.5, date(2024, 10, 25)) == "2024-12-04 12:00"
    assert moment(40.5, None) == "day 40 12:00"
    assert moment(0, date(2024, 2, 28)) == "2024-02-28 00:00"
    assert plain("ally_fights") == "ally fights"


def test_a_minute_is_told_as_the_minute_it_is():
    for minute in range(5 * 1440):
        days, rest = divmod(minute, 1440)
        said = f"day {days} {rest // 60:02}:{rest % 60:02}"
        assert moment(minute * 60.0 / 86_400, None) == said
        assert moment((minute * 60 + 59) / 86_400, None) == said  # a clock shows what has begun
    assert moment((13 * 60 - 1) / 86_400, None) == "day 0 00:12"  # the control
