"""The tests of equality are able to fail: a comparison changed in either engine, and they do."""

from pathlib import Path

import pytest
from altered import altered
from equality import assert_same, walked

from sim.engines import engine
from sim.scenario import load

VALID = Path(__file__).parent / "corpus" / "valid"
FILES = ("clocks", "choices", "facts_and_outcomes", "island_clash", "treaties")
CHANGES = [
    *(
        ("compiled", file, old, new)
        for file, old, new in (
            ("clocks", "path.due[rank] < soonest:", "path.due[rank] <= soonest:"),
            ("clocks", "path.soonest[word] < best", "path.soonest[word] > best"),
            ("clocks", "if speed != path.speed[rank]", "if speed == path.speed[rank]"),
            ("clocks", "if path.speed[rank] > 0.0", "if path.speed[rank] > 1.0"),
            ("kernel", "path.due[rank] > horizon", "path.due[rank] >= horizon"),
            ("kernel", "fired[rank] >= rules.limit[rank]", "fired[rank] > rules.limit[rank]"),
            ("kernel", "path.holds[word] & bit != 0", "path.holds[word] & bit == 0"),
            ("firing", "mark >= row[at + 1 + option]", "mark < row[at + 1 + option]"),
            (
                "firing",
                "state[size.variables + outcome] == 0",
                "state[size.variables + outcome] != 0",
            ),
            ("lookup", "elif value != 0.0", "elif value == 0.0"),
        )
    ),
    *(
        ("reference", file, old, new)
        for file, old, new in (
            ("clocks", "self.fired >= self.transition.limit", "self.fired > self.transition.limit"),
            ("clocks", "self.speed_now() != self.pace", "self.speed_now() == self.pace"),
            (
                "world",
                "calendar.peek() <= self.model.horizon",
                "calendar.peek() < self.model.horizon",
            ),
            ("state", "if self.state[variable] != value", "if self.state[variable] == value"),
            ("choices", "if mark < reached", "if mark > reached"),
        )
    ),
]


def agree(walk, other):
    """Whether they walk the same paths of a few small scenarios."""
    for name in FILES:
        model = load(VALID / f"{name}.yaml").model
        size = {"draws": 1, "paths": 2, "seed": 4}
        try:
            assert_same(walked(walk, model, **size), walked(other, model, **size))
        except (AssertionError, IndexError):
            return False
    return True


@pytest.mark.parametrize("name", ["compiled", "reference"])
def test_an_engine_from_its_own_text_is_the_engine(name):
    other = engine("reference" if name == "compiled" else "compiled")
    with altered(name) as walk:
        assert agree(walk, other)


@pytest.mark.parametrize(
    ("name", "file", "old", "new"), CHANGES, ids=[f"{c[0]}-{c[2]}" for c in CHANGES]
)
def test_one_comparison_changed_is_noticed(name, file, old, new):
    other = engine("reference" if name == "compiled" else "compiled")
    with altered(name, file, old, new) as walk:
        assert not agree(walk, other)
