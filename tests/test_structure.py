"""Variants side by side: the parts of a variance against a two-way layout known in closed form."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from command_line import call as call
from command_line import strict_json
from islands import read_added

import sim
from sim.analysis import PARTS, Layout, decomposition, layout, parts
from sim.api.structures import structure
from sim.charts import structure as chart
from sim.errors import NotApplicable, UsageError
from sim.experiment import Plan

TEXT = """
scenario: {name}
title: One toss
horizon: 1 d
state: {{heads: {{flag: false}}}}
parameters: {{x: {{is: {{uniform: [0.2, 0.6]}}, grade: stipulated}}}}
events:
  toss:
    at: 1 h
    choose: {{yes: {{probability: "{p}", then: {{heads: true}}}}, no: {{probability: rest}}}}
outcomes: {{head: {{when: heads, headline: true}}, {extra}}}
endings: {{any: {{otherwise: true}}}}
"""
# p is x in the first, 0.4 + x / 2 in the second; weights 2 to 1
WEIGHTS = np.array([2 / 3, 1 / 3])
VARIANCE = 0.4**2 / 12  # of x
TRUTH = np.array(
    [
        WEIGHTS.prod() * (0.6 - 0.4) ** 2,
        VARIANCE * (WEIGHTS @ [1, 0.5]) ** 2,
        VARIANCE * WEIGHTS.prod() * (1 - 0.5) ** 2,
    ]
)


def written(folder, name: str, p: str, extra: str = "rare: {when: heads}"):
    file = folder / f"{name}.yaml"
    file.write_text(TEXT.format(name=name, p=p, extra=extra), encoding="utf-8")
    return file


@pytest.fixture
def files(tmp_path):
    return written(tmp_path, "plain", "x"), written(tmp_path, "half", "0.4 + 0.5 * x")


def tossed(random: np.random.Generator, draws: int, paths: int) -> Layout:
    """Both variants on the same uniforms, as paths have them."""
    x = random.uniform(0.2, 0.6, draws)
    p = np.stack([x, 0.4 + 0.5 * x], axis=1)
    hit = (random.random((draws, paths))[:, :, None] < p[:, None, :]).astype(np.int64)
    return layout(np.einsum("inv,inu->ivu", hit, hit), paths)


def test_the_parts_are_those_of_the_layout_and_noise_would_not_be():
    """400 repetitions of 100 draws of 20 paths: means within 4 standard errors; the control."""
    random, once = np.random.default_rng(1), np.ones((1, 100), dtype=np.int64)
    found, naive = [], []
    for _ in range(400):
        one = tossed(random, 100, 20)
        found.append(parts(one, WEIGHTS, once).variances[0])
        bare = Layout(shares=one.shares, noise=np.zeros_like(one.noise))
        naive.append(parts(bare, WEIGHTS, once).variances[0])
    for rows, right in ((np.array(found), True), (np.array(naive), False)):
        z = (rows.mean(axis=0) - TRUTH) / (rows.std(axis=0) / np.sqrt(len(rows)))
        # of what lies between variants nothing has to be taken out but the interaction
        assert abs(z[0]) < 4
        assert (np.abs(z[1:]) < 4).all() == right, f"z = {z}"


def test_errors_that_go_together_are_taken_out_together():
    """The control: without the covariance of the errors the parameters' part is too large."""
    random, once = np.random.default_rng(2), np.ones((1, 100), dtype=np.int64)
    found = []
    for _ in range(400):
        one = tossed(random, 100, 20)
        alone = one.noise * np.eye(2)
        found.append(parts(Layout(shares=one.shares, noise=alone), WEIGHTS, once).variances[0])
    rows = np.array(found)
    z = (rows.mean(axis=0) - TRUTH) / (rows.std(axis=0) / np.sqrt(len(rows)))
    assert z[1] > 4


def test_of_known_probabilities_the_parts_add_up_to_the_variance():
    x = np.random.default_rng(3).uniform(0.2, 0.6, 50)
    p = np.stack([x, 0.4 + 0.5 * x], axis=1)
    table = decomposition("head", Layout(shares=p, noise=np.zeros((50, 2, 2))), WEIGHTS)
    mean = WEIGHTS @ p.mean(axis=0)
    whole = WEIGHTS @ ((p - mean) ** 2).mean(axis=0)
    # but for D - 1 in the place of D
    assert np.isclose(table["variance"].sum(), whole, rtol=0.02)
    assert np.isclose(table["share"].sum(), 1)
    assert table["part"].tolist() == list(PARTS)
    assert (table["removed"] == 0).all()


def test_intervals_hold_the_shares_and_half_as_wide_ones_do_not():
    """300 repetitions of 100 draws of 50 paths, 90 %: at most 4 standard errors (0.017) off."""
    random, truth = np.random.default_rng(4), TRUTH / TRUTH.sum()
    inside, half = [], []
    for _ in range(300):
        table = decomposition("head", tossed(random, 100, 50), WEIGHTS)
        low, high, share = (table[name].to_numpy() for name in ("low", "high", "share"))
        inside.append((low <= truth) & (truth <= high))
        half.append(((low + share) / 2 <= truth) & (truth <= (high + share) / 2))
    assert (np.abs(np.mean(inside, axis=0) - 0.9) < 0.07).all()
    assert (np.mean(half, axis=0) < 0.75).all()


def test_variants_of_a_scenario_are_split(files):
    scenarios = [sim.load(file) for file in files]
    found = structure(scenarios, Plan(draws=400, paths=60, workers=1), [2, 1])
    rows = found.parts[found.parts["outcome"] == "head"].set_index("part")
    truth = TRUTH / TRUTH.sum()
    for part, share in zip(PARTS, truth, strict=True):
        assert rows.loc[part, "low"] - 0.05 < share < rows.loc[part, "high"] + 0.05
    assert found.weights == {"plain": 2 / 3, "half": 1 / 3}
    both = found.variants[found.variants["outcome"] == "head"].set_index("variant")
    assert np.isclose(both.loc["half", "probability"], 0.6, atol=0.02)
    # every noise-free probability is that of a run alone
    alone = sim.run(scenarios[1], draws=400, paths=60, workers=1)
    assert both.loc["half", "hits"] == alone.outcomes.loc["head", "hits"]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_tables_do_not_depend_on_the_number_of_workers(files, workers):
    scenarios = [sim.load(file) for file in files]
    once = structure(scenarios, Plan(draws=20, paths=30, workers=1))
    again = structure(scenarios, Plan(draws=20, paths=30, workers=workers))
    assert once.parts.equals(again.parts)


def test_solved_variants_have_no_noise(files):
    found = structure([sim.load(file) for file in files], Plan(draws=20, engine="exact", workers=1))
    assert (found.parts["removed"] == 0).all()


def test_the_same_variant_twice_is_no_structure(files):
    scenario = sim.load(files[0])
    found = structure([scenario, scenario], Plan(draws=50, paths=40, workers=1))
    rows = found.parts[found.parts["outcome"] == "head"].set_index("part")
    assert list(found.weights) == ["plain#1", "plain#2"]
    assert rows["share"].round(9).tolist() == [0, 1, 0]


def test_the_command_writes_prints_and_draws(files, tmp_path, call):
    size = ("--draws", "60", "--paths", "40", "--workers", "1")
    code, out, err = call("structure", *files, "--weights", "2,1", *size)
    assert (code, err) == (0, "")
    assert "Weights: plain 0.667, half 0.333." in out
    home = tmp_path / "results" / "plain-structure"
    assert read_added(home, "structure")["outcome"].nunique() == 2
    assert read_added(home, "variants")["variant"].tolist() == ["plain", "half"] * 2
    assert (home / "charts" / "structure.png").is_file()
    assert sim.Results.load(home).n == 2_400
    # the others are whole runs as well, on the same random numbers
    other = sim.Results.load(home / "variants" / "half")
    assert other.provenance.scenario == "half"
    assert other.draws["x"].equals(sim.Results.load(home).draws["x"])
    code, _, err = call("discover", home / "variants" / "half", "head", "--no-charts")
    assert (code, "part of what is in" in err) == (2, True)
    code, out, _ = call("structure", *files, *size, "--no-charts", "--json")
    told = strict_json(out)
    assert told["weights"] == {"plain": 0.5, "half": 0.5}
    assert len(told["parts"]) == 6
    code, out, _ = call("structure", *files, *size, "--no-charts")
    assert "All variants count the same (no weights were given)." in out


def test_what_cannot_be_split_is_said(files, tmp_path, call):
    other = written(tmp_path, "other", "x", extra="more: {when: heads}")
    code, out, _ = call(
        "structure", files[0], other, "--draws", "20", "--paths", "9", "--no-charts"
    )
    assert code == 0
    assert "Not in all variants, so left out: more, rare." in out
    scenarios = [sim.load(file) for file in files]
    with pytest.raises(NotApplicable, match=r"of 5 draws .* --draws 10 or more"):
        structure(scenarios, Plan(draws=5, paths=5))
    # a draw of one path is all or nothing: it was said that parameters explain everything
    with pytest.raises(NotApplicable, match=r"1 path a draw .* --paths 2 or more"):
        structure(scenarios, Plan(draws=20, paths=1))
    with pytest.raises(UsageError, match="must be 2, one for each variant, found 3"):
        structure(scenarios, Plan(draws=20), [1, 2, 3])
    with pytest.raises(UsageError, match="not all 0, found 0, 0"):
        structure(scenarios, Plan(draws=20), [0, 0])
    for words, says in (
        ((files[0],), "give two variants or more"),
        ((*files, "--weights", "a,b"), "must be numbers like 2,1,1, found 'a,b'"),
    ):
        code, _, err = call("structure", *words)
        assert code == 2
        assert says in err


def test_an_outcome_that_never_comes_has_no_shares(tmp_path, call):
    never = [written(tmp_path, name, "0 * x") for name in ("one", "two")]
    size = ("--draws", "20", "--paths", "9", "--workers", "1")
    code, out, _ = call("structure", *never, *size)
    assert (code, "nothing varies" in out, "nan" in out.lower()) == (0, True, False)


def test_the_bars_are_the_shares():
    table = decomposition("head", tossed(np.random.default_rng(5), 100, 50), WEIGHTS)
    ax = chart(table)
    widths = [patch.get_width() for patch in ax.patches]
    assert np.allclose(widths, table["share"])
    plt.close(ax.figure)
