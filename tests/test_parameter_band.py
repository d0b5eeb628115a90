"""Parameter uncertainty: quantiles of a probability over draws, out of finitely many paths."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import beta, betabinom

from sim.analysis import SINGLE, choose, fewest_draws, quantiles, reliability, shrunken, tally
from sim.analysis.estimates.parameter_band import parameter_band

AT = (0.05, 0.95)


def hits_of(shares, paths, seed):
    return np.random.default_rng([seed, 7]).binomial(paths, shares)


def of_beta(a, b, draws=1_000, paths=200, seed=1):
    return hits_of(np.random.default_rng(seed).beta(a, b, draws), paths, seed)


def of_two_points(draws=1_000, paths=200, seed=1):
    chosen = np.random.default_rng(seed).random(draws) < 0.5
    return hits_of(np.where(chosen, 0.1, 0.4), paths, seed)


def rows_of(hits, paths):
    counts = tally(hits.astype(float), np.full(len(hits), float(paths)))
    return counts, counts.weights(np.arange(len(hits)))[None]


@pytest.mark.parametrize(("a", "b"), [(2, 20), (5, 5), (0.5, 5)])
def test_the_band_of_a_beta_distribution_is_its_quantiles(a, b):
    """n = 1,000 draws x 200 paths; z by the band's own standard errors, four of them."""
    band = parameter_band(of_beta(a, b), 200)
    assert band.status == "resolved"
    low, high = beta(a, b).ppf(AT)
    low = low if low * 200 >= 0.5 else 0.0  # so little is not seen in 200 paths
    assert band.low == low if low == 0 else abs(band.low - low) < 4 * band.low_se
    assert abs(band.high - high) < 4 * band.high_se
    # control: with few paths the shares themselves are too far apart
    few = of_beta(a, b, paths=10)
    assert np.quantile(few / 10, 0.95) - high > 4 * band.high_se or (a, b) == (0.5, 5)


def test_two_points_are_seen_as_two_points():
    """A beta distribution, the control, puts the upper end of 0.1 and 0.4 above 0.5."""
    hits = of_two_points()
    band = parameter_band(hits, 200)
    assert (band.low, band.high) == pytest.approx((0.1, 0.4), abs=0.025)
    # every resample ends at the same point of the grid, which is no knowledge without error
    few = parameter_band(of_two_points(draws=400, paths=2_000), 2_000)
    for end, error, truth in ((few.low, few.low_se, 0.1), (few.high, few.high_se, 0.4)):
        assert 1e-4 < error < 0.01
        assert abs(end - truth) < 4 * error
    counts, rows = rows_of(hits, 200)
    assert quantiles(counts, rows, SINGLE, AT)[0, 1] > 0.5  # and so off by a quarter
    assert choose(counts, np.random.default_rng(1)) != SINGLE
    smooth, _ = rows_of(of_beta(2, 20), 200)
    assert choose(smooth, np.random.default_rng(1)) == SINGLE


@pytest.mark.parametrize("seed", range(4))
def test_a_single_beta_is_the_one_of_maximum_likelihood(seed):
    hits = of_beta(1.5, 12, draws=120, paths=80, seed=seed)
    counts, rows = rows_of(hits, 80)

    def cost(place):
        return -betabinom(80, *np.exp(place)).logpmf(hits).sum()

    best = minimize(cost, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8}).x
    expected = beta(*np.exp(best)).ppf(AT)
    assert quantiles(counts, rows, SINGLE, AT)[0] == pytest.approx(expected, rel=1e-4)
    other = beta(*np.exp(best + 0.1)).ppf(AT)  # control: other shapes have other quantiles
    assert quantiles(counts, rows, SINGLE, AT)[0] != pytest.approx(other, rel=1e-4)


def test_no_mixture_of_points_is_likelier_than_the_one_found():
    """Lindsay's condition: no point added to the mixture raises the likelihood (2 parts in 100)."""
    from sim.analysis.statistics.beta_mixture import _centres, _likelihood, _maximised

    counts, rows = rows_of(of_two_points(draws=300), 200)
    likelihood = _likelihood(counts, np.inf)
    weights = _maximised(likelihood, rows, steps=25)
    gain = (rows / (weights @ likelihood.T)) @ likelihood / rows.sum()
    assert gain.max() < 1.02
    even = np.full_like(weights, 1 / len(_centres(counts)))  # control: the start is far from it
    assert ((rows / (even @ likelihood.T)) @ likelihood / rows.sum()).max() > 2


def test_noise_alone_has_no_band_and_says_how_many_paths_would_do():
    """All draws at 3 %: what is seen is binomial noise."""
    alike = hits_of(np.full(500, 0.03), 200, 1)
    band = parameter_band(alike, 200)
    assert band.status == "unresolved"
    assert np.isnan([band.low, band.high, band.low_se, band.high_se]).all()
    assert 0.03 < band.upper < 0.08
    shares = beta(30, 970).rvs(500, random_state=1)  # sd 0.5 points, the noise of 200 paths 1.2
    some = parameter_band(hits_of(shares, 200, 1), 200)
    assert some.status == "unresolved"
    assert some.paths is not None
    enough = parameter_band(hits_of(shares, 2 * some.paths, 1), 2 * some.paths)  # the control
    assert enough.status == "resolved"


def test_of_one_path_a_draw_no_noise_can_be_told_and_nobody_is_warned():
    hits = of_beta(2, 20, paths=1)
    assert parameter_band(hits, 1).status == "unresolved"
    sure = parameter_band(np.where(hits > 0, 2, 0), 2)  # two points, 0 and 1: nothing to maximise
    assert (sure.low, sure.high) == (0.0, pytest.approx(1.0, abs=0.01))


def test_of_few_draws_no_quantile_is_told():
    hits = of_beta(2, 20)
    assert parameter_band(hits[: fewest_draws(0.9) - 1], 200).status == "unresolved"
    assert parameter_band(hits[:1], 200).status == "unresolved"
    assert parameter_band(hits[: fewest_draws(0.9)], 200).status == "resolved"


def test_reliability_is_the_share_of_variance_that_is_not_noise():
    """Beta(2, 20) x 200 paths, n = 4,000 draws: variance / (variance + mean noise) of theory."""
    truth = beta(2, 20)
    mean, variance = truth.mean(), truth.var()
    noise = (mean - mean**2 - variance) / 200
    found, _ = reliability(of_beta(2, 20, draws=4_000).astype(float), np.full(4_000, 200.0))
    assert found == pytest.approx(variance / (variance + noise), abs=0.01)
    alike = hits_of(np.full(4_000, mean), 200, 1).astype(float)
    assert reliability(alike, np.full(4_000, 200.0))[0] < 0.1  # control


def test_the_standard_errors_are_those_of_repetition():
    """n = 40 repetitions of 300 x 200; the ratio of two such deviations lies within 0.6 to 1.7."""
    bands = [parameter_band(of_beta(2, 20, draws=300, seed=seed), 200) for seed in range(40)]
    for name in ("low", "high"):
        spread = np.std([getattr(band, name) for band in bands], ddof=1)
        told = np.sqrt(np.mean([getattr(band, f"{name}_se") ** 2 for band in bands]))
        assert 0.6 < told / spread < 1.7, name
        assert not 0.6 < 3 * told / spread < 1.7  # control: three times as much is seen


def test_bands_at_earlier_times_are_those_of_their_own_hits():
    hits = of_beta(2, 20, draws=400)
    earlier = np.array([np.zeros_like(hits), hits_of(np.full(400, 0.5), 1, 2) * 0 + hits // 2])
    band = parameter_band(hits, 200, earlier=earlier)
    assert np.isnan(band.over_time[0]).all()  # nothing has happened, and no band is told
    half = parameter_band(earlier[1], 200)
    assert band.over_time[1] == pytest.approx([half.low, half.high], abs=0.006)
    assert band.over_time[1, 1] < band.high  # control: it is not that of the horizon


@pytest.mark.parametrize("paths", [20, 200])
def test_cheap_bands_are_right_for_a_smooth_truth(paths):
    """n = 2,000 draws; two columns at once, one of them of noise alone."""
    hits = np.stack(
        [of_beta(3, 9, draws=2_000, paths=paths), hits_of(np.full(2_000, 0.2), paths, 3)]
    )
    low, high = shrunken(hits.T, np.full(2_000, paths))
    assert (low[0], high[0]) == pytest.approx(tuple(beta(3, 9).ppf(AT)), abs=0.02)
    assert np.isnan([low[1], high[1]]).all()
    raw = np.quantile(hits[0] / paths, AT)
    assert paths > 20 or abs(raw - beta(3, 9).ppf(AT)).max() > 0.02  # control


def test_cheap_bands_pass_over_draws_in_which_nothing_was_asked():
    hits, asked = of_beta(3, 9, draws=400), np.full(400, 200)
    asked[::2] = 0
    hits[::2] = 0
    found = np.array(shrunken(hits[:, None], asked[:, None])).ravel()
    alone = np.array(shrunken(hits[1::2, None], asked[1::2, None])).ravel()
    assert found == pytest.approx(alone)
    zeros = np.array(shrunken(hits[:, None], np.full((400, 1), 200))).ravel()
    assert found[0] != pytest.approx(zeros[0], abs=0.01)  # control: as if asked in vain


def test_draws_with_hardly_a_call_do_not_pass_for_uncertainty():
    """n = 500 draws in which a clause is invoked 1 to 9 times and always answered alike."""
    random = np.random.default_rng(6)
    calls = random.integers(1, 10, (500, 1))
    alike = np.array(shrunken(random.binomial(calls, 0.1), calls)).ravel()
    assert np.isnan(alike).all()
    spread = random.beta(0.4, 3.6, (500, 1))  # the control: the same mean, and draws that differ
    assert not np.isnan(np.array(shrunken(random.binomial(calls, spread), calls))).any()


def test_the_same_seed_gives_the_same_band_and_the_errors_alone_depend_on_it():
    hits = of_beta(2, 20)
    one, again = (parameter_band(hits, 200, seed=3) for _ in range(2))
    assert (one.low, one.high_se) == (again.low, again.high_se)
    assert parameter_band(hits, 200, seed=4).high_se != one.high_se


def test_draws_of_unequal_size_count_by_their_size():
    random = np.random.default_rng(5)
    sizes = random.integers(50, 400, 1_500)
    hits = random.binomial(sizes, random.beta(3, 9, 1_500))
    band = parameter_band(hits, sizes)
    assert (band.low, band.high) == pytest.approx(tuple(beta(3, 9).ppf(AT)), abs=0.025)
