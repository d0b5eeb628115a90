"""Odds whose total is not a finite number: refused with a place, in `check` and in every engine."""

import re
from pathlib import Path

import pytest

import sim
from sim.engines import ENGINES
from sim.errors import RunError, ScenarioError

FRAME = """scenario: odd
horizon: 30 d
state: {{n: {{max: 5}}}}
actors: {{a: {{}}}}
parameters: {{p: {{is: {{uniform: [0, 1]}}}}, big: {{is: {{uniform: [1e307, {top}]}}}}}}
moves:
  shot:
    actor: a
    after: 1 d
    choose: {choose}
outcomes: {{many: {{when: n == 5 and p > 2}}}}
endings: {{all: {{otherwise: true}}}}
"""
RAISES = "then: {n: raise}"
TOO_MUCH = {
    "two weights": "{x: {weight: 1e308, " + RAISES + "}, y: {weight: 1e308}}",
    "a parameter and a number": "{x: {weight: big, " + RAISES + "}, y: {weight: 1.7e308}}",
    "three weights": "{x: {weight: 7e307}, y: {weight: 7e307}, z: {weight: 7e307}}",
}
# what `check` cannot see, since it looks at the corners of what is uncertain alone
HIGH_IN_THE_MIDDLE = "weight: 1.2e308 * (4 * p * (1 - p))"
ONLY_IN_A_DRAW = f"{{x: {{{HIGH_IN_THE_MIDDLE}}}, y: {{{HIGH_IN_THE_MIDDLE}}}}}"


def written(folder: Path, choose: str, top: str = "1e308") -> Path:
    file = folder / "odd.yaml"
    file.write_text(FRAME.format(choose=choose, top=top), encoding="utf-8")
    return file


@pytest.mark.parametrize("choose", TOO_MUCH.values(), ids=TOO_MUCH)
def test_weights_that_add_up_to_no_number_are_refused_by_check(tmp_path, choose):
    told = "odd.yaml:10:5: moves.shot.choose: weights add up to more than a number can be"
    with pytest.raises(ScenarioError, match=re.escape(told)):
        sim.load(written(tmp_path, choose))


@pytest.mark.parametrize("engine", [*ENGINES])
def test_what_only_a_draw_shows_is_refused_before_it_is_walked(tmp_path, engine):
    scenario = sim.load(written(tmp_path, ONLY_IN_A_DRAW))
    with pytest.raises(RunError, match="add up to more than a number can be"):
        sim.run(scenario, draws=20, paths=2, seed=1, engine=engine, progress=False)


@pytest.mark.parametrize("engine", [*ENGINES])
def test_large_weights_that_are_a_number_together_run(tmp_path, engine):
    """The control: half as large, both options are taken, as often as each other."""
    choose = TOO_MUCH["two weights"].replace("1e308", "8e307")
    scenario = sim.load(written(tmp_path, choose))
    found = sim.run(scenario, draws=2, paths=20, seed=1, engine=engine, progress=False, events=True)
    taken = found.events["option"].value_counts()
    n = taken.sum()
    assert abs(taken["x"] - n / 2) < 4 * (n / 4) ** 0.5, taken


@pytest.mark.parametrize("engine", [*ENGINES])
def test_utilities_far_apart_are_shares(tmp_path, engine):
    """Kin: exp of a difference that overflows to -inf is 0, and no error."""
    choose = "{x: {utility: 1e308, " + RAISES + "}, y: {utility: -1e308}}"
    scenario = sim.load(written(tmp_path, choose))
    found = sim.run(scenario, draws=1, paths=10, seed=1, engine=engine, progress=False, events=True)
    assert set(found.events["option"]) == {"x"}


EXTREME = {  # what is uncertain without end -> why it is refused; the value, and one that is fine
    "normal": ("{normal: {mean: 0, sd: 1e308}}", "{normal: {mean: 0, sd: 1e306}}"),
    "normal far out": (
        "{normal: {mean: 1.79e308, sd: 1e307}}",
        "{normal: {mean: 1e308, sd: 1e306}}",
    ),
    "lognormal": ("{lognormal: {median: 1e300, p90: 1e304}}", "{lognormal: {median: 1, p90: 2}}"),
    "uniform": ("{uniform: [-1e308, 1e308]}", "{uniform: [-8e307, 8e307]}"),
}


def of_one(folder: Path, written_so: str) -> Path:
    """A file of one uncertain number, which an outcome reads."""
    file = folder / "extreme.yaml"
    file.write_text(
        f"scenario: extreme\nhorizon: 3 d\nstate: {{n: {{max: 5}}}}\nparameters:\n"
        f"  p: {{is: {written_so}}}\nevents: {{shot: {{after: 1 d, then: {{n: raise}}}}}}\n"
        "outcomes: {o: {when: n > 0 and p > 2}}\nendings: {all: {otherwise: true}}\n",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize(("too_much", "fine"), EXTREME.values(), ids=EXTREME)
def test_a_parameter_that_could_be_no_number_is_refused(tmp_path, too_much, fine):
    with pytest.raises(
        ScenarioError, match=r"yaml:5:\d+: parameters\.p\.is: a draw could be larger"
    ):
        sim.load(of_one(tmp_path, too_much))
    values = sim.run(sim.load(of_one(tmp_path, fine)), draws=50, paths=1, progress=False).draws
    assert values["p"].abs().max() < float("inf")  # the control


def test_a_spread_that_is_too_large_to_be_squared_is_told_with_its_limit(tmp_path):
    with pytest.raises(
        ScenarioError, match=r"beta\.sd: must be above 0 and below 0\.5 for this mean"
    ):
        sim.load(of_one(tmp_path, "{beta: {mean: 0.5, sd: 1e200}}"))


DELAYS = {
    "lognormal": ("{median: 1e300 s, p90: 1e304 s}", "{median: 1 d, p90: 9 d}"),
    "exponential": ("{mean: 1e307 s}", "{mean: 1e290 s}"),
    "weibull": ("{weibull: {scale: 1e300 s, shape: 0.1}}", "{weibull: {scale: 1 d, shape: 0.1}}"),
}


@pytest.mark.parametrize(("too_long", "fine"), DELAYS.values(), ids=DELAYS)
def test_a_wait_that_could_be_no_number_is_refused(tmp_path, too_long, fine):
    file = of_one(tmp_path, "0.3")
    text = file.read_text(encoding="utf-8")
    for says in (too_long, fine):
        file.write_text(text.replace("after: 1 d", f"after: {says}"), encoding="utf-8")
        if says == fine:
            assert sim.run(sim.load(file), draws=1, paths=5, progress=False).n == 5  # the control
        else:
            with pytest.raises(ScenarioError, match=r"events\.shot\.after: a wait could be longer"):
                sim.load(file)
