"""A scenario cut into parts that it includes is the same model as in one file."""

from pathlib import Path

import pytest
from command_line import call

from sim import load
from sim.errors import ScenarioError
from sim.machine_form import machine_form

__all__ = ["call"]
HEAD = "scenario: strait\nhorizon: 90 d\n"
PARTS = {
    "state": """
ladders: {conflict: [calm, clash, war]}
actors: {north: {}, south: {}}
relations: {border: {between: [north, south], ladder: conflict, start: clash}}
""",
    "first": """
moves:
  north_presses: {actor: north, when: border < war, after: {mean: 3 d}, then: {border: raise}}
events:
  storm: {when: border == clash, after: {mean: 9 d}, then: {border: lower}}
""",
    "then": """
sources: {icb: {cite: a book}}
moves:
  south_yields: {actor: south, when: border == war, after: 2 d, then: {border: calm}, source: icb}
""",
}
OWN = """
moves:
  north_waits: {actor: north, when: border == calm, after: 5 d, then: {border: clash}}
outcomes: {war: {when: border == war}}
endings: {at_war: {when: border == war}, other: {otherwise: true}}
"""


def together() -> str:
    """The same scenario in one file: moves in the order in which the parts are included."""
    first, then = PARTS["first"].split("events:"), PARTS["then"].split("moves:")
    moves = [
        first[0].removeprefix("\nmoves:"),
        then[1],
        OWN.split("outcomes:")[0].split("moves:")[1],
    ]
    rest = [PARTS["state"], "events:" + first[1], then[0], "outcomes:" + OWN.split("outcomes:")[1]]
    return HEAD + "moves:" + "\n".join(moves) + "\n".join(rest)


def cut(folder: Path, order: list[str]) -> Path:
    """The scenario in parts, in a folder of their own."""
    (folder / "parts").mkdir(exist_ok=True)
    for name, text in PARTS.items():
        (folder / "parts" / f"{name}.yaml").write_text(text, encoding="utf-8")
    names = ", ".join(f"parts/{name}.yaml" for name in order)
    file = folder / "cut.yaml"
    file.write_text(f"include: [{names}]\n{HEAD}{OWN}", encoding="utf-8")
    return file


def test_parts_make_the_model_that_one_file_makes(tmp_path):
    whole = tmp_path / "whole.yaml"
    whole.write_text(together(), encoding="utf-8")
    model = load(cut(tmp_path, ["state", "first", "then"])).model
    assert machine_form(model) == machine_form(load(whole).model)
    moves = [t.name for t in model.transitions]
    assert moves == ["north_presses", "south_yields", "north_waits", "storm"]


def test_the_order_of_parts_is_the_order_of_rules(tmp_path):
    """The control: other parts first, and other rules come first among those due at once."""
    model = load(cut(tmp_path, ["then", "state", "first"])).model
    assert [t.name for t in model.transitions][:2] == ["south_yields", "north_presses"]


def test_a_variant_of_a_cut_scenario_replaces_what_stands_in_a_part(tmp_path):
    cut(tmp_path, ["state", "first", "then"])
    variant = tmp_path / "variant.yaml"
    text = "extends: cut.yaml\nscenario: variant\nremove: [moves.south_yields]\n"
    variant.write_text(text + "events: {storm: {after: {mean: 1 d}}}\n", encoding="utf-8")
    scenario = load(variant)
    assert "south_yields" not in [t.name for t in scenario.model.transitions]
    assert scenario.variant is not None
    assert [path[1] for path in scenario.variant.replaces] == ["storm"]


def test_a_part_that_is_not_there_is_one_problem(tmp_path):
    file = cut(tmp_path, ["sate", "first", "then"])
    with pytest.raises(ScenarioError, match=r"there is no file 'parts/sate\.yaml'") as caught:
        load(file)
    assert len(caught.value.problems) == 1


def test_check_says_that_a_part_is_checked_with_its_scenario(call, tmp_path):
    cut(tmp_path, ["state", "first", "then"])
    code, out, err = call("check", tmp_path / "parts" / "then.yaml")
    assert (code, err) == (2, "")
    assert (
        "scenario: is missing; a part of a scenario is checked with the file that includes it"
        in out
    )
    assert "1 error" in out
    code, out, _ = call("check", tmp_path / "cut.yaml")  # the control
    assert code == 0


def test_a_variable_of_a_part_that_nobody_reads_is_warned_of_there(tmp_path):
    file = cut(tmp_path, ["state", "first", "then"])
    part = tmp_path / "parts" / "state.yaml"
    assert load(file).warnings == ()  # the control
    part.write_text(PARTS["state"] + "state: {idle: {flag: false}}\n", encoding="utf-8")
    (warning,) = load(file).warnings
    assert str(warning.place).endswith("state.yaml:5:9")
    assert "state.idle: never used" in str(warning)
