"""The explorer's answers: those of `run` and `compare`, and written down they run to the same."""

import numpy as np
import pytest
from command_line import ROOT

import sim
from sim.explorer import Explorer, Question, as_command, as_yaml, controls_of

ISLAND = ROOT / "tests" / "corpus" / "valid" / "island_clash.yaml"
FIRST = ROOT / "scenarios" / "first_crisis.yaml"
SIZE = {"draws": 20, "paths": 50, "seed": 3}


@pytest.fixture(scope="module")
def explorer():
    return Explorer(sim.load(FIRST), **SIZE)


def test_the_baseline_is_the_run(explorer):
    answer = explorer.answer(Question(outcome="ally_fights"))
    run = sim.run(FIRST, progress=False, **SIZE)
    own, ran = answer.estimates.loc["baseline"], run.outcomes.loc["ally_fights"]
    for name in ("n", "hits", "probability", "mc_low", "mc_high"):
        assert own[name] == pytest.approx(ran[name]), name
    assert answer.difference == 0
    assert answer.question.changes_nothing
    # the curve ends where the estimate stands
    last = answer.curves[answer.curves["run"] == "baseline"].iloc[-1]
    assert last["probability"] == own["probability"]
    shares = run.endings["probability"].reindex(answer.endings.index)
    np.testing.assert_allclose(answer.endings["baseline"], shares)


def test_an_intervention_differs_as_compare_says(explorer):
    answer = explorer.answer(Question(outcome="ally_fights", under=("no_treaty",)))
    table = sim.compare(FIRST, "no_treaty", progress=False, **SIZE).table
    row = table[table["outcome"] == "ally_fights"].iloc[0]
    assert row["difference"] < 0  # control: there is a difference to agree on
    assert answer.difference == pytest.approx(row["difference"])
    assert answer.mc_low == pytest.approx(row["mc_low"])
    assert answer.mc_high == pytest.approx(row["mc_high"])
    # a treaty without effect is what the intervention of this file does
    void = explorer.answer(Question(outcome="ally_fights", void=("mutual_aid",)))
    assert void.difference == answer.difference


def test_a_held_value_is_what_with_sets(explorer):
    question = Question(outcome="ally_fights", values={"keeps_word": 0.9})
    answer = explorer.answer(question)
    run = sim.run(explorer.scenario_of(question), progress=False, **SIZE)
    assert answer.estimates.loc["changed", "hits"] == run.outcomes.loc["ally_fights", "hits"]
    assert answer.difference > 0  # control
    first = answer.examples[answer.examples["which"] == "only changed"].iloc[0]
    draw, path = int(first["draw"]), int(first["path"])
    again = sim.replay(explorer.scenario_of(question), draw=draw, path=path, seed=3)
    assert again.path["time__ally_fights"].notna().all()
    before = sim.replay(FIRST, draw=draw, path=path, seed=3)
    assert before.path["time__ally_fights"].isna().all()


@pytest.mark.parametrize(
    "change",
    [
        {"values": {"keeps_word": 0.9}},
        {"values": {"goes_on": 0.25, "keeps_word": 0.5}, "under": ("no_treaty",)},
        {"void": ("mutual_aid",)},
        {"under": ("no_treaty",)},
        {},
    ],
    ids=str,
)
def test_what_was_found_can_be_run_again(explorer, tmp_path, monkeypatch, change):
    monkeypatch.chdir(ROOT)
    question = Question(outcome="ally_fights", **change)
    written = as_yaml(explorer.scenario, question)
    command = as_command(explorer.scenario, question).split()
    file = ROOT / command[2]
    if command[2] == "explored.yaml":
        file = tmp_path / "explored.yaml"
        file.write_text(written.replace("scenarios/first_crisis.yaml", str(FIRST)))
    again = sim.load(file)
    if "--with" in command:
        again = again.under(command[command.index("--with") + 1])
    assert not again.warnings
    run = sim.run(again, progress=False, **SIZE)
    hits = explorer.answer(question).estimates["hits"]
    assert run.outcomes.loc["ally_fights", "hits"] == hits["changed"]


def test_durations_are_days_and_choices_names(tmp_path):
    file = tmp_path / "slow.yaml"
    text = FIRST.read_text().replace(
        "parameters:", "parameters:\n  lag: {about: waits, is: {uniform: [1 d, 9 d]}}\n", 1
    )
    file.write_text(text.replace("after: {mean: 40 d}", "after: {mean: lag}"))
    explorer = Explorer(sim.load(file), **SIZE)
    control = next(one for one in controls_of(explorer, "ally_fights") if one.name == "lag")
    assert control.unit == "d"
    assert 1 <= control.low < control.middle < control.high <= 9
    question = Question(outcome="ally_fights", values={"lag": 2.5})
    assert "lag: 2.5 d" in as_yaml(explorer.scenario, question)
    run = sim.run(explorer.scenario_of(question), progress=False, **SIZE)
    hits = explorer.answer(question).estimates.loc["changed", "hits"]
    assert run.outcomes.loc["ally_fights", "hits"] == hits


def test_controls_stand_by_influence(explorer):
    names = [one.name for one in controls_of(explorer, "ally_fights")]
    assert sorted(names) == ["goes_on", "keeps_word"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"outcome": "ally_fight"}, "unknown outcome 'ally_fight'; did you mean 'ally_fights'"),
        ({"values": {"keep_word": 0.1}}, "unknown parameter 'keep_word'; did you mean 'keeps_wor"),
        ({"under": ("no_treat",)}, "no_treaty"),
        ({"void": ("mutual_ad",)}, "mutual_aid"),
    ],
)
def test_an_unknown_name_is_refused(explorer, question, says):
    with pytest.raises(sim.EscalationError, match=says):
        explorer.answer(Question(**{"outcome": "ally_fights", **question}))


def test_a_value_that_makes_no_probability_is_refused(explorer):
    with pytest.raises(sim.EscalationError, match="keeps_word"):
        explorer.answer(Question(outcome="ally_fights", values={"keeps_word": 1.5}))


def test_without_panel_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "panel", None)
    with pytest.raises(sim.UsageError, match="escalation-sim\\[explore\\]"):
        sim.explore(FIRST)
