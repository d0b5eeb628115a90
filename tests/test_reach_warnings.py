"""What `check` warns of: things in a file that can never matter."""

from pathlib import Path

import pytest

from sim.scenario import load

FILE = """\
scenario: doubtful
horizon: 100 d
start: 2024-01-01
actors:
  north: {state: {mood: {levels: [calm, angry, furious], start: calm}}}
  south: {name: Southland}
state:
  talks: {flag: false}
  heat: {max: 3, start: 0}
parameters:
  bold: {is: {uniform: [0, 1]}, grade: stipulated}
  shy: {is: {uniform: [-1, 0]}, grade: stipulated}
treaties:
  pact:
    parties: [north, south]
    signed: 2023-06-01
    in_force: 2024-02-01
    obligations:
      art1:
        type: defence
        obligor: south
        casus_foederis: north.mood == angry
        responses: {helps: {probability: bold, then: {talks: true}}, declines: {probability: rest}}
moves:
  north_fumes:
    actor: north
    after: {mean: 5 d}
    when: north.mood == calm
    then: {north.mood: angry}
events:
  warms: {on: north_fumes, speed: 1 if talks else 2, then: {heat: raise}}
outcomes:
  anger: {when: north.mood == angry, headline: true}
endings: {hot: {when: heat >= 1}, other: {otherwise: true}}
"""


def warnings(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "doubtful.yaml"
    file.write_text(text, encoding="utf-8")
    return [str(problem).removeprefix(str(file)) for problem in load(file).warnings]


SHY = ("  shy: {is: {uniform: [-1, 0]}, grade: stipulated}\n", "")


def test_a_sound_file_has_no_warnings(tmp_path: Path) -> None:
    assert warnings(tmp_path, SHY) == []


def test_a_parameter_nobody_reads(tmp_path: Path) -> None:
    assert warnings(tmp_path) == [":12:3: parameters.shy: never used"]


@pytest.mark.parametrize("delay", ["{mean: 1e-6 s}", "{median: 0.5 s, p90: 2 d}", "0.999 s"])
@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("moves.north_fumes", "    after: {mean: 5 d}"),
        ("treaties.pact.obligations.art1", "        type: defence"),
    ],
)
def test_a_delay_that_may_be_a_slip_of_unit(tmp_path: Path, delay: str, rule: str, key: str):
    word = "after" if rule.startswith("moves") else "deliberation"
    line = f"{key[: len(key) - len(key.lstrip())]}{word}: "
    kept = f"{key}\n" if word == "deliberation" else ""
    (found,) = warnings(tmp_path, SHY, (key, f"{kept}{line}{delay}"))
    assert f"{rule}.{word}: half of these waits are shorter than 0." in found or "e-07 s" in found
    assert found.endswith(" s, under a horizon of 100 d")
    # controls: a second, at once, and a horizon of an hour
    assert warnings(tmp_path, SHY, (key, f"{kept}{line}1 s")) == []
    assert warnings(tmp_path, SHY, (key, f"{kept}{line}0 s")) == []
    short = ("in_force: 2024-02-01", "in_force: 2023-07-01"), ("horizon: 100 d", "horizon: 1 h")
    assert warnings(tmp_path, SHY, (key, f"{kept}{line}{delay}"), *short) == []


NEVER = {
    "outcome": (
        "anger: {when: north.mood == angry",
        "anger: {when: north.mood == furious",
        "outcomes.anger: can never happen: `north.mood == furious` is out of reach, "
        "north.mood is only calm or angry",
    ),
    "condition": (
        "heat >= 1",
        "heat == 1 and heat > 2",
        "endings.hot.when: no combination of values satisfies 'heat == 1 and heat > 2'",
    ),
    "guard": (
        "events:\n",
        "events:\n  boils: {when: heat == 3 and heat < 2, then: {talks: true}, once: true}\n",
        "events.boils.when: no combination of values satisfies 'heat == 3 and heat < 2'",
    ),
    "untriggered": (
        "events:\n",
        "events:\n  boils: {when: north.mood == furious, then: {talks: true}, once: true}\n",
        "events.boils: can never happen: `north.mood == furious` is out of reach, "
        "north.mood is only calm or angry",
    ),
    "trigger": (
        "events:\n",
        "events:\n  a: {when: north.mood == furious, after: 1 d}\n"
        "  b: {on: a, then: {talks: true}}\n",
        "events.b: can never happen: nothing in `on` ever happens",
    ),
    "speed": (
        "when: north.mood == calm\n",
        "when: north.mood == calm\n    speed: 1 if talks and not talks else 0\n",
        "moves.north_fumes: can never happen",
    ),
    "casus": (
        "casus_foederis: north.mood == angry",
        "casus_foederis: north.mood == furious",
        "treaties.pact.obligations.art1.casus_foederis: can never be invoked: "
        "`north.mood == furious` is out of reach, north.mood is only calm or angry",
    ),
    "late treaty": (
        "in_force: 2024-02-01",
        "in_force: 2026-02-01",
        "treaties.pact: never binds before the horizon",
    ),
    "option": (
        "probability: bold, then",
        "probability: bold, available: heat == 3, then",
        "treaties.pact.obligations.art1.responses.helps: can never be taken: "
        "`heat == 3` is out of reach, heat is 0 to 1",
    ),
    "share": (
        "probability: bold, then",
        "probability: 0 * bold, then",
        "treaties.pact.obligations.art1.responses.helps: can never be taken",
    ),
}


@pytest.mark.parametrize("what", NEVER)
def test_what_can_never_happen_is_named(what: str, tmp_path: Path) -> None:
    old, new, expected = NEVER[what]
    found = warnings(tmp_path, SHY, (old, new))
    assert any(warning.endswith(f": {expected}") for warning in found), found


def test_each_rule_is_named_once(tmp_path: Path) -> None:
    """An obligation is two transitions with options: one warning says it all."""
    found = warnings(tmp_path, SHY, ("mood == angry\n", "mood == furious\n"))
    assert len(found) == 1, found


def test_the_reason_is_the_part_of_a_condition_that_is_out_of_reach(tmp_path: Path) -> None:
    """Parts that may hold, and parts that only together never hold, are not blamed."""
    event = "  odd: {when: WHEN, after: 1 d, then: {talks: true}}\n"
    reasons = {
        "talks and heat > 2": ": `heat > 2` is out of reach, heat is 0 to 1",
        "heat > 2 or heat == 3": ": `heat > 2 or heat == 3` is out of reach, heat is 0 to 1",
        "pact.binds and north.mood == furious": ": `north.mood == furious` is out of reach, "
        "north.mood is only calm or angry",
        "not (talks or north.mood < furious)": ": `not (talks or north.mood < furious)` is out of "
        "reach, north.mood is only calm or angry",
        "north.mood == calm and pact.art1 == helps": "",  # each part may hold
    }
    for when, reason in reasons.items():
        found = warnings(tmp_path, SHY, ("events:\n", "events:\n" + event.replace("WHEN", when)))
        expected = [f":30:3: events.odd: can never happen{reason}"]
        assert found == expected, when
    # the control: what can happen has no warning
    event = event.replace("WHEN", "heat == 1")
    assert warnings(tmp_path, SHY, ("events:\n", "events:\n" + event)) == []
