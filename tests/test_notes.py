"""Who can know what, and what changes nothing further: warnings and notes of `check`."""

import json
from pathlib import Path

import pytest
from command_line import call as call

import sim

TEXT = """\
scenario: crews
horizon: 100 d
ladders: {conflict: [calm, incident, clash, war]}
actors:
  russia: {name: Russia, state: {crews: {flag: false, known_to: russia}}}
  japan: {name: Japan, state: {sees: {flag: false}, gate: {levels: [none, one, two]}}}
  ally: {name: Ally}
state:
  border: {ladder: conflict}
  secret: {flag: false, known_to: [russia, ally]}
facts: {hidden: secret or border > clash}
treaties:
  pact:
    name: The pact
    parties: [japan, ally]
    obligations:
      art1:
        article: Art. 1
        type: defence
        obligor: OBLIGOR
        casus_foederis: hidden
        deliberation: 5 d
        lapses: border == calm
        responses:
          fights: {probability: 0.4, available: AVAILABLE, then: {border: raise}}
          waits: {probability: rest}
moves:
  japan_acts:
    title: Japan acts
    actor: japan
    when: GUARD
    after: 3 d
    limit: 3
    choose:
      closes: {probability: ODDS, then: {japan.gate: raise}}
      waits: {probability: rest}
  russia_acts:
    title: Russia acts
    actor: russia
    when: not secret
    after: 3 d
    then: {secret: true, russia.crews: true}
events:
  escalates:
    title: It escalates
    when: border < war and russia.crews
    after: 9 d
    then: {border: raise, japan.sees: true}
  cools: {title: It cools, when: border >= incident, after: {mean: 50 d}, then: {border: lower}}
outcomes: {closed: {title: Closed, when: japan.gate == two}}
endings: {end: {title: The end, otherwise: true}}
"""
FACTS = {
    "OBLIGOR": "ally",
    "AVAILABLE": "border < war",
    "GUARD": "japan.sees",
    "ODDS": "0.3 if border == clash else 0.1",
}


@pytest.fixture
def crews(tmp_path):
    def write(old: str = "", new: str = "", **changed: str) -> sim.Scenario:
        text = TEXT
        for name, value in {**FACTS, **changed}.items():
            text = text.replace(name, value)
        assert old in text
        file = tmp_path / "crews.yaml"
        file.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return sim.load(file)

    return write


def said(problems) -> list[str]:
    return [f"{one.path}: {one.text}" for one in problems]


def test_rules_that_read_what_their_actor_knows_get_no_warning(crews):
    assert said(crews().warnings) == []


@pytest.mark.parametrize(("changed", "expected"), [
    (
        {"GUARD": "hidden"},
        "moves.japan_acts.when: japan cannot know 'secret', which 'hidden' reads; "
        "known to russia, ally",
    ),
    (
        {"ODDS": "0.3 if russia.crews else 0.1"},
        "moves.japan_acts.choose.closes.probability: japan cannot know 'russia.crews'; "
        "known to russia",
    ),
    (
        {"OBLIGOR": "japan"},
        "treaties.pact.obligations.art1.casus_foederis: japan cannot know 'secret', which "
        "'hidden' reads; known to russia, ally",
    ),
    (
        {"AVAILABLE": "not russia.crews"},
        "treaties.pact.obligations.art1.responses.fights.available: ally cannot know "
        "'russia.crews'; known to russia",
    ),
])  # fmt: skip
def test_a_rule_that_reads_what_its_actor_cannot_know_is_named(crews, changed, expected):
    found = [line for line in said(crews(**changed).warnings) if "cannot know" in line]
    assert found == [expected]


def test_triggers_and_lapses_are_read_too(crews):
    by_moment = crews("    when: japan.sees\n", "    on: {becomes: secret}\n    when: japan.sees\n")
    unknown = "moves.japan_acts.on: japan cannot know 'secret'; known to russia, ally"
    assert unknown in said(by_moment.warnings)
    nobody = crews("border: {ladder: conflict}", "border: {ladder: conflict, known_to: []}")
    lines = "\n".join(said(nobody.warnings))
    assert "art1.lapses: ally cannot know 'border'; known to nobody" in lines
    assert "escalates" not in lines  # an event has no actor; what it reads is in the world


def test_an_event_may_read_everything_and_an_actor_its_own(crews):
    """Control: the same guards, read by whom they belong to."""
    own = crews("actor: japan", "actor: russia", GUARD="russia.crews and secret")
    assert [line for line in said(own.warnings) if "cannot know" in line] == []


def test_known_to_stands_in_the_machine_form_and_in_describe(crews, tmp_path):
    scenario = crews()
    form = tmp_path / "form.yaml"
    form.write_text(scenario.resolved(), encoding="utf-8")
    again = sim.load(form).model
    assert again.variable("secret").known_to == ("russia", "ally")
    assert again.variable("russia.crews").known_to == ("russia",)
    assert again.variable("border").known_to is None
    assert sim.load(form).resolved() == scenario.resolved()


NOTES = [
    "actors.japan.state.gate: rules set it, and nothing but outcomes and endings reads it",
    "actors.japan.state.gate.levels[1]: no expression tells 'one' from 'none', the level below",
]


def test_what_only_outcomes_read_and_levels_nobody_tells_apart_are_noted(crews):
    assert said(crews().notes) == NOTES
    ladder = "ladders.conflict[2]: no expression tells 'clash' from 'incident', the level below"
    assert ladder in said(crews(ODDS="0.1").notes)


@pytest.mark.parametrize("change", [
    ("gate: {levels: [none, one, two]}", "gate: {levels: [none, one, two], final: true}"),
    ("when: japan.sees", "when: japan.sees and japan.gate < one or japan.gate == two"),
])  # fmt: skip
def test_what_ends_on_purpose_or_has_a_reader_is_not_noted(crews, change):
    assert said(crews(*change).notes) == []


def test_a_copied_level_may_be_told_apart_where_it_goes(crews):
    """Of the variable that is copied nothing is noted; of the one it is copied to, two things."""
    ally = "ally: {name: Ally, state: {gate: {levels: [none, one, two]}}}"
    copied = crews("japan.sees: true}", "japan.sees: true, ally.gate: japan.gate}", **{
        "ally: {name: Ally}": ally, "when: japan.gate == two": "when: ally.gate == two",
    })  # fmt: skip
    paths = [one.path for one in copied.notes]
    assert paths == ["actors.ally.state.gate", "actors.ally.state.gate.levels[1]"]


def test_notes_are_listed_counted_by_nothing_and_shown_by_no_run(crews, tmp_path, call):
    file = str(Path(crews().file))
    code, out, _ = call("check", file)
    assert code == 0
    assert [line.split(": ")[1] for line in out.splitlines()[:2]] == ["note", "note"]
    assert out.endswith(": ok\n")
    _, listed, _ = call("check", "--json", file)
    assert [one["severity"] for one in json.loads(listed)] == ["note", "note"]
    assert json.loads(listed)[0]["path"] == "actors.japan.state.gate"
    options = ("--draws", "1", "--paths", "5", "--no-charts", "--out", str(tmp_path / "run"))
    _, shown, told = call("run", file, *options)
    assert "rules set it" not in shown + told
