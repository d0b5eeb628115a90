"""Conditioning on records, against conjugate closed forms: beta prior, binomial record."""

from dataclasses import replace

import numpy as np
import pytest
from coins import coin_file
from scipy.stats import beta, betabinom

import sim
from sim.analysis import Expectation, condition, effective, log_binomial, weigh
from sim.analysis.evidence.weighted_band import weighted_band
from sim.errors import NotApplicable
from sim.scenario import Scenario

DRAWS, PATHS = 2_000, 60


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Scenario:
    return sim.load(coin_file(tmp_path_factory.mktemp("coin")))


@pytest.fixture(scope="module")
def run(scenario):
    return sim.run(scenario, draws=DRAWS, paths=PATHS, workers=1)


@pytest.fixture(scope="module")
def solved(scenario):
    return sim.run(scenario, draws=90, engine="exact", workers=1)


def given(scenario, results, *names):
    return condition(results, [scenario.declared.evidence[name] for name in names])


@pytest.mark.parametrize("names", [("tosses",), ("more",), ("tosses", "more")])
def test_the_posterior_is_the_conjugate_one(scenario, run, names):
    records = [scenario.declared.evidence[name] for name in names]
    s, t = sum(one.successes for one in records), sum(one.trials for one in records)
    truth = beta(2 + s, 8 + t - s)
    found = given(scenario, run, *names)
    rows = found.estimates.set_index("name")
    moments = {
        "head": truth.mean(),
        "both": truth.moment(2),
        "third_one": 0.5,
        "fallen": truth.mean(),
    }
    for name, expected in moments.items():
        row = rows.loc[name]
        z = (row["probability"] - expected) / row["mc_se"]
        assert abs(z) < 4, f"{name}: {row['probability']:.4f}, expected {expected:.4f}, z = {z:.1f}"
        assert row["mc_low"] < row["probability"] < row["mc_high"]
    # quantiles of p: within 4 standard errors of a quantile by so many effective draws
    parameter = found.parameters.set_index("parameter").loc["p"]
    for share, end in ((0.05, "low"), (0.5, "median"), (0.95, "high")):
        se = np.sqrt(share * (1 - share) / found.effective) / truth.pdf(truth.ppf(share))
        assert abs(parameter[f"posterior_{end}"] - truth.ppf(share)) < 4 * se
    assert parameter["moved"]
    # and of the outcome's probability, which is p
    for share, end in ((0.05, "low"), (0.95, "high")):
        gap = rows.loc["head", end] - truth.ppf(share)
        assert abs(gap) < 4 * rows.loc["head", f"{end}_se"] + 0.01


def test_the_share_in_the_place_of_p_would_be_wrong(scenario, run):
    """The control: the likelihood of the share is too flat, and leaves p too near to its prior."""
    share, p = run.shares["outcome__head"].to_numpy(), run.draws["p"].to_numpy()
    right = given(scenario, run, "half").weights["weight"].to_numpy()
    flat = np.exp(log_binomial(14, 30, share))
    z = {}
    for name, weights in (("right", right), ("flat", flat / flat.sum())):
        mean = weights @ p
        gap = mean - beta(2 + 14, 8 + 16).mean()
        z[name] = gap / np.sqrt((weights**2 * (p - mean) ** 2).sum())
    assert abs(z["right"]) < 4
    assert z["flat"] < -4


def test_records_of_two_outcomes_are_independent(scenario, run):
    found = given(scenario, run, "tosses", "thirds")
    rows = found.estimates.set_index("name")
    for name, truth in (("head", beta(7, 15)), ("third_one", beta(12, 4))):
        z = (rows.loc[name, "probability"] - truth.mean()) / rows.loc[name, "mc_se"]
        assert abs(z) < 4, f"{name}: z = {z:.1f}"
    # each has paths of its own: 12 and 10 of 22 parts of 60
    weighed = weigh(run, [scenario.declared.evidence[n] for n in ("tosses", "thirds")], rng())
    assert set(weighed.left) == {32 + 27 - 22}


def test_only_what_the_record_tells_of_has_moved(scenario, run):
    found = given(scenario, run, "tosses").parameters
    assert set(found.loc[found["moved"], "parameter"]) == {"p"}
    choices = found[found["parameter"] == "side"].set_index("choice")
    assert np.isclose(choices["prior"].sum(), 1)
    assert np.isclose(choices["posterior"].sum(), 1)


def test_solved_draws_are_weighed_without_noise(scenario, solved):
    found = given(scenario, solved, "more")
    rows = found.estimates.set_index("name")
    z = (rows.loc["head", "probability"] - 3 / 18) / rows.loc["head", "mc_se"]
    assert abs(z) < 4
    p = solved.draws["p"].to_numpy()
    weights = p * (1 - p) ** 7
    assert np.allclose(found.weights["weight"], weights / weights.sum(), rtol=1e-6)
    assert rows.loc["head", "band"] == "exact"


def test_too_few_effective_draws_are_refused_with_how_many_would_do(scenario, run):
    few = sim.run(scenario, draws=100, paths=PATHS, workers=1)
    with pytest.raises(
        NotApplicable, match=r"leave \d+\.\d effective draws of 100.*--draws \d+"
    ) as refused:
        given(scenario, few, "tosses", "thirds")
    # that many do, here 2,000 at most
    enough = int(str(refused.value).split("--draws ")[1].split()[0])
    assert enough <= DRAWS
    more = sim.run(scenario, draws=enough, paths=PATHS, workers=1)
    assert given(scenario, more, "tosses", "thirds").effective >= 50


def test_what_cannot_be_told_is_said(scenario, run):
    with pytest.raises(NotApplicable, match=r"1,000 cases, .* only 60 paths.*--paths 2000"):
        given(scenario, run, "many")
    with pytest.raises(NotApplicable, match="--keep-paths"):
        given(scenario, replace(run, paths=None), "tosses")
    # of 12 cases 12 heads, where no draw has as many among its paths
    impossible = replace(scenario.declared.evidence["tosses"], successes=12)
    low = sim.run(scenario, draws=3, paths=14, workers=1)
    with pytest.raises(NotApplicable, match=r"in none of the 3 draws|effective draws of 3"):
        condition(low, [impossible])


def test_the_same_run_gives_the_same_tables(scenario, run):
    once, again = (given(scenario, run, "tosses") for _ in range(2))
    assert once.estimates.equals(again.estimates)
    assert once.parameters.equals(again.parameters)


# ---- the predictive p-value ----
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize("n", [50, 200, None])
@pytest.mark.parametrize(("s", "t"), [(0, 14), (7, 14), (20, 100), (60, 100), (30, 400)])
def test_the_predictive_p_value_is_that_of_the_beta_binomial(n, s, t):
    """p ~ Beta(2, 8), 1,000 draws of n paths (None: solved): S is beta-binomial."""
    p = np.random.default_rng(5).beta(2, 8, 1_000)
    sizes = None if n is None else np.full(len(p), float(n))
    hits = p if n is None else np.random.default_rng(6).binomial(n, p).astype(float)
    truth = betabinom(t, 2, 8)
    expected = min(1.0, 2 * min(truth.cdf(s), truth.sf(s - 1)))
    found = Expectation(hits=hits, sizes=sizes, random=rng()).of(s, t, level=0.90)
    # with more trials than paths the distribution of p has to be estimated
    slack = 0.01 if n is not None and t > n else 0.0
    assert abs(found.p_value - expected) < 4 * found.p_se + slack
    ends = truth.ppf([0.05, 0.95])
    assert np.all(np.abs([found.low - ends[0], found.high - ends[1]]) <= 1 + 0.04 * t)


def test_a_single_p_would_be_too_sure():
    """The control: without parameter uncertainty 60 of 100 is far more surprising."""
    truth = betabinom(100, 2, 8)
    expected = 2 * truth.sf(59)
    hits, sizes = np.full(1000, 40.0), np.full(1000, 200.0)
    found = Expectation(hits=hits, sizes=sizes, random=rng()).of(60, 100, level=0.9)
    assert found.p_value < expected / 50


def test_what_one_record_is_told_does_not_depend_on_those_before_it():
    p = np.random.default_rng(5).beta(2, 8, 200)
    hits, sizes = np.random.default_rng(6).binomial(50, p).astype(float), np.full(200, 50.0)
    model = Expectation(hits=hits, sizes=sizes, random=rng())
    model.of(3, 100, level=0.9)
    alone = Expectation(hits=hits, sizes=sizes, random=rng()).of(60, 300, level=0.9)
    assert model.of(60, 300, level=0.9) == alone
    assert model.of(61, 300, level=0.9) != alone  # control


# ---- the band of weighted draws ----
def test_the_weighted_band_is_that_of_the_weighted_distribution():
    """p ~ Beta(2, 8) with weights p: the quantiles of Beta(3, 8), 4,000 draws of 100 paths."""
    p = np.random.default_rng(7).beta(2, 8, 4_000)
    hits = np.random.default_rng(8).binomial(100, p).astype(float)
    sizes = np.full(len(p), 100.0)
    band = weighted_band(hits, sizes, p, random=rng())
    for end, error, share in ((band.low, band.low_se, 0.05), (band.high, band.high_se, 0.95)):
        assert abs(end - beta(3, 8).ppf(share)) < 4 * error + 0.005
    # the control: without weights they are those of the prior
    flat = weighted_band(hits, sizes, np.ones(len(p)), random=rng())
    assert flat.high < beta(3, 8).ppf(0.95) - 4 * flat.high_se
    # noise of finite paths alone is no band
    noise = np.random.default_rng(9).binomial(100, 0.1, 4_000).astype(float)
    assert weighted_band(noise, sizes, p, random=rng()).status == "unresolved"


def test_effective_draws_are_kishs():
    assert effective(np.array([1.0, 1, 1, 1])) == 4
    assert np.isclose(effective(np.array([1.0, 0, 0, 0])), 1)
    assert effective(np.zeros(3)) == 0


def test_a_tail_below_the_rounding_of_floats_is_nothing():
    # 350 of 354 where the model says one in a thousand: some 1e-40, other in every SciPy
    found = Expectation(hits=np.full(40, 0.001), sizes=None, random=rng())
    far = found.of(350, 354, level=0.9)
    assert (far.p_value, far.p_se) == (0.0, 0.0)
    near = found.of(4, 354, level=0.9)  # control: a small p-value that can be told stays
    assert 1e-6 < near.p_value < 1e-2
