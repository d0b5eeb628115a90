"""Value of information: against closed forms and a nested computation; dummies have none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import interpolate, stats

import sim
from sim.analysis import Smoother, factors, information, nothing_to_know
from sim.errors import UsageError
from sim.experiment import ChoiceShares, Plan, walk_choices

DRAWS, PATHS = 800, 400


def normal_value(mean: float, sd: float) -> float:
    """What it is worth to know a difference ~ N(mean, sd) before choosing for it or against it."""
    below = mean * stats.norm.cdf(-mean / sd) - sd * stats.norm.pdf(mean / sd)
    return float(min(0.0, mean) - below)


def seen(random, probabilities, paths=PATHS) -> ChoiceShares:
    """What a run shows of probabilities (decision, draw): paths in common, each its own luck."""
    known = np.clip(probabilities, 0, 1)
    luck = random.random((known.shape[1], paths))
    came = np.array([luck < row[:, None] for row in known])
    half = paths // 2
    return ChoiceShares(
        outcome="it",
        names=tuple("abcdef"[: len(known)]),
        share=came.mean(axis=2),
        halves=np.stack([came[..., :half].mean(axis=2), came[..., half:].mean(axis=2)], axis=2),
        paths=paths,
    )


def frame(u) -> pd.DataFrame:
    return pd.DataFrame(u, columns=[f"x{i}" for i in range(u.shape[1])])


def test_a_smooth_fit_is_near_that_of_scipy_and_of_noise_a_constant():
    random = np.random.default_rng(3)
    u = random.random(600)
    truth = np.sin(3 * u) + u**2
    y = truth + 0.3 * random.standard_normal(600)
    (factor,) = factors(frame(u[:, None]))
    fitted, own = Smoother.of(factor).fits(y)
    order = np.argsort(u)

    def spline(smoothness: float) -> np.ndarray:
        return interpolate.make_smoothing_spline(u[order], y[order], lam=smoothness)(u)

    def error(fit: np.ndarray) -> float:
        return float(np.sqrt(np.mean((fit - truth) ** 2)))

    # SciPy is given the smoothness that is best, which nobody knows who has data alone
    least = min(error(spline(10.0**power)) for power in np.arange(-7, 1.0, 0.5))
    assert error(fitted) < 1.6 * least < 0.05
    assert 1 < own.sum() < 7  # parameters: the trace of the fit
    noise = random.standard_normal((100, 600))
    flat = Smoother.of(factor).fits(noise)[0].std(axis=1) < 0.02
    assert 0.6 < flat.mean() <= 1.0
    # control: nothing smooths a jump of one draw in two away
    assert Smoother.of(factor).fits(np.sign(u - 0.5))[0].std() > 0.9


def test_leaving_a_draw_out_needs_no_second_fit():
    random = np.random.default_rng(5)
    u = np.sort(random.random(40))
    y = 4 * u + random.standard_normal(40)
    (factor,) = factors(frame(u[:, None]))
    smoother = Smoother.of(factor)
    fitted, own = smoother.fits(y)
    kept = 1 / (1 + 10.0 ** np.arange(-3.0, 3.01, 0.5)[:, None] * smoother.penalty)
    # the fit is linear: its matrix is that of one of the smoothnesses, and `own` its diagonal
    matrices = [1 / 40 + smoother.basis @ np.diag(k) @ smoother.basis.T / 40 for k in kept]
    (matrix,) = [one for one in matrices if np.allclose(np.diag(one), own)]
    assert np.allclose(matrix @ y, fitted)
    assert np.allclose(own, np.diag(matrix))


def test_of_a_linear_difference_every_value_is_the_closed_form():
    random = np.random.default_rng(7)
    u = random.random((DRAWS, 6))
    z = stats.norm.ppf(u)
    base = 0.45 + 0.02 * z[:, 2]
    known = np.array([base, base + 0.03 + 0.05 * z[:, 0] + 0.04 * z[:, 1]])
    found = information(frame(u), seen(random, known), {"both": ["x0", "x1"]}, seed=1, level=0.99)
    table = found.table.set_index("name")
    assert found.chosen == "a"
    for name, sd in (("everything", np.hypot(0.05, 0.04)), ("x0", 0.05), ("x1", 0.04)):
        wanted = normal_value(0.03, sd)
        assert table.loc[name, "low"] < wanted < table.loc[name, "high"], name
        assert table.loc[name, "value"] == pytest.approx(wanted, abs=0.002), name
    both = normal_value(0.03, np.hypot(0.05, 0.04))
    assert table.loc["both", "value"] == pytest.approx(both, abs=0.002)
    assert set(table.index[table["told"]]) == {"everything", "both", "x0", "x1"}
    assert (table.loc[["x2", "x3", "x4", "x5"], "value"] < 0.0005).all()
    # control: of the values as seen the least is too low, and everything worth too much
    naive = np.diff(random.binomial(20, known) / 20, axis=0)[0]
    assert -np.minimum(naive, 0).mean() > 1.5 * both


def test_of_two_points_and_three_decisions_the_value_is_that_of_the_nested_computation():
    random = np.random.default_rng(11)
    reading = random.random(DRAWS) < 0.3
    u = random.random(DRAWS)
    draws = pd.DataFrame({"u": u})
    draws["reading"] = pd.Categorical(np.where(reading, "broad", "narrow"))

    def probabilities(broad, u):
        still = np.broadcast_to(0.3, u.shape)
        return np.array([still, 0.25 + 0.2 * broad + 0 * u, 0.5 - 0.4 * u + 0.1 * broad])

    shares = seen(random, probabilities(reading, u))
    found = information(draws, shares, {}, seed=1, level=0.99)
    grid = (np.arange(2_000) + 0.5) / 2_000  # inner and outer expectations without chance
    inner = np.array([probabilities(np.full(2_000, one), grid) for one in (0.0, 1.0)])
    mean = np.tensordot([0.7, 0.3], inner, axes=1)  # (decision, u)
    best = mean.mean(axis=1).min()
    wanted = {
        "everything": best - np.array([0.7, 0.3]) @ inner.min(axis=1).mean(axis=1),
        "reading": best - np.array([0.7, 0.3]) @ inner.mean(axis=2).min(axis=1),
        "u": best - mean.min(axis=0).mean(),
    }
    table = found.table.set_index("name")
    for name, value in wanted.items():
        assert table.loc[name, "value"] == pytest.approx(value, abs=0.006), name
        assert table.loc[name, "low"] < value < table.loc[name, "high"], name
    assert table.loc["reading", "told"]
    assert (table["value"] <= table.loc["everything", "value"] + 0.002).all()


def test_more_of_the_outcome_may_be_better():
    random = np.random.default_rng(13)
    u = random.random((DRAWS, 2))
    known = np.array([0.4 + 0.3 * (u[:, 0] - 0.5), np.full(DRAWS, 0.42)])
    shares = seen(random, known)
    fewer = information(frame(u), shares, {}, seed=1)
    greater = information(frame(u), shares, {}, seed=1, more=True)
    assert (fewer.chosen, greater.chosen) == ("a", "b")
    upside = information(
        frame(u),
        replace(shares, share=1 - shares.share, halves=1 - shares.halves),
        {},
        seed=1,
        more=True,
    )
    assert np.allclose(upside.table["value"], fewer.table["value"], atol=1e-9)
    assert np.allclose(upside.decisions["best"], fewer.decisions["best"])


def test_where_nothing_is_worth_knowing_hardly_a_run_says_so():
    random = np.random.default_rng(17)
    runs, told, values = 80, 0, []
    for seed in range(runs):
        u = random.random((200, 4))
        effect = 0.002 + 0.04 * random.standard_normal(200)  # of something that is no parameter
        found = information(
            frame(u), seen(random, np.array([np.full(200, 0.4), 0.4 + effect]), 50), {}, seed=seed
        )
        own = found.table[found.table["of"] == "parameter"]
        told += bool(own["told"].any())
        values += own["value"].tolist()
    assert told / runs < 0.05 + 4 * np.sqrt(0.05 * 0.95 / runs)
    assert np.mean(values) < 0.002
    # control: without floors most would be named
    assert np.mean(np.array(values) > 0) > 0.1


def apart(random, probabilities, paths=PATHS) -> ChoiceShares:
    """As `seen`, but of every second path the luck is its own under each decision."""
    one, other = (seen(random, probabilities, paths // 2) for _ in range(2))
    alone = [seen(random, row[None], paths // 2) for row in probabilities]
    own = replace(
        one,
        share=np.concatenate([each.share for each in alone]),
        halves=np.concatenate([each.halves for each in alone]),
    )
    return replace(
        one,
        share=(own.share + other.share) / 2,
        halves=(own.halves + other.halves) / 2,
        paths=paths,
    )


def test_of_everything_neither_noise_nor_its_removal_is_left():
    random = np.random.default_rng(19)
    repeats, worth, plain = 20, [], []
    for seed in range(repeats):
        u = random.random((300, 2))
        gap = 0.02 + 0.2 * (u[:, 0] - 0.5)
        shares = apart(random, np.array([np.full(300, 0.4), 0.4 + gap]), 60)
        found = information(frame(u), shares, {}, seed=seed)
        worth.append(found.table["value"].iloc[0])
        gaps = shares.share[1] - shares.share[0]
        plain.append(min(gaps.mean(), 0) - np.minimum(gaps, 0).mean())
    wanted = 0.08**2 / 2 / 0.2  # E max(-gap, 0), uniform from -0.08 to 0.12
    error = np.std(worth, ddof=1) / np.sqrt(repeats)
    assert abs(np.mean(worth) - wanted) < 4 * error + 0.03 * wanted
    # control: as they are seen the differences are worth far more
    assert np.mean(plain) > 1.2 * wanted


def test_where_decisions_differ_alike_in_every_draw_everything_is_worth_nothing():
    random = np.random.default_rng(23)
    repeats, told, floors = 20, 0, []
    for seed in range(repeats):
        u = random.random((200, 2))
        shares = apart(random, np.array([np.full(200, 0.4), np.full(200, 0.405)]), 40)
        everything = information(frame(u), shares, {}, seed=seed).table.iloc[0]
        told += bool(everything["told"])
        floors.append(everything["floor"])
    assert told / repeats < 0.05 + 4 * np.sqrt(0.05 * 0.95 / repeats)
    assert 0 < np.mean(floors) < 0.02
    # control: a difference that hangs on the draw is told
    moved = apart(random, np.array([np.full(200, 0.4), 0.4 + 0.4 * (u[:, 0] - 0.5)]), 40)
    assert information(frame(u), moved, {}, seed=1).table["told"].iloc[0]


CHOICE = """
scenario: choice
horizon: 20 d
state: {war: {flag: false}, calm: {flag: false}}
parameters:
  zeal: {is: {uniform: [0, 0.6]}, grade: judgement}
  harm: {is: {uniform: [0, 0.8]}, grade: data}
events:
  clash: {at: 5 d, choose: {
    war: {probability: "harm if calm else zeal", then: {war: true}}, peace: {probability: rest}}}
interventions:
  talk: {start: {calm: true}}
  late: {after: 3 d, then: {calm: true}}
outcomes: {war_comes: {when: war, headline: true}, calm_holds: {when: calm}}
endings: {any: {otherwise: true}}
"""


@pytest.fixture
def choice(tmp_path) -> sim.Scenario:
    file = tmp_path / "choice.yaml"
    file.write_text(CHOICE, encoding="utf-8")
    return sim.load(file)


def test_decisions_are_walked_as_compare_walks_them(choice):
    plan = Plan(draws=60, paths=31, seed=4, workers=1, progress=False)
    decisions = {"as written": choice, "talk": choice.under("talk"), "late": choice.under("late")}
    shares, draws = walk_choices(decisions, "war_comes", plan)
    compared = sim.compare(choice, ["talk", "late"], draws=60, paths=31, seed=4, order="given")
    for i, run in enumerate((compared.baseline, *compared.twins.values())):
        assert np.allclose(shares.share[i], run.shares["outcome__war_comes"])
        first = run.paths is None or run.paths["path"] < 15
        if run.paths is not None:
            came = run.paths["time__war_comes"].notna()
            by_half = came[first].groupby(run.paths["draw"]).mean()
            assert np.allclose(shares.halves[i, :, 0], by_half)
    assert list(draws) == ["zeal", "harm"]
    assert shares.balance == pytest.approx(15 * 16 / 31**2)
    other, _ = walk_choices({**decisions}, "war_comes", replace(plan, seed=5))
    assert not np.allclose(other.share, shares.share)  # control


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_decisions_over_a_range_of_draws_are_that_part_of_the_whole(choice, engine):
    plan = Plan(draws=9, paths=11, seed=4, workers=1, engine=engine, progress=False)
    decisions = {"as written": choice, "talk": choice.under("talk"), "late": choice.under("late")}
    whole, all_draws = walk_choices(decisions, "war_comes", plan)
    part, draws = walk_choices(decisions, "war_comes", replace(plan, first_draw=5, draws=4))
    assert np.array_equal(part.halves, whole.halves[:, 5:])
    assert np.array_equal(draws.to_numpy(), all_draws.to_numpy()[5:])
    assert not np.array_equal(part.halves, whole.halves[:, :4])  # control


def test_of_a_solution_there_is_no_noise(tmp_path):
    file = tmp_path / "solved.yaml"
    file.write_text(
        CHOICE.replace("at: 5 d", "once: true, after: {mean: 2 d}").replace(
            "late: {after: 3 d,", "late: {after: {mean: 3 d},"
        ),
        encoding="utf-8",
    )
    source = sim.load(file)
    decisions = {"as written": source, "talk": source.under("talk")}
    shares, draws = walk_choices(
        decisions, "war_comes", Plan(draws=80, engine="exact", progress=False)
    )
    found = information(draws, shares, {}, seed=1)
    assert (shares.paths, found.reliability) == (0, 1.0)
    table = found.table.set_index("name")
    # war comes with nearly the probability zeal, or harm: uniform from 0 to 0.6, and to 0.8
    assert table.loc["zeal", "value"] == pytest.approx(0.3 - (0.3 - 0.2**2 / 2 / 0.6), abs=0.03)
    assert found.chosen == "as written"


def test_an_audit_finds_what_decides_the_choice(choice):
    run = sim.run(choice, draws=400, paths=100, seed=2, progress=False)
    found = run.audit(between=["talk"], on="war_comes")
    assert found.choice is not None
    known = found.choice.information
    assert known is not None
    table = known.table.set_index("name")
    # min(0.3, E[harm]) - E min(0.3, harm): harm is uniform from 0 to 0.8
    assert table.loc["harm", "value"] == pytest.approx(0.3**2 / 2 / 0.8, abs=0.01)
    assert table.loc["zeal", "value"] == pytest.approx(0.2**2 / 2 / 0.6, abs=0.01)
    # both uniform, independent: E min(zeal, harm) in closed form
    least = np.mean([min(z, h) for z in np.linspace(0, 0.6, 401) for h in np.linspace(0, 0.8, 401)])
    assert table.loc["everything", "value"] == pytest.approx(0.3 - least, abs=0.012)
    # known together, zeal and harm are everything: the nested closed form again
    both = run.audit(between=["talk"], on="war_comes", groups=["harm+zeal"]).choice
    assert both is not None
    assert both.information is not None
    row = both.information.table.set_index("name").loc["harm+zeal"]
    assert (row["of"], bool(row["told"])) == ("group", True)
    assert row["value"] == pytest.approx(0.3 - least, abs=0.012)
    assert row["low"] < 0.3 - least < row["high"]
    # control: more than either alone, and less than both added up
    assert table.loc[["zeal", "harm"], "value"].max() < row["value"]
    assert row["value"] < table.loc[["zeal", "harm"], "value"].sum()
    again = sim.run(choice, draws=400, paths=100, seed=2, workers=2, progress=False)
    same = again.audit(between=["talk"], on="war_comes").choice
    assert same is not None
    assert same.information is not None
    pd.testing.assert_frame_equal(same.information.table, known.table)


def test_a_group_is_refused_in_a_sentence(choice):
    run = sim.run(choice, draws=3, paths=4, progress=False)
    asked = {"between": ["talk"], "on": "war_comes"}
    for group, message in (
        ("zeal+hram", "unknown assumption 'hram'; did you mean 'harm'"),
        ("zeal", "must join two different assumptions"),
        ("zeal+zeal", "must join two different assumptions"),
    ):
        with pytest.raises(UsageError, match=message):
            run.audit(**asked, groups=[group])
    with pytest.raises(UsageError, match="belong to a choice"):
        run.audit(groups=["zeal+harm"])
    fixed = sim.run(choice.with_(set={"zeal": 0.2}), draws=3, paths=4, progress=False)
    with pytest.raises(UsageError, match="zeal does not vary: it has one value in all draws"):
        fixed.audit(**asked, groups=["zeal+harm"])
    # control
    assert run.audit(**asked, groups=["zeal+harm"]).choice is not None


def test_what_cannot_be_told_is_a_sentence(choice):
    plan = Plan(draws=60, paths=20, seed=4, workers=1, progress=False)
    decisions = {"as written": choice, "talk": choice.under("talk")}
    shares, draws = walk_choices(decisions, "war_comes", plan)
    assert nothing_to_know(draws, shares) == ""
    assert "nothing to find out" in nothing_to_know(draws.iloc[:, :0], shares)
    few = replace(shares, share=shares.share[:, :9], halves=shares.halves[:, :9])
    assert "too few" in nothing_to_know(draws.head(9), few)
    one = replace(shares, share=shares.share[:, :1], halves=shares.halves[:, :1])
    assert "There is 1 draw: too few" in nothing_to_know(draws.head(1), one)
    for share, said in ((0.0, "never"), (1.0, "always")):
        extreme = replace(shares, share=np.full_like(shares.share, share))
        assert f"it {said} happened (n = 60 draws of 20 paths)" in nothing_to_know(draws, extreme)
    assert "one path in each draw" in nothing_to_know(draws, replace(shares, paths=1))
    same, draws = walk_choices({"as written": choice, "again": choice}, "war_comes", plan)
    assert "came to the same in all 60 draws of 20 paths" in nothing_to_know(draws, same)
