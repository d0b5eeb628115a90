"""Rule 8: from when a treaty binds, when an obligation is called, and what is answered."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_models import compare, says
from walking import SAMPLING, Event, names, stories, story, times

import sim
from sim.errors import ScenarioError
from sim.model import Model

pytestmark = pytest.mark.parametrize("on", SAMPLING)

PACT = """
scenario: pact
title: A pact
question: When is it called?
{start}
horizon: 100 d
actors: {{north: {{name: North}}, ally: {{name: Ally}}}}
state:
  war: {{flag: false}}
  asked_again: {{flag: false}}
treaties:
  pact:
    name: Pact
    parties: [north, ally]
    signed: {signed}
    {force}
    obligations:
      art1:
        type: defence
        obligor: ally
        beneficiary: north
        casus_foederis: war
        {obligation}
        responses:
          fights: {{probability: 1}}
events:
  attack: {{after: {attack}, once: true, then: {{war: true}}}}
  peace: {{after: {peace}, once: true, then: {{war: false}}}}
  second: {{at: 60 d, then: {{asked_again: true}}}}
outcomes:
  ally_fights: {{when: pact.art1 == fights}}
endings:
  over: {{otherwise: true}}
interventions:
  no_pact: {{void: pact}}
  no_article: {{void: pact.art1}}
"""
FACTS = {
    "start": "start: 2024-01-01",
    "signed": "2023-06-01",
    "force": "in_force: 2024-01-11",
    "obligation": "deliberation: 5 d",
    "attack": "20 d",
    "peace": "90 d",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def pact(home: Path, **facts: str) -> sim.Scenario:
    file = home / "pact.yaml"
    file.write_text(PACT.format(**{**FACTS, **facts}), encoding="utf-8")
    return sim.load(file)


def told(model: Model, on: str) -> list[tuple[float, str]]:
    return [(event.time, event.name) for event in story(model, on) if event.name != "second"]


def test_a_treaty_binds_from_the_day_it_is_in_force(home: Path, on: str) -> None:
    expected = [
        (10.0, "pact.binds"),
        (20.0, "attack"),
        (20.0, "pact.art1.invoked"),
        (25.0, "pact.art1"),
        (90.0, "peace"),
    ]
    assert told(pact(home).model, on) == expected
    later = told(pact(home, force="in_force: 2024-02-10").model, on)  # day 40: war since day 20
    assert later[1:4] == [(40.0, "pact.binds"), (40.0, "pact.art1.invoked"), (45.0, "pact.art1")]


def test_a_casus_that_lapses_before_the_treaty_binds_calls_nothing(home: Path, on: str) -> None:
    scenario = pact(home, force="in_force: 2024-02-10", peace="30 d")
    assert told(scenario.model, on) == [(20.0, "attack"), (30.0, "peace"), (40.0, "pact.binds")]


@pytest.mark.parametrize(
    "facts",
    [
        {"force": "in_force: 2023-12-01"},
        {"force": "in_force: 2024-12-01\n    binds: at_signature"},
        {"force": "", "signed": "2023-12-01"},
        {"start": ""},
    ],
    ids=["in force before the start", "at signature", "signed only", "no calendar"],
)
def test_a_treaty_that_binds_by_the_start_needs_no_event(
    home: Path, on: str, facts: dict[str, str]
) -> None:
    scenario = pact(home, **facts)
    assert scenario.model.variable("pact.binds").start == 1
    assert [name for _, name in told(scenario.model, on)] == [
        "attack",
        "pact.art1.invoked",
        "pact.art1",
        "peace",
    ]


def test_without_a_date_in_force_it_binds_on_the_day_of_signature(home: Path, on: str) -> None:
    scenario = pact(home, force="", signed="2024-01-06")
    assert told(scenario.model, on)[0] == (5.0, "pact.binds")


def test_a_treaty_may_bind_from_when_a_condition_first_holds(home: Path, on: str) -> None:
    scenario = pact(home, force="binds_when: war")
    assert scenario.model.variable("pact.binds").start == 0
    assert told(scenario.model, on) == [
        (20.0, "attack"),
        (20.0, "pact.binds"),
        (20.0, "pact.art1.invoked"),
        (25.0, "pact.art1"),
        (90.0, "peace"),
    ]
    never = pact(home, force="binds_when: war", attack="200 d")  # the control
    assert told(never.model, on) == [(90.0, "peace")]
    late = pact(home, force="binds_when: asked_again")
    assert told(late.model, on)[1:3] == [(60.0, "pact.binds"), (60.0, "pact.art1.invoked")]
    early = "a treaty binds from a date or by a condition; leave out `in_force`"
    with pytest.raises(ScenarioError, match=early):
        pact(home, force="in_force: 2024-01-11\n    binds_when: war")


def test_deliberation_goes_on_when_the_casus_lapses(home: Path, on: str) -> None:
    scenario = pact(home, peace="21 d")
    assert told(scenario.model, on)[-2:] == [(21.0, "peace"), (25.0, "pact.art1")]
    # control: were it watched while the ally deliberates, the call would lapse with the casus
    called, answer = (scenario.model.transition(f"pact.art1{end}") for end in (".invoked", ""))
    watched = tuple(
        replace(rule, when=says(compare("war", "==", 1))) if rule is answer else rule
        for rule in scenario.model.transitions
    )
    assert called.limit == 1
    assert told(replace(scenario.model, transitions=watched), on)[-1] == (21.0, "peace")


def test_an_obligation_is_called_and_answered_once(home: Path, on: str) -> None:
    events = story(pact(home, attack="11 d", peace="12 d").model, on)
    assert names(events).count("pact.art1") == 1
    (answer,) = [event for event in events if event.name == "pact.art1"]
    assert (answer.option, answer.probability) == ("fights", 1.0)
    assert events[answer.cause].name == "pact.art1.invoked"
    assert events[events[answer.cause].cause].name == "attack"


def test_a_clause_that_reopens_is_called_again(home: Path, on: str) -> None:
    again = "deliberation: 5 d\n        reopens: asked_again"
    scenario = pact(home, obligation=again)
    assert times(story(scenario.model, on), "pact.art1") == [25.0, 65.0]
    assert times(story(pact(home).model, on), "pact.art1") == [25.0]  # control


@pytest.mark.parametrize("name", ["no_pact", "no_article"])
def test_what_is_void_is_never_called(home: Path, on: str, name: str) -> None:
    scenario = pact(home).under(name)
    called = [e for e in story(scenario.model, on) if e.name.startswith("pact.art1")]
    assert called == []
    bound = [e for e in story(scenario.model, on) if e.name == "pact.binds"]
    assert len(bound) == (name == "no_article")


def test_responses_are_weighed_like_any_choice(home: Path, on: str) -> None:
    file = home / "pact.yaml"
    text = PACT.format(**FACTS).replace(
        "fights: {probability: 1}",
        "fights: {probability: 0.25}\n          sits: {probability: rest}",
    )
    file.write_text(text, encoding="utf-8")
    found: list[Event] = [
        event
        for path in stories(sim.load(file).model, on, range(200))
        for event in path
        if event.name == "pact.art1"
    ]
    assert {e.option: e.probability for e in found} == {"fights": 0.25, "sits": 0.75}
    fights = sum(event.option == "fights" for event in found)
    assert abs(fights - 50) < 4 * (200 * 0.25 * 0.75) ** 0.5  # n = 200


LAPSING = "deliberation: 5 d\n        lapses: not war or asked_again"


def status_at_end(model: Model, on: str) -> str:
    """The status of the clause after everything that happened, by the machine form's levels."""
    levels = model.variable("pact.art1").levels
    steps = {"pact.art1.invoked": "invoked", "pact.art1.lapsed": "lapsed", "pact.art1": "fights"}
    last = [steps[e.name] for e in story(model, on) if e.name in steps]
    assert set(last) <= set(levels)
    return last[-1] if last else levels[0]


def test_an_answer_under_way_lapses_when_the_condition_comes_to_hold(home: Path, on: str) -> None:
    scenario = pact(home, peace="22 d", obligation=LAPSING)
    assert scenario.model.variable("pact.art1").levels == (
        *("dormant", "lapsed", "invoked"),
        "fights",
    )
    expected = [(22.0, "peace"), (22.0, "pact.art1.lapsed")]
    assert told(scenario.model, on)[-2:] == expected
    # control: without the word, the ally still answers
    assert told(pact(home, peace="22 d").model, on)[-1] == (25.0, "pact.art1")


def test_at_the_same_instant_the_obligor_looks_first(home: Path, on: str) -> None:
    """What turns true by a treaty, or by what fired before, drops an answer due just then."""
    other = "  other: {{parties: [north, ally], signed: 2024-01-26}}\n  pact:\n"
    text = PACT.replace("  pact:\n", other, 1)
    file = home / "pact.yaml"
    file.write_text(
        text.format(
            **{**FACTS, "obligation": LAPSING.replace("not war or asked_again", "other.binds")}
        ),
        encoding="utf-8",
    )
    events = story(sim.load(file).model, on)
    assert times(events, "other.binds") == times(events, "pact.art1.lapsed") == [25.0]
    assert "pact.art1" not in names(events)
    # the answer is due on day 25, before the events of that day: it is given, and stands
    late = pact(home, peace="25 d", obligation=LAPSING)
    assert told(late.model, on)[-2:] == [(25.0, "pact.art1"), (25.0, "peace")]
    assert status_at_end(late.model, on) == "fights"


def test_what_has_lapsed_is_owed_anew_when_the_casus_holds_again(home: Path, on: str) -> None:
    text = PACT.replace("after: {attack}, once: true", "when: not war, after: {attack}, limit: 2")
    text = text.replace("after: {peace}, once: true", "when: war, after: {peace}, limit: 1")
    file = home / "pact.yaml"
    facts = {**FACTS, "peace": "2 d", "obligation": LAPSING.replace(" or asked_again", "")}
    file.write_text(text.format(**facts), encoding="utf-8")
    events = story(sim.load(file).model, on)
    assert times(events, "pact.art1.invoked") == [20.0, 42.0]
    assert times(events, "pact.art1.lapsed") == [22.0]
    assert times(events, "pact.art1") == [47.0]  # five days from the second call: a new clock


def test_while_the_condition_holds_nothing_is_invoked(home: Path, on: str) -> None:
    """It holds from day 60 on; the attack of day 70 comes too late to be answered."""
    scenario = pact(home, attack="70 d", obligation=LAPSING)
    assert "pact.art1.invoked" not in names(story(scenario.model, on))
    control = pact(home, attack="50 d", obligation=LAPSING)
    assert times(story(control.model, on), "pact.art1") == [55.0]


def test_a_clause_is_reopened_unless_the_condition_to_lapse_holds(home: Path, on: str) -> None:
    again = "deliberation: 5 d\n        reopens: asked_again\n        lapses: "
    held = pact(home, obligation=f"{again}asked_again")
    assert times(story(held.model, on), "pact.art1") == [25.0]
    free = pact(home, peace="62 d", obligation=f"{again}not war")
    assert times(story(free.model, on), "pact.art1.reopened") == [60.0]
    assert status_at_end(free.model, on) == "lapsed"
    assert times(story(free.model, on), "pact.art1.lapsed") == [62.0]
