"""The machine form loads back: the same model, event for event, for files and for random models."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from korea import VARIANTS, loaded
from pandas.testing import assert_frame_equal
from random_models import as_yaml, documents

import sim
from sim.errors import RunError, ScenarioError, UsageError

ROOT = Path(__file__).parents[1]
FILES = sorted(
    [
        *(ROOT / "scenarios").glob("*.yaml"),
        *(ROOT / "tests" / "corpus" / "valid").glob("*.yaml"),
        *(ROOT / "tests" / "corpus" / "exact").glob("*.yaml"),
    ]
)
HERE = [file for file in FILES if file.name != "sources.yaml" and file not in VARIANTS]


def read_back(scenario: sim.Scenario, folder: Path) -> sim.Scenario:
    """The scenario that its machine form is read as."""
    file = folder / "m.yaml"
    file.write_text(scenario.resolved(), encoding="utf-8")
    return sim.load(file)


def events(scenario: sim.Scenario, seed: int = 3) -> pd.DataFrame:
    """All events of a few paths; none at all where the model goes wrong as it runs."""
    try:
        found = sim.run(scenario, draws=2, paths=10, seed=seed, events=True, progress=False)
    except RunError:
        return pd.DataFrame()
    return found.events


@pytest.mark.parametrize("file", HERE, ids=lambda file: file.stem)
def test_a_file_resolves_to_a_form_that_is_the_same_model(file, tmp_path):
    scenario = sim.load(file)
    again = read_back(scenario, tmp_path)
    assert again.resolved() == scenario.resolved()
    # a file's categories have what its interventions may add, which the machine form has not
    assert_frame_equal(events(again), events(scenario), check_categorical=False)


def of_each_kind(scenario: sim.Scenario) -> list[str]:
    """An intervention of each combination of what interventions can change."""
    kinds = {
        (bool(one.void), bool(one.set), bool(one.start), one.then is not None): name
        for name, one in scenario.declared.interventions.items()
    }
    return list(kinds.values())


def test_under_an_intervention_of_each_kind_too(tmp_path):
    """The long form, `.ci/long/long_variants.py`, has every intervention."""
    names = of_each_kind(loaded("korean_clash"))
    assert len(names) >= 3
    read_back_under(names, tmp_path)


def read_back_under(names: list[str], tmp_path: Path) -> None:
    """The Korean clash under interventions: each form is read back, and none is another's."""
    scenario = loaded("korean_clash")
    forms = {scenario.resolved()}
    for name in names:
        changed = scenario.under(name)
        assert read_back(changed, tmp_path).resolved() == changed.resolved()
        forms.add(changed.resolved())
    assert len(forms) == len(names) + 1  # the control: each is another model


@settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=list(HealthCheck),
)
@given(document=documents())
def test_a_random_model_is_the_same_when_it_is_read_back(tmp_path, document):
    file = tmp_path / "random.yaml"
    file.write_text(as_yaml(document), encoding="utf-8")
    try:
        scenario = sim.load(file)
    except ScenarioError:
        assume(False)
    again = read_back(scenario, tmp_path)
    assert again.resolved() == scenario.resolved()
    assert_frame_equal(events(again), events(scenario))


def test_another_number_is_another_model(tmp_path):
    """The control: what is compared would show a change of one number in the form."""
    scenario = sim.load(ROOT / "scenarios" / "first_crisis.yaml")
    text = scenario.resolved()
    file = tmp_path / "changed.yaml"
    file.write_text(
        text.replace("pert: [0.02, 0.1, 0.3]", "pert: [0.02, 0.1, 0.31]"), encoding="utf-8"
    )
    changed = sim.load(file)
    assert changed.resolved() != text
    assert not sim.run(changed, draws=5, paths=5, progress=False).draws.equals(
        sim.run(scenario, draws=5, paths=5, progress=False).draws
    )


WRONG = {
    "another format": ("resolved: 1", "resolved: 7", "m.yaml:1:11: resolved: must be 1, the form"),
    "no such level": ("start: shooting", "start: shoting", "did you mean 'shooting'"),
    "no such trigger": ("- option: war", "- opton: war", "has no `option`"),
    "an unknown kind": ("{pert: [", "{prt: [", "unknown kind of distribution 'prt'; did you mean"),
    "odds above 1": ('probability: "goes_on"', 'probability: "3 * goes_on + 0.9"', "above 1"),
    "an unknown name": (
        'probability: "goes_on"',
        'probability: "goes_onn"',
        "did you mean 'goes_on'",
    ),
    "a word for a number": (
        "horizon: 7776000 s",
        "horizon: long",
        "must be a number, found 'long'",
    ),
    "a transition without end": (
        '    when: "border == shooting"\n    after: {exponential: ["3456000"]}',
        "    after: at once",
        "would fire without end at one moment: it has no delay, and no guard",
    ),
    "two names with one stream": (  # two names with one hash, found by trying
        "  it_dies_down:\n",
        "  event_184163:\n    part: event\n    origin: e\n    after: at once\n    limit: 1\n"
        "    options:\n      - option: ~\n  event_184689:\n",
        "'transition event_184163' and 'transition event_184689' would share their random numbers",
    ),
    "an unknown section": (
        "transitions:",
        "happened: {}\ntransitions:",
        "m.yaml:16:1: happened: unknown key 'happened'",
    ),
    "an unknown key of a transition": (
        "    limit: ",
        "    limt: ",
        "unknown key 'limt'; did you mean 'limit'?",
    ),
    "no transitions": ("transitions:", "transition:", "has no `transitions`"),
}


@pytest.mark.parametrize(("old", "new", "told"), WRONG.values(), ids=WRONG)
def test_a_form_changed_by_hand_is_told_what_is_wrong_with_it(
    tmp_path, monkeypatch, old, new, told
):
    monkeypatch.chdir(tmp_path)
    text = sim.load(ROOT / "scenarios" / "first_crisis.yaml").resolved()
    assert old in text
    Path("m.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(told)) as caught:
        sim.load("m.yaml")
    (problem,) = caught.value.problems
    assert problem.place.line >= 1
    Path("m.yaml").write_text(text, encoding="utf-8")  # the control: as it was written
    assert sim.load("m.yaml").name == "first_crisis"


def test_what_the_form_does_not_have_is_refused_by_name(tmp_path):
    again = read_back(sim.load(ROOT / "scenarios" / "first_crisis.yaml"), tmp_path)
    with pytest.raises(UsageError, match=r"m\.yaml is a machine form, which has no interventions"):
        again.under("no_treaty")
    assert not len(again.evidence)
    assert again.warnings == ()
