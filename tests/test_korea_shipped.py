"""Every shipped scenario: loads, strict, complete, nothing in it impossible, described in step."""

import re
from dataclasses import replace
from datetime import date

import pytest
from command_line import call
from korea import PARTS, SCENARIOS, SHIPPED, loaded

from sim.reach import reach

__all__ = ["call"]
NAMES = [file.stem for file in SHIPPED]
KNOWN_DATES = {
    "2024-10-27",
    "2024-11-05",
    "2024-11-11",
    "2025-01-20",
}  # the only ones an actor could know on 25 October
TOO_LATE = date(2024, 10, 25)


def test_there_are_scenarios():
    assert {"first_crisis", "korean_clash", "korean_editorial", "korean_no_treaty"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_strictly_clean(name):
    assert [str(problem) for problem in loaded(name).strict()] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_shipped_scenario_is_impossible(name):
    model = loaded(name).model
    found = reach(model)
    asked = [
        (model.transitions, found.fired),
        (model.outcomes, [at is not None for at in found.outcomes]),
        (model.endings, found.endings),
    ]
    for things, possible in asked:
        assert [t.name for t, may in zip(things, possible, strict=True) if not may] == []
    for transition, taken in zip(model.transitions, found.taken, strict=True):
        assert all(taken), transition.name


def test_a_way_to_war_cut_off_is_seen_as_impossible():
    model = loaded("korean_clash").model
    kept = tuple(t for t in model.transitions if t.name != "war_begins")
    found = reach(replace(model, transitions=kept))
    war = next(i for i, outcome in enumerate(model.outcomes) if outcome.name == "war")
    assert found.outcomes[war] is None


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_names_every_scenario(name):
    assert f"`{name}.yaml`" in (SCENARIOS / "README.md").read_text(encoding="utf-8")


def test_the_first_crisis_stays_short():
    assert len((SCENARIOS / "first_crisis.yaml").read_text(encoding="utf-8").splitlines()) < 40


def test_the_description_is_in_step(call):
    written = (SCENARIOS / "korean_clash.md").read_text(encoding="utf-8")
    code, out, err = call("describe", SCENARIOS / "korean_clash.yaml")
    assert (code, err) == (0, "")
    assert written == out, (
        "mend with: run_sim.py describe scenarios/korean_clash.yaml > scenarios/korean_clash.md"
    )


def test_every_assumption_says_what_it_means_how_sure_it_is_and_where_it_comes_from():
    scenario = loaded("korean_clash")
    declared = scenario.declared
    links = {name: source.url for name, source in declared.sources.items()}
    for assumption in (*declared.parameters.values(), *declared.delays.values()):
        assert assumption.grade
        if assumption.grade != "stipulated":
            assert assumption.source, assumption.name
            assert all(links[source].startswith("http") for source in assumption.source)
    assert all(one.about for one in declared.parameters.values())


def test_every_clause_says_when_it_is_called_and_has_more_than_words_to_offer():
    treaties = loaded("korean_clash").declared.treaties.values()
    assert len(treaties) >= 12
    defence = [o for t in treaties for o in t.obligations.values() if o.type == "defence"]
    assert {o.obligor for o in defence} >= {"russia", "china", "usa", "senders"}
    assert all(len(obligation.responses) >= 2 for obligation in defence)
    art4 = next(o for o in defence if o.obligor == "russia")
    assert len(art4.responses) == 6  # overt, covert, materiel, intelligence and veto, talk, decline


@pytest.mark.parametrize("file", [*SHIPPED, *PARTS], ids=lambda file: file.stem)
def test_no_actor_knows_a_later_date(file):
    written = re.findall(r"\bat: (\d{4}-\d{2}-\d{2})", file.read_text(encoding="utf-8"))
    assert {day for day in written if date.fromisoformat(day) > TOO_LATE} <= KNOWN_DATES


def test_every_part_is_included_and_said_how_it_meets_the_others():
    page = (SCENARIOS / "korea" / "README.md").read_text(encoding="utf-8")
    text = (SCENARIOS / "korean_clash.yaml").read_text(encoding="utf-8")
    assert len(PARTS) >= 6
    for part in PARTS:
        assert f"korea/{part.name}" in text
        assert f"`{part.name}`" in page


@pytest.mark.parametrize("file", [*SHIPPED, *PARTS], ids=lambda file: file.stem)
def test_what_was_learnt_later_is_marked(file):
    """A year after 2024 may stand in a note or a source, and then the note says POST."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if re.search(r"\b20(2[5-9]|3\d)\b", line.split("source:")[0]):
            counterfactual = "in_force: 2025-04-01" in line or line.startswith("#")
            calendar = any(f"at: {day}" in line for day in KNOWN_DATES)
            assert "POST" in line or "horizon" in line or counterfactual or calendar, line


def test_the_headline_comes_in_two_strengths_and_words():
    headlines = [o for o in loaded("korean_clash").model.outcomes if o.headline]
    assert [o.name for o in headlines] == [
        "japan_party_russia_acts",
        "japan_fights_russia_acts",
    ]
    assert all(o.title for o in headlines)
