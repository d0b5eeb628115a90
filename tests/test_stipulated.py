"""Numbers written in rules made uncertain: which, by how much, and that all else stays."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from scipy import stats

import sim
from sim.model import Distribution, Model
from sim.scenario import Varied, vary

HEAD = """
scenario: written
horizon: 100 d
state: {a: {max: 9}, b: {max: 9}, heat: {max: 9}}
parameters:
  lag: {is: {uniform: [1 d, 5 d]}, grade: judgement}
  p: {is: {uniform: [0.1, 0.4]}, grade: judgement}
actors: {north: {name: North, rationality: NUMBER_R}}
delays:
  slow: {is: {median: NUMBER_S, p90: NUMBER_T}, grade: press}
  seen: {is: {observed: {NUMBER_O: 2, NUMBER_Q: 1}}, grade: data}
  own: {is: {mix: [{share: 0.5, is: slow}, {share: 0.5, is: {mean: NUMBER_M}}]}, grade: judgement}
  lags: {is: {mean: lag}, grade: judgement}
"""
RULES = """
moves:
  chooses:
    actor: north
    after: own
    choose:
      up: {utility: NUMBER_U, then: {a: raise}}
      down: {utility: 1, then: {b: raise}}
events:
  waits: {after: seen, then: {heat: raise}}
  bursts:
    after: {median: NUMBER_A, p90: NUMBER_B}
    speed: NUMBER_V * (1 + heat / 9)
    choose:
      hit: {probability: NUMBER_P if heat > 2 else p, then: {a: raise}}
      miss: {probability: rest}
  <side>_counts:
    for_each: {side: [left, right]}
    after: {weibull: {scale: NUMBER_C, shape: NUMBER_K}}
    choose:
      one: {weight: NUMBER_W, then: {b: raise}}
      other: {weight: 1}
  lagging: {after: {median: lag, p90: NUMBER_L * lag}, then: {heat: raise}}
outcomes: {much: {when: a >= 3}, more: {when: b >= 4}}
endings: {any: {otherwise: true}}
"""
NUMBERS = {
    "R": 1.5, "S": "2 d", "T": "9 d", "O": "3 d", "Q": "8 d", "M": "6 d", "U": 1.3, "A": "4 d",
    "B": "11 d", "V": 2, "P": 0.8, "C": "7 d", "K": 1.7, "W": 3, "L": 3,
}  # fmt: skip
# what is shown of a factor -> the numbers that it multiplies
FACTORS = {
    "slow": "ST",
    "seen": "OQ",
    "own": "M",
    "actors.north.rationality": "R",
    "moves.chooses.choose.up.utility": "U",
    "events.bursts.after": "AB",
    "events.bursts.speed.2": "V",
    "events.bursts.choose.hit.probability": "P",
    "events.left_counts.after": "C",
    "events.left_counts.after.weibull.shape": "K",
    "events.left_counts.choose.one.weight": "W",
    "events.lagging.after.p90": "L",
}


def scenario(folder: Path, numbers: dict[str, object]) -> sim.Scenario:
    """The scenario with these numbers, in a file."""
    text = HEAD + RULES
    for letter, number in numbers.items():
        text = text.replace(f"NUMBER_{letter}", str(number))
    file = folder / "written.yaml"
    file.write_text(text, encoding="utf-8")
    return sim.load(file)


def with_factors(varied: Varied, factor: float, *, of: str = "") -> Model:
    """The model with every factor (or that of one number) a known number, the others 1."""
    names = {one.factor: one.name for one in varied.varied}
    model = varied.scenario.model
    known = [
        replace(
            one,
            distribution=Distribution(
                kind="fixed", numbers=(factor if of in ("", names[one.name]) else 1.0,)
            ),
        )
        if one.name in names
        else one
        for one in model.parameters
    ]
    return replace(model, parameters=tuple(known))


def events(source: sim.Scenario | Model) -> object:
    """Every event of a run, as it was and when."""
    found = sim.run(source, draws=8, paths=40, seed=3, events=True, progress=False).events
    assert found is not None
    return found.drop(columns="probability").to_dict("list")


def times(number: object, factor: float) -> object:
    """A number of the file multiplied, with its unit."""
    value, _, unit = str(number).partition(" ")
    return f"{float(value) * factor!r} {unit}".strip()


def test_every_named_delay_and_number_of_a_rule_has_a_factor(tmp_path):
    varied = vary(scenario(tmp_path, NUMBERS))
    assert {one.name for one in varied.varied} == {*FACTORS, "events.bursts.speed.9"}
    assert {one.name: one.reason for one in varied.not_varied} == {
        "lags": "it has no duration of its own: parameters, named delays or 0 give them all"
    }
    about = {one.name: one for one in varied.varied}
    assert about["events.bursts.after"].written == "4 d, 11 d"
    assert about["slow"].factor == "stipulated:delays.slow"
    assert about["events.bursts.after"].factor == "stipulated:events.bursts.after"
    assert (about["slow"].grade, about["events.bursts.after"].grade) == ("press", "stipulated")


def test_a_factor_of_one_changes_no_event(tmp_path):
    source = scenario(tmp_path, NUMBERS)
    varied = vary(source)
    assert events(with_factors(varied, 1.0)) == events(source)
    assert events(with_factors(varied, 1.1)) != events(source)  # control


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_does_what_another_number_in_the_file_would_do(tmp_path, name):
    source = scenario(tmp_path, NUMBERS)
    model = with_factors(vary(source), 1.5, of=name)
    numbers = dict(NUMBERS)
    for letter in FACTORS[name]:
        if letter == "P":  # of a probability the odds: 0.8 has 4, and 6 are those of 6 / 7
            numbers["P"] = "6 / 7"
        else:
            numbers[letter] = times(numbers[letter], 1.5)
    changed = scenario(tmp_path, numbers)
    assert rounded(events(model)) == rounded(events(changed))
    assert rounded(events(model)) != rounded(events(source))  # control


def rounded(found: object) -> object:
    """Times to a ten-thousandth of a second: `2 * 1.5` may differ from 3 in its last bit."""
    assert isinstance(found, dict)
    return {**found, "time": np.round(found["time"], 8).tolist()}


def test_the_other_draws_stay_what_they_are(tmp_path):
    source = scenario(tmp_path, NUMBERS)
    varied = vary(source)
    before, after = (sim.run(one, draws=300, paths=1, seed=5) for one in (source, varied.scenario))
    names = list(before.draws)
    assert after.draws[names].equals(before.draws)
    factors = after.draws[[one.factor for one in varied.varied]]
    law = stats.loguniform(0.5, 2)
    for _, column in factors.items():
        # stratified, so far closer than chance
        assert stats.kstest(column, law.cdf).statistic < 0.02
    assert (factors.corr().abs().to_numpy() > 0.3).sum() == len(factors.columns)
    # control: the model that is run by itself has none
    assert source.model.parameters == source.model.parameters[: len(names)]


def test_what_a_check_forbids_to_move_is_left_as_it_is(tmp_path):
    file = tmp_path / "sums.yaml"
    file.write_text(
        dedent("""
        scenario: sums
        horizon: 10 d
        state: {a: {max: 2}, unused: {max: 1}}
        delays: {idle: {is: {mean: 5 d}, grade: data}}
        events:
          falls:
            after: 1 d
            choose:
              one: {probability: 0.3, then: {a: raise}}
              two: {probability: 0.7}
          mixed:
            after: {mix: [{share: 0.25, is: 2 d}, {share: 0.75, is: {mean: 3 d}}]}
            then: {a: raise}
          two_of_a_sum:
            after: 2 d
            choose:
              one: {probability: 0.3 + 0.25 * a / 2, then: {a: lower}}
              other: {probability: rest}
        interventions: {helps: {after: 4 d, then: {a: 0}}}
        outcomes: {full: {when: a == 2}}
        endings: {any: {otherwise: true}}
        """),
        encoding="utf-8",
    )
    source = sim.load(file)
    left = {one.name: one.reason for one in vary(source).not_varied}
    assert "sum to" in left.pop("events.falls.choose.one.probability")
    assert "sum to" in left.pop("events.falls.choose.two.probability")
    assert "shares must sum to 1" in left.pop("events.mixed.after.mix[0].share")
    assert "shares must sum to 1" in left.pop("events.mixed.after.mix[1].share")
    # 0.3 may be moved, and beside it none of the two others
    assert "above 1" in left.pop("events.two_of_a_sum.choose.one.probability.0.25")
    assert "above 1" in left.pop("events.two_of_a_sum.choose.one.probability.2")
    unused = "no rule of the model that is run reads it"
    assert left == {"idle": unused, "interventions.helps.after": unused}
    moved = {one.name for one in vary(source.under("helps")).varied}
    assert "interventions.helps.after" in moved  # control: there it is read
    # whatever the draw, what is left to move breaks nothing
    sim.run(vary(source).scenario, draws=200, paths=2)
