"""Sensitivity: against closed forms, SciPy and SALib; and what does not matter is not named."""

from functools import cache
from math import pi, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from command_line import call, strict_json
from pandas.testing import assert_frame_equal
from scipy import stats

import sim
from sim import Results
from sim.analysis import Target, cannot_tell, explained, factors, indices, sensitivity
from sim.analysis.statistics import distribution_shift as shift
from sim.errors import UsageError

__all__ = ["call"]

COIN = """
scenario: coin
title: A coin whose odds hang on what is not known
horizon: 10 d
ladders: {{heat: [cold, warm, hot]}}
state:
  side: {{levels: [none, heads, tails], start: none}}
  stove: {{ladder: heat, start: cold}}
parameters:
{parameters}
events:
  toss: {{when: side == none, after: {{mean: 1 d}}, stipulated: an example,
    choose: {{hit: {{probability: {probability}, then: {{side: heads, stove: hot}}}},
              miss: {{probability: rest, then: {{side: tails, stove: warm}}}}}}}}
outcomes:
  heads: {{when: side == heads, headline: true}}
  edge: {{when: side == heads and stove == cold}}
endings: {{over: {{otherwise: true}}}}
"""
UNIFORM = "  {}: {{about: an example, is: {{uniform: [0, 1]}}}}\n"
ADDITIVE = "0.1 + 0.4 * x1 + 0.2 * x2"  # first-order indices 0.8 and 0.2


@cache
def coin(probability: str, names: str = "x1 x2 x3", **more: str) -> sim.Scenario:
    lines = "".join(UNIFORM.format(name) for name in names.split())
    lines += "".join(f"  {name}: {text}\n" for name, text in more.items())
    with TemporaryDirectory() as folder:
        file = Path(folder) / "coin.yaml"
        file.write_text(COIN.format(parameters=lines.rstrip(), probability=probability))
        return sim.load(file)


def unit(random, draws, names="x1 x2 x3"):
    return pd.DataFrame({name: random.random(draws) for name in names.split()})


def target(probability, paths, random):
    """What a run of so many paths would show of these probabilities."""
    share = random.binomial(paths, probability) / paths
    noise = share * (1 - share) / (paths - 1)
    return Target(
        name="it", of="probability", title="it", value=share, noise=noise, paths=paths, share=True
    )


def ishigami(frame):
    """Ishigami and Homma's function as a probability; its indices are as before."""
    x1, x2, x3 = (2 * pi * frame[name] - pi for name in ("x1", "x2", "x3"))
    y = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    return 0.05 + 0.9 * (y + 11) / 30


def test_what_a_sample_of_draws_explains_is_its_least_squares_fit():
    random = np.random.default_rng(4)
    (factor,) = factors(pd.DataFrame({"x": random.random(60)}))
    y = factor.basis[:, 0] + 0.5 * factor.basis[:, 1] ** 2 + 0.3 * random.standard_normal(60)
    weights = np.array([np.bincount(random.integers(0, 60, 60), minlength=60) for _ in range(5)])
    found = explained(factor.basis, y, weights.astype(float))
    for row, value in zip(weights, found, strict=True):
        chosen = np.repeat(np.arange(60), row)
        columns = np.column_stack([np.ones(60), factor.basis[chosen]])
        left = y[chosen] - columns @ np.linalg.lstsq(columns, y[chosen], rcond=None)[0]
        assert value == pytest.approx(1 - left.var() / y[chosen].var(), abs=1e-6)
        # control: in a sample the columns are correlated, so their squares do not add up to it
        alone = [np.corrcoef(one, y[chosen])[0, 1] ** 2 for one in factor.basis[chosen].T]
        assert sum(alone) != pytest.approx(value, abs=1e-3)
    # a choice that is not in the sample, and what does not vary
    (choice,) = factors(pd.DataFrame({"x": pd.Categorical(["a", "b", "c"] * 20)}))
    without_c = np.tile([1.5, 1.5, 0.0], 20)[None]
    effect = np.tile([0.0, 1.0, 5.0], 20)
    assert explained(choice.basis, effect, without_c)[0] == pytest.approx(1, abs=1e-6)
    assert explained(choice.basis, np.ones(60), without_c)[0] == 0


ISHIGAMI = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda f: 0.1 + 0.4 * f["x1"] + 0.2 * f["x2"], {"x1": 0.8, "x2": 0.2, "x3": 0.0}),
        (ishigami, ISHIGAMI),
    ],
    ids=["additive", "ishigami"],
)
def test_first_order_indices_are_those_of_the_probability_without_noise(function, wanted):
    # 100 samples of 400 draws of 10 paths, in which most of the variance is noise
    random, found, raw = np.random.default_rng(1), [], []
    for _ in range(100):
        frame = unit(random, 400)
        asked = target(function(frame), 10, random)
        own = indices(factors(frame), asked, np.ones((1, 400)))["first_order"][0]
        found.append(dict(zip(frame, own, strict=True)))
        raw.append({name: value * asked.reliability for name, value in found[-1].items()})
    for name, truth in wanted.items():
        seen = np.array([one[name] for one in found])
        error = seen.std(ddof=1) / sqrt(len(seen))
        # a part of an adjusted R^2 and the division leave a bias of the order of 1 / draws
        assert abs(seen.mean() - truth) < 4 * error + 0.01, f"{name}: {seen.mean():.3f}"
    strongest = max(wanted, key=lambda name: wanted[name])
    biased = np.array([one[strongest] for one in raw])
    gap = (wanted[strongest] - biased.mean()) / (biased.std(ddof=1) / sqrt(len(biased)))
    assert gap > 8, "control: what finite paths add is a large part of the variance"


def test_choices_have_the_index_of_their_means():
    # means 0.1, 0.4, 0.2 with weights 0.5, 0.3, 0.2: variance 0.0174 of 0.0174 + 0.04 / 12
    random, found = np.random.default_rng(2), []
    for _ in range(100):
        frame = unit(random, 300, "x1 x2")
        codes = random.choice(3, 300, p=[0.5, 0.3, 0.2])
        frame["side"] = pd.Categorical.from_codes(codes, categories=["a", "b", "c"])
        p = np.array([0.1, 0.4, 0.2])[codes] + 0.2 * frame["x1"]
        own = indices(factors(frame), target(p, 50, random), np.ones((1, 300)))["first_order"][0]
        found.append(dict(zip(frame, own, strict=True)))
    table = sensitivity(frame, target(p, 50, random), seed=1).set_index(["parameter", "index"])
    assert table["clears"]["side"].all()
    assert table["value"]["side", "rank_correlation"] > 0.8
    means, weights = np.array([0.1, 0.4, 0.2]), np.array([0.5, 0.3, 0.2])
    between = (weights * means**2).sum() - (weights * means).sum() ** 2
    for name, part in (("side", between), ("x1", 0.04 / 12)):
        seen, truth = np.array([one[name] for one in found]), part / (between + 0.04 / 12)
        error = seen.std(ddof=1) / sqrt(len(seen))
        assert abs(seen.mean() - truth) < 4 * error + 0.01, f"{name}: {seen.mean():.3f}"


def test_where_nothing_matters_hardly_a_run_names_anything():
    # 20 runs of 5 parameters: Binomial(20, 0.05) is above 7 with probability 1e-5
    random, named, lower = np.random.default_rng(3), 0, 0
    for seed in range(20):
        frame = unit(random, 60, "x1 x2 x3 x4")
        frame["side"] = pd.Categorical.from_codes(random.choice(2, 60), categories=["a", "b"])
        p = random.beta(2, 8, 60)  # draws differ, by what no parameter says
        table = sensitivity(frame, target(p, 100, random), seed=seed)
        named += bool(table["told"].any())
        lower += bool((table["value"].abs() > 0.6 * table["floor"]).any())
    assert named <= 7, f"{named} of 20"
    assert lower >= 10, "control: floors at 0.6 of their height"


def test_two_that_matter_only_together_are_found_by_the_design_and_have_no_first_order():
    together = coin("0.25 + 0.96 * (x1 - 0.5) * (x2 - 0.5)")
    run = sim.run(together, draws=300, paths=50, workers=1)
    table = run.sensitivity("heads", design=True)
    total = table[table["index"] == "total"].set_index("parameter")
    first = table[table["index"] == "first_order"].set_index("parameter")
    assert list(total.index[:2].sort_values()) == ["x1", "x2"]
    assert total["clears"][["x1", "x2"]].all()
    assert not first["clears"].any()
    assert (total["value"][["x1", "x2"]] > 0.7).all()
    assert total["value"]["x3"] == 0  # read by nothing: no path differs
    assert not total["told"]["x3"]
    given = run.sensitivity("heads")
    assert not given.loc[given["index"] == "first_order", "clears"].any()


def test_a_design_finds_the_indices_of_an_additive_coin():
    scenario, found = coin(ADDITIVE), []
    for seed in range(12):
        run = sim.run(scenario, draws=20, paths=2, seed=seed, workers=1)
        table = run.sensitivity("heads", design=True)
        found.append(table.pivot_table(index="parameter", columns="index", values="value"))
    for name, truth in (("x1", 0.8), ("x2", 0.2)):
        for index in ("total", "first_order"):
            seen = np.array([one.loc[name, index] for one in found])
            z = (seen.mean() - truth) / (seen.std(ddof=1) / sqrt(len(seen)))
            assert abs(z) < 4, f"{index} of {name}: {seen.mean():.3f}, z = {z:.1f}"


def test_pawn_is_that_of_scipy_and_near_that_of_salib():
    from SALib.analyze import pawn

    random = np.random.default_rng(4)
    x = random.random((300, 2))
    y = np.round(np.sin(3 * x[:, 0]) + 0.3 * random.standard_normal(300), 1)  # with ties
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    theirs = pawn.analyze(problem, x, y, S=10)["median"]
    for i in range(2):
        classes = x[:, i].argsort().argsort() * 10 // 300
        levels = shift.levels(y)
        ours = shift.pawn(shift.tables(classes, levels, np.ones((1, 300))))
        each = [stats.ks_2samp(y[classes == c], y).statistic for c in range(10)]
        assert ours[0] == pytest.approx(np.median(each), abs=1e-12)
        assert ours[0] == pytest.approx(theirs[i], abs=0.03)  # cut at other places


def test_delta_is_near_its_closed_form_and_that_of_salib():
    from SALib.analyze.delta import calc_delta

    random, draws = np.random.default_rng(5), 4_000
    x = random.standard_normal(draws)
    for correlation in (0.5, 0.9):
        y = correlation * x + sqrt(1 - correlation**2) * random.standard_normal(draws)
        grid = np.linspace(-6, 6, 2_001)
        at = stats.norm.ppf((np.arange(200) + 0.5) / 200)[:, None]  # of x
        inside = stats.norm.pdf(grid, correlation * at, sqrt(1 - correlation**2))
        truth = np.abs(inside - stats.norm.pdf(grid)).sum(axis=1).mean() * (grid[1] - grid[0]) / 2
        parts = shift.delta_classes(draws)
        levels = shift.levels(y)
        classes = x.argsort().argsort() * parts // draws
        inside = shift.spread_inside(y, classes)
        ours = shift.delta(shift.tables(classes, levels, np.ones((1, draws))), levels, inside)[0]
        edges = np.linspace(0, draws, parts + 1)
        theirs = calc_delta(y, np.linspace(y.min(), y.max(), 200), x, edges)
        assert ours == pytest.approx(truth, abs=0.04), correlation
        assert ours == pytest.approx(theirs, abs=0.04), correlation
        # control: of another parameter it is next to nothing
        other = shift.tables(random.permutation(classes), levels, np.ones((1, draws)))
        assert shift.delta(other, levels, inside)[0] < truth / 2


def test_weighted_tables_are_those_of_the_draws_repeated_and_of_the_draws_shuffled():
    random = np.random.default_rng(6)
    y, classes = random.integers(0, 7, 40) / 7, random.integers(0, 3, 40)
    levels = shift.levels(y)
    times = random.integers(0, 4, 40)
    ours = shift.tables(classes, levels, times[None].astype(float))[0]
    wanted = pd.crosstab(np.repeat(classes, times), np.repeat(y, times))
    assert ours[:, ours.sum(axis=0) > 0].tolist() == wanted.to_numpy().tolist()
    order = random.permutation(40)
    shuffled = shift.shuffled_tables(classes, levels, order[None])[0]
    assert shuffled.tolist() == pd.crosstab(classes, y[order]).to_numpy().tolist()


def test_the_rungs_of_a_run_are_those_of_its_paths_walked_again():
    from sim.experiment import Plan
    from sim.experiment.peak_rungs import peak_rungs

    scenario = coin(ADDITIVE)
    found = peak_rungs(scenario.model, Plan(draws=3, paths=15, workers=1))
    rungs = {"cold": 0, "warm": 1, "hot": 2}
    for draw in range(3):
        highest = [
            max(rungs[word] for word in sim.replay(scenario, draw=draw, path=i).states["stove"])
            for i in range(15)
        ]
        row = found[found["draw"] == draw].iloc[0]
        assert row["mean"] == pytest.approx(np.mean(highest))
        assert row["variance"] == pytest.approx(np.var(highest, ddof=1))
    assert set(found["variable"]) == {"stove"}


def test_time_and_rung_are_asked_in_the_same_way():
    run = sim.run(coin(ADDITIVE), draws=200, paths=50, workers=1)
    for of, name in (("time", "heads"), ("rung", "stove")):
        table = run.sensitivity(of=of)
        assert set(table["outcome"]) == {name}
        assert table["parameter"].iloc[0] == "x1"
        assert table["told"].iloc[0]
        # heads later where they are rarer; higher where they are more likely
        sign = table[(table["parameter"] == "x1") & (table["index"] == "rank_correlation")]
        assert np.sign(sign["value"].item()) == (-1 if of == "time" else 1)
        designed = run.sensitivity(of=of, design=True)
        assert designed["parameter"].iloc[0] == "x1"


def test_a_response_is_the_probability_at_each_value():
    run = sim.run(coin("0.1 + 0.8 * x1 * x1", "x1 x2"), draws=100, paths=100, workers=1)
    curve = run.response("x1", "heads", points=5)
    assert curve["value"].tolist() == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])
    # the first toss comes within ten days with probability 1 - exp(-10)
    truth = (0.1 + 0.8 * curve["value"] ** 2) * (1 - np.exp(-10))
    z = (curve["probability"] - truth) / np.sqrt(truth * (1 - truth) / curve["n"])
    assert z.abs().max() < 4
    # on the same random numbers, a probability that rises with it never falls
    assert curve["hits"].is_monotonic_increasing
    idle = run.response("x2", "heads", points=4)
    # control: nothing reads it
    assert set(idle["hits"]) == {run.outcomes["hits"]["heads"]}


def test_a_response_over_choices_has_their_names_and_leaves_out_those_without_weight():
    side = "{about: an example, is: {choices: {low: 1, never: 0, high: 2}}}"
    run = sim.run(
        coin("0.7 if bent == high else 0.2", "x1", bent=side), draws=40, paths=50, workers=1
    )
    curve = run.response("bent", "heads")
    assert curve["choice"].tolist() == ["low", "high"]
    assert curve["probability"].tolist() == pytest.approx([0.2, 0.7], abs=0.05)
    assert curve["quantile"].isna().all()


def test_tables_do_not_depend_on_workers_and_come_back_from_a_directory(tmp_path):
    one, two = (sim.run(coin(ADDITIVE), draws=60, paths=20, workers=w) for w in (1, 2))
    assert_frame_equal(one.sensitivity(), two.sensitivity())
    assert_frame_equal(one.sensitivity(of="time"), two.sensitivity(of="time"))
    again = Results.load(one.save(tmp_path / "run"))
    assert_frame_equal(again.sensitivity(), one.sensitivity())
    other = sim.run(coin(ADDITIVE), draws=60, paths=20, seed=2, workers=1)
    assert not other.sensitivity().equals(one.sensitivity())  # control


def test_what_cannot_be_told_is_a_sentence_and_an_empty_table():
    coins = {
        "one draw": sim.run(coin(ADDITIVE), draws=1, paths=20, workers=1),
        "never": sim.run(coin(ADDITIVE), draws=30, paths=20, workers=1),
        "always": sim.run(coin("1 + 0 * x1"), draws=30, paths=300, workers=1),
    }
    assert coins["one draw"].sensitivity().empty
    assert coins["never"].sensitivity("edge").empty
    from sim.analysis.drivers.draw_targets import probability

    for run, name, word in (
        (coins["one draw"], "heads", "one draw"),
        (coins["never"], "edge", "not seen"),
    ):
        assert word in cannot_tell(run.draws, probability(run, name))
    assert not cannot_tell(coins["never"].draws, probability(coins["never"], "heads"))


def test_finite_paths_without_parameters_behind_them_leave_first_order_out():
    # draws differ by chance alone: what is left of the variance cannot be told from 0
    random = np.random.default_rng(7)
    frame = unit(random, 100)
    table = sensitivity(frame, target(np.full(100, 0.1), 20, random), seed=1)
    assert table.loc[table["index"] == "first_order", "value"].isna().all()
    assert table.loc[table["index"] == "delta", "value"].notna().all()
    single = target(0.1 + 0.4 * frame["x1"], 50, random)
    single.noise[:] = np.nan  # as of one path a draw
    table = sensitivity(frame, single, seed=1)
    assert table.loc[table["index"] == "first_order", "value"].isna().all()


def test_unknown_names_are_refused_with_the_nearest():
    run = sim.run(coin(ADDITIVE), draws=20, paths=2, workers=1)
    for ask, message in (
        (lambda: run.sensitivity("headz"), "did you mean 'heads'"),
        (lambda: run.sensitivity(of="tme"), "did you mean 'time'"),
        (lambda: run.sensitivity("stov", of="rung"), "did you mean 'stove'"),
        (lambda: run.response("x9"), "unknown parameter"),
        (lambda: run.response("x1", points=1), "points"),
    ):
        with pytest.raises(UsageError, match=message):
            ask()
    solved = sim.run(coin(ADDITIVE), draws=30, engine="exact")
    table = solved.sensitivity("heads")
    assert table["reliability"].iloc[0] == 1  # a solution has no noise of finite paths
    with pytest.raises(UsageError, match="solution"):
        solved.sensitivity("heads", of="time")


def test_the_command_prints_writes_and_refuses(call, tmp_path):
    from command_line import FIRST

    code, out, _ = call("sensitivity", FIRST, "--draws", 60, "--paths", 40, "--no-charts")
    assert code == 0
    assert "what moves its probability" in out
    assert "nan" not in out.lower()
    home = "results/first_crisis"
    for more, file in (
        ((), "sensitivity"),
        (("--of", "rung"), "sensitivity-rung"),
        (
            ("ally_fights", "--design", "--rows", 100, "--row-paths", 50),
            "sensitivity-ally_fights-design",
        ),
        (("--response", "goes_on,keeps_word"), "response-keeps_word"),
    ):
        code, out, err = call("sensitivity", home, *more, "--no-charts")
        assert (code, err) == (0, ""), err
        assert (tmp_path / home / "analyses" / f"{file}.csv").exists()
        assert f"{file}.csv" in out.replace("\n", "")
        found = strict_json(call("sensitivity", home, *more, "--json", "--no-charts")[1])
        assert found["scenario"] == "first_crisis"
        assert found.get("indices") or found.get("response")
    charts = tmp_path / home / "charts"
    assert not list(charts.glob("*"))  # control: --no-charts
    for more, drawn in (
        ((), {"sensitivity-ally_fights"}),
        (("--response", "goes_on"), {"response-goes_on"}),
    ):
        code, _, err = call("sensitivity", home, *more, "--chart", "it.png")
        assert (code, err) == (0, "chart written to it.png\n")
        assert (tmp_path / "it.png").read_bytes().startswith(b"\x89PNG")
        (tmp_path / "it.png").unlink()
        assert {file.stem for file in charts.glob("*.png")} >= drawn
    for more, message in (
        (("ally_figts",), "did you mean 'ally_fights'"),
        (("--response", "goes"), "did you mean 'goes_on'"),
        (("--of", "tim"), "did you mean 'time'"),
        (("--design", "--response", "goes_on"), "one at a time"),
    ):
        code, out, err = call("sensitivity", home, *more)
        assert (code, out) == (2, "")
        assert message in err
    code, out, _ = call("sensitivity", FIRST, "--draws", 1, "--paths", 9, "--no-charts", "--force")
    assert code == 0
    assert "one draw only" in out
