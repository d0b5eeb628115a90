"""What an independent reading of the contract found wrong once, and must not come back."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import sim
from sim.errors import UsageError

Written = Callable[[str], sim.Scenario]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A scenario of 100 days with these sections."""

    def load(sections: str) -> sim.Scenario:
        file = tmp_path / "small.yaml"
        head = "scenario: small\nhorizon: 100 d\nendings: {any: {otherwise: true}}\n"
        file.write_text(head + dedent(sections), encoding="utf-8")
        return sim.load(file)

    return load


HELD = """
state: {seen: {flag: false}, heat: {max: 3}}
parameters: {zeal: {is: {uniform: [0, 1]}, grade: stipulated}}
events:
  warms: {after: {mean: 50 d}, then: {heat: raise}}
  strikes: {%s, once: true, then: {seen: true}}
outcomes: {struck: {when: seen}}
"""


@pytest.mark.parametrize("memory", ["forget", "remember"])
def test_the_exact_engine_solves_a_clock_without_delay_that_stands_still(
    written: Written, memory: str
) -> None:
    scenario = written(HELD % f"speed: 0 if heat == 0 else 2, memory: {memory}")
    solved = sim.run(scenario, draws=1, engine="exact")
    share = solved.outcomes.probability["struck"]
    assert share == pytest.approx(1 - 2.718281828459045**-2, rel=1e-7)  # P(a wait of mean 50 d)


def test_the_exact_engine_asks_each_draw_whether_a_clock_without_delay_moves(
    written: Written,
) -> None:
    solved = sim.run(written(HELD % 'speed: "max(0, zeal - 0.5)"'), draws=20, engine="exact")
    moves = solved.draws["zeal"] > 0.5
    assert 0 < moves.sum() < 20
    assert (solved.shares["outcome__struck"] == moves).all()


def test_the_largest_seed_is_named_as_it_is(written: Written) -> None:
    scenario = written(HELD % "after: 1 d")
    assert sim.run(scenario, draws=1, paths=1, seed=2**64 - 1, workers=1).provenance.draws == 1
    with pytest.raises(UsageError, match="from 0 to 18,446,744,073,709,551,615, found"):
        sim.run(scenario, draws=1, paths=1, seed=2**64)


def test_compare_takes_one_intervention_by_name(written: Written) -> None:
    scenario = written((HELD % "after: 1 d") + "interventions: {calm: {start: {heat: 1}}}")
    assert list(sim.compare(scenario, "calm", draws=1, paths=1, workers=1).twins) == ["calm"]
    with pytest.raises(UsageError, match="the list of interventions is empty"):
        sim.compare(scenario, [], draws=1, paths=1)


def test_a_fact_that_nothing_satisfies_is_warned_of(written: Written) -> None:
    guarded = (HELD % "when: never or heat > 0, after: 1 d") + "facts: {never: heat > %d}"
    (warning,) = (w for w in written(guarded % 3).warnings if "facts.never" in str(w))
    assert "no combination of values satisfies 'heat > 3'" in str(warning)
    assert not any("facts.never" in str(w) for w in written(guarded % 2).warnings)
