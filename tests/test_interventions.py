"""Anything a file may not say, an intervention may not do either: alone at load, together later."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError, UsageError

BASE = """scenario: strait
start: 2024-10-25
horizon: 90 d
ladders: {conflict: [calm, clash, war]}
actors: {north: {name: Northland}, south: {name: Southland, rationality: sharp}}
relations: {border: {between: [north, south], ladder: conflict, start: clash}}
state: {talks: {flag: false}, shots: {max: 5}}
parameters:
  p: {is: {uniform: [0.1, 0.4]}}
  q: {is: {uniform: [0.1, 0.4]}}
  zeal: {is: {pert: [0, 1, 2]}}
  sharp: {is: {pert: [0, 1, 2]}}
  slow: {is: {pert: [1 d, 2 d, 3 d]}}
  late: {is: {pert: [5 d, 6 d, 7 d]}}
  part: {is: {uniform: [0.2, 0.8]}}
  reading: {is: {choices: {text: 0.8, broad: 0.2}}}
treaties:
  pact:
    parties: [north, south]
    obligations:
      art1:
        type: defence
        obligor: south
        casus_foederis: border == war
        responses: {fights: {probability: p}, talks: {probability: rest}}
moves:
  north_presses:
    actor: north
    when: border >= clash and not talks
    after: {median: slow, p90: late}
    speed: zeal
    choose:
      strikes: {probability: p, then: {border: raise}}
      probes: {probability: q, then: {shots: raise}}
      waits: {probability: rest}
  south_answers:
    actor: south
    on: north_presses.probes
    after: {mix: [{share: part, is: 1 d}, {share: 1 - part, is: slow}]}
    choose: {holds: {weight: zeal}, strikes: {weight: 1, then: {border: raise}}}
  south_weighs: {actor: south, once: true, after: 1 d, choose: {a: {utility: 1}, b: {utility: 0}}}
events:
  cooling: {when: reading == text, after: {between: [slow, late]}, then: {talks: true}}
outcomes: {war: {when: border == war, headline: true}, many: {when: shots > 4}}
endings: {war: {when: war}, over: {otherwise: true}}
interventions:
  good: {set: {p: 0.3}}
"""

# what an intervention says -> what is told of it: place within the file's last line, and the fact
ALONE = {
    "a probability above 1": ("{set: {p: 1.5}}", "set.p: 'p' is 1.5, above 1"),
    "a probability below 0": ("{set: {p: -0.1}}", "set.p: 'p' is -0.1, below 0"),
    "a sum above 1": ("{set: {p: 0.7}}", "set.p: probabilities sum to 1.1, more than 1"),
    "a negative speed": ("{set: {zeal: -1}}", "set.zeal: 'zeal' is -1, below 0"),
    "a median above its p90": (
        "{set: {slow: 9 d}}",
        "set.slow: p90 must be greater than the median 9 d",
    ),
    "a high below its low": ("{set: {late: 1 h}}", "set.late: "),
    "a duration below 0": ("{set: {slow: -1 d}}", "set.slow: "),
    "a share above 1": ("{set: {part: 1.2}}", "set.part: a share must be between 0 and 1"),
    "a number for a duration": ("{set: {slow: 3}}", "set.slow: must be a duration, found '3'"),
    "a duration for a number": ("{set: {p: 3 d}}", "set.p: must be a number, found '3 d'"),
    "no such choice": ("{set: {reading: brod}}", "set.reading: unknown choice of reading 'brod'"),
    "no such parameter": ("{set: {pp: 1}}", "set.pp: unknown parameter 'pp'"),
    "no such level": ("{start: {border: wra}}", "start.border: unknown level of border 'wra'"),
    "a count above its end": ("{start: {shots: 6}}", "start.shots: must be a whole number from 0"),
    "a flag that is a number": ("{start: {talks: 1}}", "start.talks: 'talks' is a flag"),
    "no such clause": (
        "{void: pact.art2}",
        "void: unknown treaty, obligation, move or event 'pact.art2'",
    ),
    "a date before the start": (
        "{at: 2024-10-01, then: {talks: true}}",
        "at: '2024-10-01' is before the start",
    ),
    "an event with odds above 1": (
        "{at: 3 d, choose: {a: {probability: 1.5}, b: {probability: rest}}}",
        "choose.a.probability: '1.5' is above 1",
    ),
    "an event that never stands still": ("{then: {talks: true}}", "would fire without end"),
    "nothing": ("{title: nothing}", "changes nothing; it needs void, set, start or an event"),
}


def written(folder: Path, **interventions: str) -> Path:
    """A file with these interventions, each in a line of its own."""
    file = folder / "strait.yaml"
    lines = [f"  {name}: {says}\n" for name, says in interventions.items()]
    file.write_text(BASE + "".join(lines), encoding="utf-8")
    return file


@pytest.mark.parametrize(("says", "told"), ALONE.values(), ids=ALONE)
def test_what_no_file_may_say_no_intervention_may_do(tmp_path, says, told):
    file = written(tmp_path, fine="{set: {p: 0.2}}", bad=says)
    line = len(file.read_text(encoding="utf-8").splitlines())
    with pytest.raises(ScenarioError, match=re.escape(told)) as caught:
        sim.load(file)
    (problem,) = caught.value.problems
    assert (Path(problem.place.file), problem.place.line) == (file, line)
    assert problem.path.startswith("interventions.bad")


def test_what_a_file_may_say_an_intervention_may_do(tmp_path):
    """The control: near every limit, but within it."""
    file = written(
        tmp_path,
        some="{set: {p: 0.6}, start: {border: war, shots: 5, talks: true}}",
        much="{set: {zeal: 0, slow: 4.9 d, part: 1, reading: broad}, void: [pact, pact.art1]}",
        more="{at: 2024-10-25, then: {talks: true}}",
    )
    scenario = sim.load(file)
    assert scenario.warnings == ()
    for name in ("good", "some", "much", "more", "some+much+more"):
        assert sim.run(scenario.under(name), draws=2, paths=10, seed=1, progress=False).n == 20


def test_interventions_that_are_wrong_only_together_are_told_with_their_places(tmp_path):
    file = written(tmp_path, one="{set: {p: 0.6}}", two="{set: {q: 0.5}}", three="{void: pact}")
    scenario = sim.load(file)
    both = "probabilities sum to 1.1, more than 1"
    with pytest.raises(ScenarioError, match=re.escape(both)) as caught:
        scenario.under("one+two")
    place = caught.value.problems[0].place
    assert (Path(place.file), place.line) == (file, len(BASE.splitlines()) + 1)
    assert "moves.north_presses.choose" in str(caught.value)  # where it goes wrong, too
    assert scenario.under("one+three").applied == ("one", "three")  # the control
    with pytest.raises(ScenarioError, match=re.escape(both)):  # one after the other is both
        scenario.under("one").under("two")


def test_every_disagreement_is_told_with_file_and_line(tmp_path):
    one = "{set: {p: 0.2, q: 0.2}, start: {shots: 1}}"
    two = "{set: {p: 0.3, q: 0.3}, start: {shots: 2}}"
    scenario = sim.load(written(tmp_path, one=one, two=two))
    with pytest.raises(ScenarioError, match="two and one give 'p' different values") as caught:
        scenario.under("one+two")
    line = len(BASE.splitlines()) + 2
    assert [(p.place.line, p.path.rpartition(".")[2]) for p in caught.value.problems] == [
        *((line, "p"), (line, "q"), (line, "shots"))
    ]
    assert scenario.under("one").under("one").applied == ("one",)  # the control: it agrees


def test_what_is_told_is_not_kept(tmp_path):
    """A refused combination leaves the scenario as it was, however often it is tried."""
    scenario = sim.load(written(tmp_path, one="{set: {p: 0.6}}", two="{set: {q: 0.5}}"))
    before = (scenario.resolved(), scenario.warnings, scenario.strict())
    told = []
    for _ in range(3):
        with pytest.raises(ScenarioError, match="more than 1") as caught:
            scenario.under("one+two")
        told.append(str(caught.value))
    assert len(set(told)) == 1
    assert (scenario.resolved(), scenario.warnings, scenario.strict()) == before


def test_names_in_a_list_are_the_same_as_joined_by_a_plus(tmp_path):
    file = written(tmp_path, one="{set: {p: 0.3}}", two="{at: 3 d, then: {talks: true}}")
    scenario = sim.load(file)
    joined = scenario.under("one+two")
    assert scenario.under(["one", "two"]) == scenario.under(("two", "one")) == joined
    assert scenario.under("one") != joined  # the control
    for nothing in ("", "one+", [], ["one", " "]):
        with pytest.raises(UsageError, match="names no intervention"):
            scenario.under(nothing)
    with pytest.raises(UsageError, match="unknown intervention 'ones'; did you mean 'one'"):
        scenario.under(["ones"])


@pytest.mark.parametrize("name", ["korean_clash", "first_crisis"])
def test_a_change_after_a_change_is_both_at_once(name):
    scenario = sim.load(f"scenarios/{name}.yaml")
    names = list(scenario.interventions)
    for first, second in pairwise(names):
        try:
            both = scenario.under(f"{first}+{second}")
        except ScenarioError:  # they give one thing two values
            continue
        assert scenario.under(first).under(second).resolved() == both.resolved()
        assert scenario.under(second).under(first).resolved() == both.resolved()
