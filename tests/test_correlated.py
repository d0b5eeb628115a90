"""Parameters that belong together: `correlated`, in files and from Python."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml
from command_line import call
from scipy import stats

import sim
from sim.engines import ENGINES
from sim.experiment import parameter_values
from sim.export import schema

BASE = """
scenario: pairs
horizon: 30 d
state: {war: {flag: false}}
parameters:
  a: {is: {uniform: [0, 1]}}
  b: {is: {pert: [0.1, 0.2, 0.6]}}
  c: {is: {lognormal: {median: 2 d, p90: 9 d}}}
  d: {is: {beta: {mean: 0.3, sd: 0.1}}}
  one: {is: 0.3}
  reading: {is: {choices: {text: 0.8, broad: 0.2}}}
events:
  breaks_out: {when: not war, after: {mean: c}, chance: (a + b + d + one) / 4, then: {war: true}}
outcomes:
  begun: {when: war}
endings:
  at_war: {when: war}
  at_peace: {otherwise: true}
"""
__all__ = ["call"]
DRAWS = 2000
EXACTLY = range(DRAWS)


def read(pairs: str) -> sim.Scenario:
    return sim.loads(BASE + (f"correlated: {pairs}\n" if pairs else ""))


def values(scenario: sim.Scenario, draws: range = EXACTLY, seed: int = 1) -> pd.DataFrame:
    names = [one.name for one in scenario.model.parameters]
    return pd.DataFrame(parameter_values(scenario.model, seed, draws), columns=names)


def z_of(found: float, wanted: float, n: int) -> float:
    """Fisher's z of a rank correlation; variance (1 + r^2 / 2) / (n - 3) after Bonett, Wright."""
    return (np.arctanh(found) - np.arctanh(wanted)) / np.sqrt((1 + wanted**2 / 2) / (n - 3))


@pytest.mark.parametrize("wanted", [-0.9, -0.3, 0.6, 0.95])
def test_the_rank_correlation_is_the_one_asked_for(wanted):
    frame = values(read(f"[[a, b, {wanted}]]"))
    found = stats.spearmanr(frame["a"], frame["b"]).statistic
    assert abs(z_of(found, wanted, DRAWS)) < 4
    assert abs(z_of(found, wanted + (0.15 if wanted < 0.9 else -0.15), DRAWS)) > 4  # the control
    for other in ("c", "d"):
        assert abs(z_of(stats.spearmanr(frame["a"], frame[other]).statistic, 0.0, DRAWS)) < 4


def test_several_pairs_hold_together():
    pairs = {("a", "b"): 0.5, ("b", "c"): -0.4, ("a", "c"): 0.2}
    scenario = read("[" + ", ".join(f"[{a}, {b}, {r}]" for (a, b), r in pairs.items()) + "]")
    frame = values(scenario)
    for (a, b), wanted in pairs.items():
        assert abs(z_of(stats.spearmanr(frame[a], frame[b]).statistic, wanted, DRAWS)) < 4


def test_marginals_stay_stratified_and_nothing_else_moves():
    alone, together = values(read("")), values(read("[[b, a, 0.7]]"))
    for name in ("b", "c", "d", "reading"):  # the first of a pair keeps its draws
        assert (alone[name].to_numpy() == together[name].to_numpy()).all()
    assert (alone["a"] != together["a"]).mean() > 0.9  # the control
    # the very same numbers in every block of a hundred draws, in another order
    for first in range(0, DRAWS, 100):
        block = slice(first, first + 100)
        assert sorted(alone["a"][block]) == sorted(together["a"][block])
    part = values(read("[[b, a, 0.7]]"), range(150, 420))
    assert (part.to_numpy() == together[150:420].to_numpy()).all()


def test_every_engine_has_the_same_draws():
    scenario = read("[[a, b, 0.6]]")
    runs = [
        sim.run(scenario, draws=5, paths=3, engine=engine, workers=1)
        for engine in (*ENGINES, "exact")
    ]
    for one in runs[1:]:
        pd.testing.assert_frame_equal(one.draws, runs[0].draws)
    assert len(runs) >= 3
    assert not sim.run(read(""), draws=5, paths=3, workers=1).draws.equals(runs[0].draws)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (
            "[[a, redaing, 0.6]]",
            "correlated[0][1]: unknown parameter 'redaing'; did you mean 'reading'?",
        ),
        ("[[a, b, 1.2]]", "correlated[0][2]: must be between -1 and 1, found 1.2"),
        ("[[a, b, -1]]", "found -1; parameters that always move together are one parameter"),
        ("[[a, b, high]]", "correlated[0][2]: must be a number, found 'high'"),
        ("[[a, a, 0.5]]", "correlated[0]: 'a' is correlated with itself"),
        (
            "[[a, b, 0.5], [b, a, 0.5]]",
            "correlated[1]: b and a are a pair twice; entry [0] is the first",
        ),
        ("[[a, b]]", "correlated[0]: must be `[a, b, 0.6]`: two parameters"),
        ("[a, b, 0.6]", "correlated: must be a list of pairs, `[[a, b, 0.6]]`"),
        ("0.6", "correlated: must be a list"),
        ("[[a, reading, 0.6]]", "correlated[0][1]: 'reading' has choices, which have no order"),
        ("[[one, a, 0.6]]", "correlated[0][0]: 'one' has one value, which goes with nothing"),
        (
            "[[a, b, 0.9], [b, c, 0.9]]",
            "correlated: no numbers have these together (not positive definite): [a, b, 0.9], "
            "[b, c, 0.9]; what is not named is 0: [a, c]",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(pairs, told):
    with pytest.raises(sim.ScenarioError, match=re.escape(told)) as error:
        read(pairs)
    assert len(error.value.problems) == 1
    assert error.value.problems[0].place.line
    with pytest.raises(sim.ScenarioError, match=re.escape(told)):
        read("").with_(correlated=yaml.safe_load(pairs))


def test_a_missing_pair_mends_what_is_not_positive_definite():
    assert len(read("[[a, b, 0.9], [b, c, 0.9], [a, c, 0.8]]").model.correlated) == 3


def test_with_gives_what_the_file_gives_and_takes_it_back():
    written, made = read("[[a, b, 0.6]]"), read("").with_(correlated=[["a", "b", 0.6]])
    assert made.model == written.model
    assert made.changed == "rank correlation 0.6 of a and b"
    assert values(made).equals(values(written))
    assert written.with_(correlated=[]).model == read("").model
    assert made.with_(set={"a": 0.2}).model.correlated == made.model.correlated
    with pytest.raises(sim.UsageError, match="takes correlated in a call of their own"):
        read("").with_(correlated=[["a", "b", 0.6]], set={"a": 0.2})
    results = sim.run(made, draws=3, paths=2, workers=1)
    assert results.provenance.changes[0]["correlated"] == [["a", "b", 0.6]]


def test_the_machine_form_and_the_description_have_the_pairs(tmp_path, call):
    scenario = read("[[a, b, 0.6]]")
    assert "correlated: [[a, b, 0.6]]\n" in scenario.resolved()
    again = sim.loads(scenario.resolved())
    assert again.model.correlated == scenario.model.correlated
    assert values(again).equals(values(scenario))
    for wrong, told in (
        ("[[a, x, 0.6]]", "unknown word 'x'"),
        ("[[a, b, 2]]", "a number between"),
        ("[[a, b]]", "must be [parameter"),
        ("[[a, b, 0.9], [b, c, 0.9]]", "not positive definite"),
    ):
        with pytest.raises(sim.ScenarioError, match=re.escape(told)):
            sim.loads(scenario.resolved().replace("[[a, b, 0.6]]", wrong))
    told: dict[str, str] = {}
    for name, text in (("pairs", BASE + "correlated: [[a, b, 0.6]]\n"), ("none", BASE)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        _, told[name], _ = call("describe", tmp_path / f"{name}.yaml")
    assert "- `a` and `b`: 0.6" in told["pairs"]
    assert "Drawn together" not in told["none"]
    assert schema()["properties"]["correlated"]["items"]["minItems"] == 3


def test_points_of_the_unit_cube_follow_the_pairs():
    scenario = read("[[a, b, 0.6]]")
    cube = np.random.default_rng(20).random((DRAWS, scenario.problem()["num_vars"]))
    frame, plain = scenario.ppf(cube), read("").ppf(cube)
    found = stats.spearmanr(frame["a"], frame["b"]).statistic
    assert abs(z_of(found, 0.6, DRAWS)) < 4
    assert abs(z_of(stats.spearmanr(plain["a"], plain["b"]).statistic, 0.6, DRAWS)) > 4
    assert frame.drop(columns="b").equals(plain.drop(columns="b"))
    alone = pd.DataFrame({"b": cube[:, 1]})
    assert scenario.ppf(alone).equals(read("").ppf(alone))


def test_a_design_that_moves_parameters_alone_is_refused():
    results = sim.run(read("[[a, b, 0.6]]"), draws=4, paths=2, workers=1)
    with pytest.raises(sim.errors.NotApplicable, match="`correlated` parameters"):
        results.sensitivity("begun", design=True)


def test_an_alternative_with_pairs_is_walked_on_its_own_draws():
    baseline, twin = read(""), read("[[a, b, 0.9]]")
    compared = sim.compare({"alone": baseline, "together": twin}, draws=50, paths=20, workers=1)
    direct = sim.run(twin, draws=50, paths=20, workers=1)
    found = compared.twins["together"]
    assert found.draws.equals(direct.draws)
    assert found.outcomes["hits"].tolist() == direct.outcomes["hits"].tolist()
    assert not compared.baseline.draws.equals(direct.draws)
