"""Other spellings that are accepted, and numbers that look like steps and are refused."""

import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError

TEXT = """scenario: strait
horizon: 90 d
actors: {north: {}, south: {}}
state: {n: {max: 5}, talks: {flag: false}}
parameters:
  lag: {is: {pert: [1 d, 2 d, 1 w]}, grade: judgement, note: a guess}
  p: {is: 0.4}
treaties:
  pact:
    parties: [north, south]
    obligations:
      art1:
        {type: defence, obligor: south, casus_foederis: n > 2, deliberation: 6 h,
         responses: {go: {}}}
moves:
  press: {actor: north, when: not talks, after: {median: 3 min, p90: lag}, then: {n: raise}}
  pause: {actor: south, on: press, after: 36 s, chance: p, then: {talks: true}}
outcomes: {many: {when: n >= 4 or pact.art1 == go}}
endings: {all: {otherwise: true}}
interventions: {soon: {set: {lag: 2 y}}}
"""
SPELLINGS = {
    "90 d": ("90 days", "90 day", "90 Days"),
    "1 w": ("1 week", "1 weeks", "1 wk"),
    "6 h": ("6 hours", "6 hour", "6 hrs", "6 HOURS"),
    "3 min": ("3 minutes", "3 mins", "3 minute"),
    "36 s": ("36 seconds", "36 sec", "36 secs"),
    "2 y": ("2 years", "2 yrs", "2 year"),
    "judgement": ("judgment",),
    "defence": ("defense",),
}


def load(folder: Path, text: str) -> sim.Scenario:
    file = folder / "strait.yaml"
    file.write_text(text, encoding="utf-8")
    return sim.load(file)


@pytest.mark.parametrize(("one", "others"), SPELLINGS.items(), ids=SPELLINGS)
def test_another_spelling_is_the_same_scenario(tmp_path, one, others):
    assert TEXT.count(one) == 1
    scenario = load(tmp_path, TEXT)
    soon = scenario.under("soon").resolved()
    for other in others:
        again = load(tmp_path, TEXT.replace(one, other))
        assert again.resolved() == scenario.resolved()  # the machine form keeps one spelling
        assert again.under("soon").resolved() == soon
        assert again.treaties.equals(scenario.treaties)
        assert list(again.parameters["grade"]) == list(scenario.parameters["grade"])


def test_other_units_are_other_numbers_or_refused(tmp_path):
    """The control: a month and a fortnight have no unit, and an hour is no day."""
    assert (
        load(tmp_path, TEXT.replace("6 h", "6 days")).resolved() != load(tmp_path, TEXT).resolved()
    )
    for odd, told in (
        ("3 months", "did you mean '90 d'? Months differ in length"),
        ("2 fortnights", "known: s, min, h, d, w, y"),
        ("5 m", "did you mean '5 min'?"),
        ("5 D", "did you mean '5 d'?"),
    ):
        with pytest.raises(ScenarioError, match=re.escape(told)):
            load(tmp_path, TEXT.replace("90 d", odd))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("+1", "write `raise`, or `n + 1`"),
        ("+ 1", "write `raise`"),
        ("-1", "write `lower`, or `n - 1`"),
        ("+2", "write `raise`, or `n + 2`"),
        ("+1.0", "write `raise`, or `n + 1.0`"),
    ],
)
def test_a_number_with_a_sign_is_no_step(tmp_path, written, told):
    with pytest.raises(ScenarioError, match=re.escape(told)):
        load(tmp_path, TEXT.replace("then: {n: raise}", f"then: {{n: {written}}}"))


@pytest.mark.parametrize("written", ["1", "n + 1", "raise", "2 * n", "5 - n"])
def test_a_number_alone_is_a_value(tmp_path, written):
    """The control: without a sign it is the value that the count gets."""
    scenario = load(tmp_path, TEXT.replace("then: {n: raise}", f"then: {{n: {written}}}"))
    assert scenario.model.transition("press").options[0].effects
