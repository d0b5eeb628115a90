"""Short names: where charts use them, what `check` notes without them, and what is refused."""

import matplotlib.pyplot as plt
import pytest
from command_line import call as call

import sim
from sim import analysis, charts
from sim.machine_form import machine_form, without_titles
from sim.scenario import titles_of

TEXT = """\
scenario: pacts
horizon: 100 d
actors:
  north: {name: Northland}
  island_state:
    name: Federation of the Outer Islands and Atolls
    SHORT_ACTOR
  key_only: {}
state: {border: {levels: [calm, war]}}
treaties:
  pact:
    name: Treaty of Friendship, Cooperation and Mutual Assistance
    SHORT_TREATY
    parties: [north, island_state, key_only]
    obligations:
      art1:
        type: defence
        obligor: north
        beneficiary: island_state
        casus_foederis: border == war
        responses: {fights: {probability: 0.4}, waits: {probability: rest}}
events:
  breaks_out:
    {title: War breaks out, when: border == calm, after: {mean: 50 d}, then: {border: war}}
outcomes:
  fought:
    title: War between the Federation and anybody who lands
    when: border == war
    SHORT_OUTCOME
endings: {all_over: {otherwise: true}}
"""
SHORT = {
    "SHORT_ACTOR": "short: Islands",
    "SHORT_TREATY": "short: Pact of 1961",
    "SHORT_OUTCOME": "short: Island war",
}
NONE = {
    "SHORT_ACTOR": "about: far away",
    "SHORT_TREATY": "about: old",
    "SHORT_OUTCOME": "about: it",
}


def scenario(of: dict[str, str]) -> sim.Scenario:
    text = TEXT
    for place, line in of.items():
        text = text.replace(place, line)
    return sim.loads(text)


def test_charts_with_little_room_take_the_short_name_and_others_the_title():
    short = scenario(SHORT)
    titles = titles_of(short)
    assert titles.short.of("actor", "island_state") == "Islands"
    assert titles.short.of("clause", "pact.art1") == "art1, Pact of 1961"
    assert titles.short.of("outcome", "fought") == "Island war"
    assert titles.of("actor", "island_state") == "Federation of the Outer Islands and Atolls"
    shown = texts(
        charts.treaties(
            analysis.bonds(short), names=titles.short.all("actor", short.declared.actors)
        )
    )
    assert "Islands" in shown
    assert any("Pact of 1961" in one for one in shown)
    assert not any("Friendship" in one for one in shown)


def test_without_short_names_the_titles_stand_everywhere():
    """Control: nothing is shortened, and the key as words is what is left without any name."""
    titles = titles_of(scenario(NONE))
    assert titles.short is titles
    assert titles.of("actor", "key_only") == "key only"
    assert "Friendship" in titles.of("clause", "pact.art1")


def test_check_notes_keys_and_long_names():
    notes = [f"{one.path}: {one.text}" for one in scenario(NONE).notes]
    assert notes == [
        "actors.island_state: its name has 42 letters, more than a chart has room for; "
        "`short:` gives it one of at most 24",
        "actors.key_only: no `name`: charts call it by its key",
        "treaties.pact: its name has 55 letters, more than a chart has room for; "
        "`short:` gives it one of at most 24",
        "treaties.pact.obligations.art1: no `article`: charts call it by its key",
        "outcomes.fought: its name has 48 letters, more than a chart has room for; "
        "`short:` gives it one of at most 24",
        "endings.all_over: no `title`: charts call it by its key",
    ]
    assert not any("letters" in one.text for one in scenario(SHORT).notes)  # control


def test_one_note_stands_for_all_of_a_section():
    more = "".join(f"  {name}: {{when: border == war}}\n" for name in "abcdefg")
    text = TEXT.replace("outcomes:\n", "outcomes:\n" + more)
    for place, line in SHORT.items():
        text = text.replace(place, line)
    (note,) = (one for one in sim.loads(text).notes if one.path.startswith("outcomes"))
    assert (
        str(note.text) == "no `title`: charts call it by its key; likewise 'b', 'c', 'd' and 3 more"
    )


def test_a_short_name_that_is_long_is_refused_with_its_place():
    long = SHORT | {"SHORT_TREATY": "short: Treaty of Friendship and Cooperation"}
    with pytest.raises(
        sim.ScenarioError, match=r"13:12.*treaties.pact.short.*36 letters.*at most 24"
    ):
        scenario(long)


def texts(ax: plt.Axes) -> list[str]:
    found = [one.get_text() for one in ax.texts]
    plt.close("all")
    return found


COPIES = """\
scenario: copies
horizon: 10 d
actors:
  east: {name: The Eastern Union, state: {title: {levels: [none, east_side], start: none}}}
  west: {}
events:
  <who>_answers_on_<topic>:
    for_each: {who: [east, west], topic: [fishing_rights]}
    TITLE
    after: {mean: 5 d}
    once: true
    then: {east.title: east_side}
  <side>_rests: {for_each: {side: [east]}, after: 1 d, then: {<side>.title: <side>_side}}
endings: {all_over: {otherwise: true}}
"""


def copies(title: str) -> sim.Scenario:
    return sim.loads(COPIES.replace("TITLE", title))


def test_copies_of_a_rule_are_called_by_names_and_together_by_the_placeholder():
    titles = titles_of(copies("title: <who> answers on <topic>"))
    assert titles.of("rule", "east_answers_on_fishing_rights") == (
        "The Eastern Union answers on fishing rights"
    )
    assert titles.of("rule", "west_answers_on_fishing_rights") == "west answers on fishing rights"
    both = copies("title: Answer of <who>").declared
    assert [one.title for one in both.events.values()][:2] == [
        "Answer of The Eastern Union",
        "Answer of west",
    ]


def test_of_copies_without_a_title_the_key_is_left():
    """Control; and a variable that is called `title` keeps its value in an effect."""
    titles = titles_of(copies("about: <who> has a word on <topic>"))
    called = titles.of("origin", "<who>_answers_on_<topic>")
    assert called == "who answers on (topic)"
    assert titles.of("origin", "<side>_rests") == "side rests"


def test_a_machine_form_keeps_titles_and_short_names_and_no_engine_reads_them():
    """What a run directory keeps; control: a form without titles is the same model."""
    scenario_file = scenario(SHORT)
    form = scenario_file.resolved()
    read = sim.loads(form)
    for written, kept in (
        (titles_of(scenario_file), titles_of(read)),
        (titles_of(scenario_file).short, titles_of(read).short),
    ):
        every = [*written.known, ("outcome", "no_such_thing")]
        assert [kept.of(*key) for key in every] == [written.of(*key) for key in every]
        assert kept.events == written.events
    assert read.resolved() == form
    bare = without_titles(form)
    assert bare != form
    assert sim.loads(bare).model.outcomes[0].label == "fought"  # the key
    assert machine_form(read.model) == machine_form(sim.loads(bare).model) == bare


def test_charts_of_loaded_results_call_clauses_by_name_and_a_title_is_no_change(call, tmp_path):
    size = {"draws": 2, "paths": 20, "progress": False, "seed": 1}
    for name, of in (("one", SHORT), ("two", NONE)):
        sim.run(scenario(of), **size).save(tmp_path / name)
    drawn = sim.Results.load(tmp_path / "one").plot.clauses()
    labels = [label.get_text() for label in drawn.get_yticklabels()]
    assert labels[0].replace("\n", " ").startswith("art1, Treaty of Friendship")
    assert "pact.art1" not in " ".join(labels)
    plt.close("all")
    assert call("diff", "one", "two")[0] == 0  # 3 where something changed
