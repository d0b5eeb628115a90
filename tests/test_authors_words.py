"""What authors write by nature: accepted where it can be, else told how to write it."""

import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError

TEXT = """scenario: strait
horizon: 90 d
actors: {north: {}, south: {}}
ladders: {conflict: [calm, clash, war]}
relations: {border: {between: [north, south], ladder: conflict}}
state: {n: {max: 5}, talks: {flag: false}}
parameters: {p: {is: 0.4}, q: {is: {uniform: [0, 1]}}}
treaties:
  pact:
    parties: [north, south]
    obligations:
      art1: {type: defence, obligor: south, casus_foederis: n > 2, responses: {go: {}}}
moves:
  press: {actor: north, when: not talks, after: 3 d, then: {n: raise, border: raise}}
events:
  storm: {after: 9 d, chance: q, then: {talks: true}}
outcomes: {many: {when: n >= 4 or pact.art1 == go or border == war and p > 0.3}}
endings: {all: {otherwise: true}}
interventions:
  calm: {void: press}
  fair: {void: [storm, pact.art1]}
"""


def load(folder: Path, text: str) -> sim.Scenario:
    file = folder / "strait.yaml"
    file.write_text(text, encoding="utf-8")
    return sim.load(file)


def fired(scenario: sim.Scenario) -> dict[str, int]:
    found = sim.run(scenario, draws=5, paths=40, seed=1, progress=False).coverage
    return dict(zip(found["name"], found["fired"], strict=True))


def test_a_move_or_an_event_can_be_void(tmp_path):
    scenario = load(tmp_path, TEXT)
    before, calm, fair = (fired(one) for one in (scenario, *map(scenario.under, ("calm", "fair"))))
    assert before["press"] > 0 < before["storm"]  # the control
    assert calm["press"] == 0 < calm["storm"]
    assert fair["storm"] == 0 == fair["pact.art1"]
    assert fair["press"] > 0
    assert set(calm) == set(before)  # its row stays


def test_void_of_nothing_there_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="move or event 'pres'; did you mean 'press'"):
        load(tmp_path, TEXT.replace("{void: press}", "{void: pres}"))
    both = TEXT.replace("  press: {actor", "  pact: {actor").replace(
        "{void: press}", "{void: pact}"
    )
    with pytest.raises(ScenarioError, match="'pact' is a treaty and also a rule; rename one"):
        load(tmp_path, both)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("border in [clash, war]", "border == clash or border == war"),
        ("border in (clash, war)", "border == clash or border == war"),
        ("border in {war}", "border == war"),
        ("border not in [clash war]", "border != clash and border != war"),
        ("talks and border in [calm]", "border == calm"),
    ],
)
def test_membership_is_told_as_comparisons(tmp_path, written, meant):
    changed = TEXT.replace("when: not talks", f'when: "{written}"')
    with pytest.raises(ScenarioError, match=re.escape(f"write `{meant}`")) as caught:
        load(tmp_path, changed)
    assert len(caught.value.problems) == 1
    assert load(tmp_path, TEXT.replace("when: not talks", f"when: {meant}"))  # the hint is right


@pytest.mark.parametrize("reason", ["none", "None", "n/a", "TODO", "-", "unknown."])
def test_no_reason_is_no_reason(tmp_path, reason):
    changed = TEXT.replace("after: 9 d,", f"after: 9 d, stipulated: '{reason}',")
    with pytest.raises(ScenarioError, match="is not a reason; say why the numbers have no source"):
        load(tmp_path, changed)
    fine = TEXT.replace("after: 9 d,", "after: 9 d, stipulated: none of the records says more,")
    assert load(tmp_path, fine).numbers[-1].why.startswith("none of")  # the control


@pytest.mark.parametrize(
    "same", ["{set: {p: 0.4}}", "{start: {border: calm, n: 0}}", "{set: {p: 0.4}, start: {n: 0}}"]
)
def test_an_intervention_that_changes_nothing_is_warned_of(tmp_path, same):
    (warning,) = load(tmp_path, TEXT + f"  idle: {same}\n").warnings
    assert "interventions.idle: changes nothing" in str(warning)
    assert load(tmp_path, TEXT + "  busy: {set: {p: 0.41}}\n").warnings == ()  # the control


def test_a_file_of_something_else_is_told_in_few_words(tmp_path):
    """60,000 unknown keys cost as many comparisons with known ones as 50 do."""
    many = TEXT + "".join(f"key_{i}: 1\n" for i in range(60_000))
    with pytest.raises(ScenarioError, match="is unknown, as are 59,949 more keys") as caught:
        load(tmp_path, many)
    assert len(caught.value.problems) == 51
    few = TEXT + "".join(f"key_{i}: 1\n" for i in range(50))
    with pytest.raises(ScenarioError, match="key_49") as caught:
        load(tmp_path, few)
    assert len(caught.value.problems) == 50  # the control: all of them, one by one


def test_a_list_without_end_is_refused_where_it_is_too_long(tmp_path):
    flat = TEXT + f"note: [{', '.join('1' for _ in range(500_000))}]\n"
    with pytest.raises(
        ScenarioError, match=r"is one value more than 200,000, the limit for a file"
    ):
        load(tmp_path, flat)


def chain(folder: Path, length: int) -> Path:
    """Files each of which extends the one before."""
    (folder / "f0.yaml").write_text(TEXT, encoding="utf-8")
    for i in range(1, length):
        text = f"extends: f{i - 1}.yaml\nscenario: s{i}\n"
        (folder / f"f{i}.yaml").write_text(text, encoding="utf-8")
    return folder / f"f{length - 1}.yaml"


def test_a_long_chain_is_no_circle(tmp_path):
    with pytest.raises(ScenarioError, match=r"more than 20 files extend one another$"):
        sim.load(chain(tmp_path, 22))
    assert sim.load(chain(tmp_path, 20)).name == "s19"  # the control
    (tmp_path / "f0.yaml").write_text("extends: f3.yaml\nscenario: round\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="in a circle"):
        sim.load(tmp_path / "f3.yaml")
