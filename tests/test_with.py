"""`scenario.with_`: what an intervention could change, from Python, under the same rules."""

import re

import numpy as np
import pytest
import yaml
from command_line import call
from islands import island
from pandas.testing import assert_frame_equal
from test_interventions import ALONE, BASE

import sim

__all__ = ["call"]
SMALL = {"draws": 4, "paths": 25, "workers": 1}


def strait() -> sim.Scenario:
    return sim.loads(BASE + "  broad: {set: {reading: broad}}\n")


@pytest.mark.parametrize(
    ("says", "told"),
    [case for name, case in ALONE.items() if name != "a number for a duration"],
    ids=[name for name in ALONE if name != "a number for a duration"],
)
def test_what_no_intervention_may_do_nobody_may_do(says, told):
    with pytest.raises(sim.ScenarioError, match=re.escape(f"with_: {told}")) as error:
        strait().with_(**yaml.load(says, Loader=yaml.SafeLoader))
    (problem,) = error.value.problems
    assert problem.place.file == "with_"


def test_all_problems_are_told_at_once():
    with pytest.raises(sim.ScenarioError, match="did you mean 'pact'") as error:
        strait().with_(set={"pp": 1, "zeal": "much"}, start={"border": "wra"}, void="pat")
    assert [one.path for one in error.value.problems] == [
        "set.pp",
        "set.zeal",
        "start.border",
        "void",
    ]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"set": {"reading": {"choices": {"brod": 1}}}}, "unknown choice of reading 'brod'"),
        ({"set": {"reading": {"pert": [1, 2, 3]}}}, "set.reading: must be choices among"),
        ({"set": {"p": {"choices": {"a": 1}}}}, "set.p: must be a distribution of numbers"),
        ({"set": {"slow": {"pert": [1, 2, 3]}}}, "set.slow: must have durations such as 5 d"),
        ({"set": {"p": {"pert": ["1 d", "2 d", "3 d"]}}}, "set.p: must have numbers without a"),
        ({"set": {"p": {"pert": [0.3, 0.2, 0.4]}}}, "set.p"),
        ({"set": {"p": {"pret": [0.1, 0.2, 0.4]}}}, "unknown kind of distribution 'pret'"),
        ({"set": {"p": {"pert": [0.1, 0.5, 1.4]}}}, "set.p: 'p' is 1.4, above 1"),
        ({"set": {"p": [0.1, 0.2]}}, "set.p: must be one value"),
        ({"tset": {"p": 0.1}}, "tset: unknown key 'tset'; did you mean 'set'?"),
    ],
)
def test_a_distribution_is_held_to_the_rules_of_a_file(keys, told):
    with pytest.raises(sim.ScenarioError, match=re.escape(told)):
        strait().with_(**keys)


def test_a_value_is_the_value_of_an_intervention():
    by_file, by_hand = strait().under("good"), strait().with_(set={"p": 0.3})
    assert by_hand.model == by_file.model != strait().model
    assert_frame_equal(sim.run(by_hand, **SMALL).paths, sim.run(by_file, **SMALL).paths)


def test_a_number_for_a_duration_is_days():
    days = strait().with_(set={"slow": 3})
    assert days.model == strait().with_(set={"slow": "3 d"}).model
    assert days.model == strait().with_(set={"slow": np.int64(3)}).model
    assert days.model != strait().with_(set={"slow": "4 d"}).model  # the control
    assert sim.run(days, **SMALL).draws["slow"].tolist() == [3.0] * 4


def test_a_distribution_is_drawn_by_the_name_of_its_parameter():
    text = BASE.replace("p: {is: {uniform: [0.1, 0.4]}}", "p: {is: {uniform: [0.1, 0.3]}}", 1)
    assert text != BASE
    by_file = sim.loads(text)
    by_hand = strait().with_(set={"p": {"uniform": [0.1, 0.3]}})
    assert_frame_equal(sim.run(by_hand, **SMALL).draws, sim.run(by_file, **SMALL).draws)


def test_choices_are_known_by_their_names_in_any_order():
    certain = strait().with_(set={"reading": {"choices": {"broad": 1}}})
    assert set(sim.run(certain, **SMALL).draws["reading"]) == {"broad"}


def test_what_is_changed_later_has_the_last_word():
    twice = strait().with_(set={"p": 0.1}).with_(set={"p": 0.3, "zeal": 1})
    assert twice.model == strait().with_(set={"p": 0.3, "zeal": 1}).model
    assert (
        strait().under("good").with_(set={"p": 0.2}).model == strait().with_(set={"p": 0.2}).model
    )
    assert twice.changed == "p = 0.1, p = 0.3, zeal = 1"


def test_an_intervention_that_would_undo_a_change_is_refused():
    mine = strait().with_(set={"p": 0.2})
    with pytest.raises(sim.ScenarioError, match="good gives 'p' another value than with_ did"):
        mine.under("good")
    # controls: the same value, and another parameter
    assert strait().with_(set={"p": 0.3}).under("good").applied == ("good",)
    assert mine.under("broad").model == strait().under("broad").with_(set={"p": 0.2}).model


def test_an_event_is_added_under_a_name():
    with_talks = strait().with_(name="envoy", at="3 d", then={"talks": True})
    assert [one.name for one in with_talks.model.transitions][-1] == "envoy"
    events = sim.run(with_talks, events=True, **SMALL).events
    assert (events.loc[events["transition"] == "envoy", "time"] == 3).all()
    with pytest.raises(sim.UsageError, match="name: 'envoy' is used"):
        with_talks.with_(name="envoy", at="4 d", then={"talks": False})
    with pytest.raises(sim.UsageError, match="name: 'an envoy' is not a valid name"):
        strait().with_(name="an envoy", at="4 d", then={"talks": False})
    both = with_talks.with_(at="4 d", then={"talks": False})
    assert [one.name for one in both.model.transitions][-2:] == ["envoy", "with_2"]


def test_a_machine_form_has_nothing_to_change(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text(strait().resolved())
    with pytest.raises(sim.UsageError, match="is a machine form, which has no interventions"):
        sim.load(file).with_(set={"p": 0.2})


def test_run_replay_compare_and_describe_work_with_it(call, tmp_path):
    mine = island().with_(set={"restraint": 0.9}, name="mine", at="2 d", then={"talks": True})
    run = sim.run(mine, events=True, **SMALL)
    again = sim.replay(mine, draw=1, path=3)
    own = run.events.query("draw == 1 and path == 3").reset_index(drop=True)
    assert_frame_equal(again.events, own)
    compared = sim.compare(island(), [mine], **SMALL)
    (twin,) = compared.twins.values()
    assert_frame_equal(twin.paths, run.paths)
    changed = "restraint = 0.9, event mine"
    described = call("describe", run.save(tmp_path / "run"))[1]
    assert f"Changed from Python: {changed}." in described
    assert changed in repr(mine)
    assert f"with {changed}" in repr(run)
    plain = sim.run(island(), **SMALL).save(tmp_path / "plain")
    assert "Changed from Python" not in call("describe", plain)[1]  # the control


def test_a_run_directory_knows_what_was_changed(tmp_path):
    mine = island().under("no_treaty").with_(set={"restraint": {"pert": [0.1, 0.2, 0.3]}})
    run = sim.run(mine, **SMALL)
    home = run.save(tmp_path / "run")
    loaded = sim.Results.load(home)
    assert loaded.provenance == run.provenance
    assert loaded.provenance.changes == (
        {"name": "with_1", "set": {"restraint": {"pert": [0.1, 0.2, 0.3]}}},
    )
    again = sim.run(home)
    assert_frame_equal(again.paths, run.paths)
    assert again.provenance.changes == run.provenance.changes
    assert sim.run(island(), **SMALL).provenance.changes == ()  # the control
