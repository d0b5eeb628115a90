"""What a variant adds, replaces and removes, and the slip that would add instead of replace."""

import pytest

import sim
from sim import load

BASE = """\
scenario: base
horizon: 30 d
actors:
  north: {state: {mood: {levels: [calm, angry]}}}
  south: {state: {mood: {levels: [calm, angry]}}}
treaties:
  pact:
    parties: [north, south]
    obligations:
      art1:
        type: defence
        obligor: south
        casus_foederis: north.mood == angry
        responses: {helps: {probability: 0.5}, declines: {probability: rest}}
state: {talks: {flag: false}}
events:
  mediation: {when: north.mood == angry, after: 3 d, then: {talks: true}}
  anger: {after: 5 d, limit: 1, then: {north.mood: angry}}
  answer: {after: 6 d, limit: 1, then: {south.mood: angry}}
outcomes: {talked: {when: talks}}
endings: {other: {otherwise: true}}
"""


@pytest.fixture
def varied(tmp_path, monkeypatch):
    """A function: text of a variant -> the scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")

    def loaded(text: str) -> sim.Scenario:
        whole = f"extends: base.yaml\nscenario: v\n{text}"
        (tmp_path / "v.yaml").write_text(whole, encoding="utf-8")
        return load("v.yaml")

    return loaded


def test_a_variant_lists_what_it_adds_replaces_and_removes(varied):
    scenario = varied(
        "remove: [events.answer]\n"
        "actors: {north: {state: {fear: {flag: false}}}, west: {state: {fear: {flag: false}}}}\n"
        "treaties: {pact: {obligations: {art1: {type: assistance}, art2: {type: assistance,"
        " obligor: north, casus_foederis: south.mood == angry, "
        "responses: {helps: {probability: 1}}}}}}\n"
        "events: {anger: {after: 9 d}, rain: {after: 1 d, limit: 1, then: {west.fear: true}}}\n"
    )
    variant = scenario.variant
    assert variant.base == "base.yaml"
    assert variant.adds == (
        ("actors", "north", "state", "fear"),
        ("actors", "west"),  # with all that is in it
        ("treaties", "pact", "obligations", "art2"),
        ("events", "rain"),
    )
    assert variant.replaces == (
        ("actors", "north"),
        ("treaties", "pact"),
        ("treaties", "pact", "obligations", "art1"),
        ("events", "anger"),
    )
    assert variant.removes == ("events.answer",)
    assert load("base.yaml").variant is None


SLIPS = {
    "mediatoin": "mediation",  # letters exchanged
    "meditation": "mediation",  # one too many
    "mediaton": "mediation",  # one too few
    "nediation": "mediation",  # one other
}
APART = ("mediation2", "mediations", "mediation_fails", "inger", "arbitration", "anger_again")


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_that_adds_instead_of_replacing_is_warned_of(varied, name):
    scenario = varied(f"events: {{{name}: {{after: 4 d, limit: 1, then: {{talks: true}}}}}}\n")
    (warning,) = (str(one) for one in scenario.warnings if "variant" in one.text)
    expected = f"events.{name}: is new in this variant; did you mean {SLIPS[name]!r} of base.yaml?"
    assert warning == f"v.yaml:3:10: {expected}"


@pytest.mark.parametrize("name", APART)
def test_a_name_of_its_own_is_no_slip(varied, name):
    scenario = varied(f"events: {{{name}: {{after: 4 d, limit: 1, then: {{talks: true}}}}}}\n")
    assert ("events", name) in scenario.variant.adds
    assert not [one for one in scenario.warnings if "variant" in one.text]


def test_the_same_name_in_both_is_no_slip(varied):
    """Two things of the variant with similar names, of which one is in the base."""
    rule = "{after: 4 d, limit: 1, then: {talks: true}}"
    scenario = varied(f"events: {{mediatoin: {rule}, mediation: {rule}}}\n")
    assert not [one for one in scenario.warnings if "variant" in one.text]
