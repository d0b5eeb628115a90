"""Rule 3's sums, at load and in every draw; what is doubtful; names and dates of composed files."""

import re
from pathlib import Path

import numpy as np
import pytest

from sim.errors import RunError, ScenarioError
from sim.reach import points, sums
from sim.scenario import Scenario, load

HEAD = """scenario: weighing
horizon: 30 d
state:
  korea: {levels: [calm, clash, war]}
  talks: {flag: false}
  heat: {max: 5, start: 1}
parameters:
  p: {is: {uniform: [0, 1]}}
  q: {is: {uniform: [0, 1]}}
  f: {is: {lognormal: {median: 2, p90: 9}}}
  reading: {is: {choices: {text: 1, broad: 1, never: 0}}}
endings: {read: {when: korea == war and talks and heat > 1}, all: {otherwise: true}}
"""


def made(tmp_path: Path, event: str) -> Scenario:
    """A scenario with one event, everything read by another."""
    file = tmp_path / "odds.yaml"
    reads = "  reads_all: {after: 1 d, once: true, choose: {a: {weight: p + q + f}, b: {weight: "
    reads += "2 if reading == text else 1}}}\n"
    file.write_text(HEAD + f"events:\n  shot: {event}\n" + reads, encoding="utf-8")
    return load(file)


def refused(tmp_path: Path, event: str) -> str:
    with pytest.raises(ScenarioError, match=r"events\.shot") as caught:
        made(tmp_path, event)
    return "; ".join(problem.text for problem in caught.value.problems)


def choose(*options: str, when: str = "not talks") -> str:
    inside = ", ".join(f"o{i}: {{{option}}}" for i, option in enumerate(options))
    return f"{{when: {when}, after: 1 d, choose: {{{inside}}}}}"


SOUND = {
    "a rest": choose("probability: p", "probability: 0.5 * (1 - p)", "probability: rest"),
    "exact odds": choose("probability: p", "probability: 1 - p"),
    "odds cannot leave": choose('probability: "odds(p, f, 3)"', "probability: rest"),
    "a chain": choose("of_rest: p", "of_rest: q", "probability: rest"),
    "the guard helps": choose("weight: 1 / heat", "weight: p", when="heat > 0"),
    "a fact of the guard": choose("probability: 0.25 * heat", "probability: rest", when="heat < 5"),
    "available helps": choose("weight: 1 / heat, available: heat > 0", "weight: p"),
    "some available": choose(
        "probability: 0.8, available: korea == calm",
        "probability: 0.9, available: korea > calm",
        "probability: rest",
    ),
    "scaled to one": choose("probability: 0.3, available: talks", "probability: 0.7"),
    "no weight at all": choose("weight: 0", "weight: heat"),
    "a choice": choose("probability: p if reading == text else 1", "probability: rest"),
    "never chosen": choose("weight: 1 - 2 * (1 if reading == never else 0)", "weight: 1"),
    "utilities below 0": choose("utility: -3 * f", "utility: 0"),
}
WRONG = {
    "a negative rest": (
        choose("probability: p", "probability: q", "probability: rest"),
        "more than 1, when p is 1 and q is 1",
    ),
    "not the whole": (choose("probability: p", "probability: 0.9 - p"), "below 0"),
    "less than one": (choose("probability: 0.5 * p", "probability: 0.5 - 0.5 * p"), "not 1"),
    "only at one level": (
        choose("probability: 1.5 if korea == war else 0.5", "probability: rest"),
        "above 1, when korea is war",
    ),
    "outside the guard's help": (
        choose("weight: 1 / heat", "weight: p", when="heat < 3"),
        "has no value, when heat is 0",
    ),
    "odds of more than 1": (choose('probability: "odds(2 * p, 1)"', "probability: rest"), "value"),
    "unbounded": (choose("probability: f / 100", "probability: rest"), "must be bounded"),
    "a share above 1": (choose("of_rest: 2 * p", "probability: rest"), "above 1, when p is 1"),
    "a choice": (
        choose("probability: 2 if reading == broad else p", "probability: rest"),
        "above 1, when p is 1e-06 and reading is broad",
    ),
}


@pytest.mark.parametrize("event", SOUND.values(), ids=SOUND)
def test_sound_odds_load(tmp_path, event):
    assert "shot" in made(tmp_path, event).model.ranks


@pytest.mark.parametrize("event", WRONG.values(), ids=WRONG)
def test_odds_that_are_none_are_refused_with_where(tmp_path, event):
    written, said = event
    assert said in refused(tmp_path, written)


def test_many_parameters_are_moved_one_by_one(tmp_path):
    names = [f"p{i}" for i in range(14)]
    head = HEAD.replace(
        "  p: ", "".join(f"  {n}: {{is: {{uniform: [0, 1]}}}}\n" for n in names) + "  p: "
    )
    total = " + ".join(f"0.0625 * {n}" for n in names)
    for share, fine in (("0.1", True), ("0.2", False)):
        event = choose(f"probability: {total}", f"probability: {share}", "probability: rest")
        file = tmp_path / "many.yaml"
        file.write_text(head + f"events:\n  shot: {event}\n", encoding="utf-8")
        if fine:
            assert load(file).model.transitions
        else:
            with pytest.raises(ScenarioError, match="more than 1"):
                load(file)


def test_every_draw_is_looked_at_before_it_runs(tmp_path):
    """4 p (1 - p) is highest in the middle, which no corner shows; draws 2 and 5 are there."""
    scenario = made(tmp_path, choose("probability: 4.8 * p * (1 - p)", "probability: rest"))
    values = np.full((8, 4), 0.1)
    sums.check(scenario.model, values)
    sums.check(scenario.model, values[0])
    values[[2, 5], 0] = 0.5
    said = re.escape("events.shot.choose.o0.probability: shot: '4.8 * p * (1 - p)' is 1.2")
    with pytest.raises(RunError, match=rf"{said}.*when p is 0\.5 \(draw 102\)\Z"):
        sums.check(scenario.model, values, first=100)


def test_many_draws_are_looked_at_in_batches(tmp_path, monkeypatch):
    scenario = made(tmp_path, choose("probability: p * heat / 6", "probability: rest"))
    monkeypatch.setattr(points, "CELLS", 100)
    values = np.full((1_000, 4), 0.1)
    sums.check(scenario.model, values)
    values[777, 0] = 1.3
    with pytest.raises(RunError, match=r"heat is 5 \(draw 777\)"):
        sums.check(scenario.model, values)


def test_a_choice_of_too_many_states_is_left_to_the_engine(tmp_path, monkeypatch):
    event = choose("probability: 0.25 * heat", "probability: rest")
    assert "above 1" in refused(tmp_path, event)
    monkeypatch.setattr(points, "CELLS", 5)
    assert made(tmp_path, event).name == "weighing"


# What is doubtful


def warned(tmp_path: Path, more: str) -> list[str]:
    file = tmp_path / "doubtful.yaml"
    events = "events:\n  shot: {when: korea < war, after: 1 d, chance: p, then: {korea: raise}}\n"
    head = "".join(
        line for line in HEAD.splitlines(True) if not line.startswith(("  q", "  f", "  r"))
    )
    file.write_text(head + events + more, encoding="utf-8")
    return [f"{problem.path}: {problem.text}" for problem in load(file).warnings]


DOUBTS = {
    "  odd: {when: korea == calm and korea == war, after: 1 d, then: {talks: true}}\n": (
        "events.odd.when: no combination of values satisfies 'korea == calm and korea == war'"
    ),
    "  odd: {when: (talks or heat > 2) and heat < 3 and not talks, after: 1 d}\n": (
        "events.odd.when: no combination of values satisfies "
        "'(talks or heat > 2) and heat < 3 and not talks'"
    ),
    "  odd: {at: 40 d, then: {talks: true}}\n": (
        "events.odd.at: 40 d is after the horizon (30 d): it never happens"
    ),
    "  odd: {when: heat == 3, after: 1 d, then: {talks: true}}\n": (
        "events.odd: can never happen: `heat == 3` is out of reach, heat is always 1"
    ),
    "outcomes:\n  odd: {when: heat == 4}\n": (
        "outcomes.odd: can never happen: `heat == 4` is out of reach, heat is always 1"
    ),
}


@pytest.mark.parametrize("more", DOUBTS, ids=range(len(DOUBTS)))
def test_what_can_never_matter_is_warned_of(tmp_path, more):
    assert DOUBTS[more] in warned(tmp_path, more)


def test_a_scenario_without_doubts_has_no_warnings(tmp_path):
    assert warned(tmp_path, "  fine: {when: korea == war, after: 1 d, then: {talks: true}}\n") == []
    assert warned(tmp_path, "outcomes: {fine: {when: korea == war}}\n") == []


def test_a_parameter_nobody_reads_is_warned_of(tmp_path):
    file = tmp_path / "unread.yaml"
    file.write_text(HEAD, encoding="utf-8")
    paths = [problem.path for problem in load(file).warnings]
    assert paths == ["parameters.p", "parameters.q", "parameters.f", "parameters.reading"]
    used = HEAD + "delays: {slow: {is: {exactly: 3 d}}}\nevents: {e: {after: 1 d, chance: p}}\n"
    file.write_text(used.replace("chance: p", "chance: p, then: {talks: true}"), encoding="utf-8")
    assert "parameters.p" not in [problem.path for problem in load(file).warnings]


STATE = """scenario: reading
horizon: 30 d
actors: {north: {state: {mood: {levels: [calm, angry]}}}, south: {}, east: {}, west: {}, far: {}}
relations: {border: {between: [north, south], ladder: conflict}}
ladders: {conflict: [peace, war]}
state: {a: {flag: false}, b: {flag: false}, c: {flag: false}, d: {max: 3}, e: {max: 3}, f: {max: 3}}
treaties: {pact: {parties: [east, south]}}
moves: {shot: {actor: west, after: 1 d, then: {a: true}}}
events:
  on_b: {on: {becomes: b}, after: 1 d, then: {a: true}}
  copied: {after: 1 d, then: {a: c, b: true}}
  summed: {after: 1 d, then: {e: d + 1}}
facts: {counted: f > 1}
"""
UNREAD = "never used: no guard, expression, outcome or ending reads it"


def doubts(tmp_path: Path, ending: str) -> list[str]:
    file = tmp_path / "state.yaml"
    file.write_text(f"{STATE}endings: {{{ending}all: {{otherwise: true}}}}\n", encoding="utf-8")
    return [f"{problem.path}: {problem.text}" for problem in load(file).warnings]


def test_state_that_nothing_reads_and_actors_nobody_names_are_warned_of(tmp_path):
    assert doubts(tmp_path, "") == [
        f"actors.north.state.mood: {UNREAD}",
        "actors.far: has no state, and no move, relation or treaty names it",
        f"relations.border: {UNREAD}",
        f"state.a: {UNREAD}",
        f"state.e: {UNREAD}",
    ]
    reading = "x: {when: a and border == war and e > 0 and north.mood == angry}, "
    assert [said for said in doubts(tmp_path, reading) if UNREAD in said] == []  # the control


def test_a_variant_need_not_give_up_state_of_its_base(tmp_path):
    doubts(tmp_path, "x: {when: a and border == war and e > 0 and north.mood == angry}, ")
    file = tmp_path / "variant.yaml"
    extends = "extends: state.yaml\nscenario: variant\nremove: [endings.x, actors.far]\n"
    file.write_text(extends, encoding="utf-8")
    assert load(file).warnings == ()
    file.write_text(extends + "state: {g: {flag: true}}\n", encoding="utf-8")
    assert [problem.path for problem in load(file).warnings] == ["state.g"]


def test_warnings_are_of_the_file_not_of_an_intervention(tmp_path):
    file = tmp_path / "void.yaml"
    file.write_text(
        HEAD.replace("  q: {is: {uniform: [0, 1]}}\n", "")
        + "events: {e: {after: 1 d, choose: {a: {weight: p}, b: {weight: f}, c: {weight: 1 if "
        "reading == text else 2}}}}\ninterventions: {x: {set: {reading: never}}}\n",
        encoding="utf-8",
    )
    scenario = load(file)
    assert scenario.warnings == scenario.under("x").warnings == ()


# Files put together


BASE = (
    HEAD
    + """events:
  shot: {when: not talks, after: 1 d, chance: p, then: {talks: true}}
  echo: {on: shot, after: 1 d, then: {heat: raise}}
"""
)


def together(tmp_path: Path, variant: str) -> Scenario:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    file = tmp_path / "variant.yaml"
    file.write_text(f"scenario: variant\nextends: base.yaml\n{variant}", encoding="utf-8")
    return load(file)


def test_a_field_of_a_variant_replaces_the_field_whole(tmp_path):
    scenario = together(tmp_path, "events: {shot: {after: {mean: 3 d}}}\n")
    shot = scenario.model.transition("shot")
    assert shot.after.text == "mean 3 d (exponential)"
    assert str(shot.when) == "not talks"
    assert [t.name for t in scenario.model.transitions] == ["shot", "echo"]


def test_what_is_removed_and_still_read_is_said_at_the_reader(tmp_path):
    said = r"'shot', which is removed in .*variant\.yaml:3"
    with pytest.raises(ScenarioError, match=said) as caught:
        together(tmp_path, "remove: [events.shot]\n")
    (problem,) = caught.value.problems
    assert Path(problem.place.file).name == "base.yaml"
    assert problem.path == "events.echo.on"
    both = together(tmp_path, "remove: [events.shot, events.echo]\n")
    assert both.model.transitions == ()


def test_what_is_removed_may_be_written_anew(tmp_path):
    again = "remove: [events.shot]\nevents: {shot: {at: 3 d, then: {talks: true}}}\n"
    model = together(tmp_path, again).model
    assert model.transition("shot").at == 3 * 86_400.0
    assert model.transition("shot").when is None


def test_treaty_dates_need_a_start_to_be_awaited(tmp_path):
    treaty = (
        "actors: {a: {}, b: {}}\ntreaties: {t: {parties: [a, b], signed: 2024-01-01, "
        "in_force: 2024-02-01}}\n"
    )
    assert together(tmp_path, treaty).model.variable("t.binds").start == 1
    for start, binds in (("2024-01-31", 0), ("2024-02-01", 1), ("2024-02-02", 1)):
        model = together(tmp_path, f"start: {start}\n{treaty}").model
        assert model.variable("t.binds").start == binds
        assert ("t.binds" in model.ranks) == (binds == 0)
    late = together(tmp_path, f"start: 2024-01-30\n{treaty}").model
    assert late.transition("t.binds").at == 2 * 86_400.0
