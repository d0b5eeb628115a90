"""A hint names what was meant, or there is none: measured on slips of a scenario's names."""

import random
import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError, unknown

ROOT = Path(__file__).parents[1]
LETTERS = "abcdefghijklmnopqrstuvwxyz_"


def slips(word: str, chance: random.Random) -> list[str]:
    """One slip of each kind: a letter left out, doubled, exchanged with the next, another."""
    i = chance.randrange(len(word))
    j = chance.randrange(max(len(word) - 1, 1))
    other = chance.choice(LETTERS)
    return [
        word[:i] + word[i + 1 :],
        word[:i] + word[i] + word[i:],
        word[:j] + word[j : j + 2][::-1] + word[j + 2 :],
        word[:i] + other + word[i + 1 :],
    ]


def vocabularies() -> dict[str, list[str]]:
    """The names that a hint chooses from, by kind, of the largest scenario."""
    scenario = sim.load(ROOT / "scenarios" / "korean_clash.yaml")
    model = scenario.model
    return {
        "actor": [actor.name for actor in model.actors],
        "state variable": [variable.name for variable in model.variables],
        "parameter": [parameter.name for parameter in model.parameters],
        "transition": [transition.name for transition in model.transitions],
        "outcome": [outcome.name for outcome in model.outcomes],
        "intervention": list(scenario.interventions),
        "level": list(model.variables[0].levels),
    }


def judged(typed: str, meant: str, known: list[str]) -> str:
    """Whether the hint for a slip is right, wrong, or there is none."""
    hint = re.search(r"did you mean (.*)\?$", unknown("name", typed, known))
    if not hint:
        return "none"
    return "right" if repr(meant) in hint.group(1) else "wrong"


def test_a_slip_of_the_pen_is_understood():
    """Some 1,600 slips: wrong below 2 %, right above 90 %."""
    chance = random.Random("slips of the pen")
    found = []
    for known in vocabularies().values():
        for word in known:
            for typed in slips(word, chance):
                if typed not in known and len(typed) > 2:
                    found.append(judged(typed, word, known))
    share = {kind: found.count(kind) / len(found) for kind in ("right", "none", "wrong")}
    assert len(found) > 1_200
    assert share["wrong"] < 0.02, share
    assert share["right"] > 0.9, share


TEXT = """scenario: strait
horizon: 90 d
actors: {{japan: {{state: {{gate: {{max: 3}}}}}}, usa: {{state: {{posture: {{max: 3}}}}}}}}
ladders: {{conflict: [calm, clash, war]}}
relations: {{border: {{between: [japan, usa], ladder: conflict}}}}
state: {{n: {{max: 5}}}}
events: {{shot: {{when: {when}, after: 3 d, then: {{{then}}}}}}}
outcomes: {{o: {{when: n > 1 and border == war and japan.gate > 0 and usa.posture > 0}}}}
endings: {{all: {{otherwise: true}}}}
"""


@pytest.mark.parametrize(
    ("when", "then", "told", "never"),
    [
        ("n < 5", "border: decrease", "did you mean 'lower'?", "raise"),
        ("n < 5", "border: increase", "did you mean 'raise'?", "lower"),
        ("n < 5", "n: decrease", "did you mean 'lower'?", "raise"),
        ("n < 5", "n: Up", "did you mean 'raise'?", "lower"),
        ("japan.posture > 1", "n: raise", "known: japan.gate", "usa.posture"),
        ("n < 5", "japan.posture: raise", "known: japan.gate", "usa.posture"),
        ("n < 5", "usa.postrue: raise", "did you mean 'usa.posture'?", "japan"),
    ],
)
def test_no_hint_means_the_opposite_or_another_actor(tmp_path, when, then, told, never):
    file = tmp_path / "strait.yaml"
    file.write_text(TEXT.format(when=when, then=then), encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(told)) as caught:
        sim.load(file)
    (problem,) = caught.value.problems
    assert never not in problem.text
    file.write_text(TEXT.format(when="n < 5", then="n: raise"), encoding="utf-8")
    assert sim.load(file).name == "strait"  # the control
