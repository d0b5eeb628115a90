"""`happened`: what became of a case, which `describe` shows and no run ever reads."""

from math import inf, isinf, isnan

import pytest
from command_line import call as call
from pandas.testing import assert_frame_equal

import sim
from sim.errors import ScenarioError
from sim.scenario import load

CASE = """\
scenario: case
start: 2024-10-25
horizon: 60 d
state: {at_war: {flag: false}, met: {flag: false}}
parameters: {p: {is: {uniform: [0.2, 0.6]}}}
events:
  shot: {when: not at_war, after: {mean: 9 d}, chance: p, then: {at_war: true}}
  talk: {after: {mean: 30 d}, once: true, then: {met: true}}
outcomes: {war: {when: at_war}, talks: {when: met}}
endings: {at_war: {when: war}, peace: {otherwise: true}}
"""
RECORDS = {
    "nothing": "",
    "no": "happened: {outcomes: {war: no}, ending: peace}\n",
    "war": "happened: {outcomes: {war: 3 d, talks: unknown}, ending: at_war, until: 30 d}\n",
}


def case(folder, record):
    file = folder / "case.yaml"
    file.write_text(CASE + record, encoding="utf-8")
    return load(file)


def test_what_may_be_written(tmp_path):
    text = "{war: {between: [2024-10-27, 12 h]}, talks: 2024-11-01}"
    with pytest.raises(ScenarioError, match="the second moment is before the first"):
        case(tmp_path, f"happened: {{outcomes: {text}}}\n")
    text = "{war: {between: [12 h, 2024-10-27]}, talks: 2024-11-01}"
    found = case(tmp_path, f"happened: {{outcomes: {text}, until: 40 d}}\n")
    assert found.happened.loc["war"].tolist() == [0.5, 3.0]  # a date is the whole day
    assert found.happened.loc["talks"].tolist() == [7.0, 8.0]
    assert found.declared.happened is not None
    assert found.declared.happened.observed == 40 * 86_400
    found = case(tmp_path, "happened: {outcomes: {war: no, talks: unknown}}\n")
    assert isinf(found.happened.loc["war", "earliest"])
    assert isnan(found.happened.loc["talks", "earliest"])
    assert found.declared.happened is not None
    assert found.declared.happened.observed == inf


def test_no_number_of_a_run_moves_with_the_record(tmp_path):
    runs = {}
    for name, record in RECORDS.items():
        scenario = case(tmp_path, record)
        runs[name] = sim.run(scenario, draws=20, paths=50, seed=3, events=True)
        assert scenario.resolved() == case(tmp_path, "").resolved()
    for name in ("no", "war"):
        for table, frame in runs["nothing"].frames().items():
            assert_frame_equal(frame, runs[name].frames()[table], check_exact=True)
    # the control: something that a run does read
    other = load_with(tmp_path, CASE.replace("mean: 9 d", "mean: 10 d"))
    changed = sim.run(other, draws=20, paths=50, seed=3)
    assert not changed.outcomes.equals(runs["nothing"].outcomes)


def load_with(folder, text):
    file = folder / "other.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_a_variant_does_not_inherit_the_record(tmp_path):
    assert case(tmp_path, RECORDS["war"]).declared.happened is not None
    variant = load_with(tmp_path, "extends: case.yaml\nscenario: v\n")
    assert variant.declared.happened is None
    again = load_with(tmp_path, f"extends: case.yaml\nscenario: v\n{RECORDS['no']}")
    assert list(again.happened.index) == ["war"]  # nothing of the base's own record
    assert again.variant is not None
    assert again.variant.adds == again.variant.replaces == ()


def test_describe_shows_it(tmp_path, call):
    case(tmp_path, RECORDS["war"])
    _, shown, _ = call("describe", tmp_path / "case.yaml")
    assert "What happened until 30 d" in shown
    assert "| `war` | after 3 d |" in shown
    assert "| `talks` | unknown |" in shown
    case(tmp_path, "")
    _, shown, _ = call("describe", tmp_path / "case.yaml")
    assert shown
    assert "What happened" not in shown


def test_the_machine_form_does_not_have_it(tmp_path):
    scenario = case(tmp_path, RECORDS["war"])
    form = tmp_path / "m.yaml"
    form.write_text(scenario.resolved(), encoding="utf-8")
    assert load(form).declared.happened is None
    assert load(form).resolved() == scenario.resolved()
