"""Scenarios made wrong by a seed: each is refused with its place, or both engines walk it alike.

A hundred here, a hundred thousand by `.ci/long/scenarios_made_wrong`.
"""

import random
from pathlib import Path

import pytest
from equality import assert_same, walked
from mutants import outcome_of_loading, wrong_about
from wrong_scenarios import Changing

from sim.engines import engine
from sim.errors import Place, Problem, ScenarioError, UsageError
from sim.results import PathBatch

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    ROOT / "scenarios" / "first_crisis.yaml",
    *sorted((ROOT / "tests" / "corpus" / "valid").glob("*.yaml")),
]
SIZE = {"draws": 1, "paths": 2, "seed": 3}
MOST_EVENTS = 3_000


def test_a_changed_scenario_is_refused_with_its_place_or_walked_alike(tmp_path):
    changing = [
        Changing(text)
        for text in (file.read_text(encoding="utf-8") for file in FILES)
        if "extends:" not in text
    ]
    refused = alike = 0
    for number in range(100):
        drawn = random.Random(f"wrong scenarios {number}")
        file = tmp_path / "copy.yaml"
        text = drawn.choice(changing).changed(drawn)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        scenario = outcome_of_loading(str(file))
        if isinstance(scenario, ScenarioError):
            assert wrong_about(scenario) == [], text
            refused += 1
            continue
        try:
            fast = walked(engine("compiled"), scenario.model, **SIZE)
        except UsageError:
            continue
        if is_short(fast):
            assert_same(walked(engine("reference"), scenario.model, **SIZE), fast)
            alike += 1
    assert refused > 40
    assert alike > 15


def is_short(walk: list[PathBatch] | str) -> bool:
    """Whether the reference engine can walk it again in a moment."""
    if isinstance(walk, str):
        return "firings in one path" not in walk
    return sum(int(piece.n_events.sum()) for piece in walk) <= MOST_EVENTS


def test_an_error_without_its_place_is_seen():
    """The control of the first half; that of the second is in test_equality_broken."""
    nowhere = Problem(place=Place(), path="", text="is wrong")
    assert wrong_about(ScenarioError([nowhere])) == [f"no place: {nowhere}"]


def test_the_same_seed_makes_the_same_copy_and_another_seed_another():
    changing = Changing(FILES[0].read_text(encoding="utf-8"))
    copies = [changing.changed(random.Random(seed)) for seed in (1, 1, 2)]
    assert copies[0] == copies[1] != copies[2]


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_differs_from_the_file(seed):
    text = FILES[0].read_text(encoding="utf-8")
    copies = {Changing(text).changed(random.Random(f"{seed} {i}")) for i in range(5)}
    assert len(copies - {text}) >= 3  # a number may be replaced by itself
