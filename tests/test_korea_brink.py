"""Open combat of the United States and Russia: Tokyo takes it up; fire at Japan ends with it."""

from pathlib import Path

import pytest
from korea import SCENARIOS

from sim import load, run

SPENT = {"draws": 20, "paths": 20, "workers": 1, "engine": "compiled", "seed": 5}
BRINK = "{at: 1 d, then: {korea: general_war, usa.role: combat, usa_russia: open_combat%s}}"


def found(folder: Path, text: str, then: str = "") -> float:
    """The share of 400 paths in which the marked thing happens, in a war that is at the brink."""
    file = folder / "brink.yaml"
    base = f"extends: {SCENARIOS}/korean_clash.yaml\nscenario: brink\n"
    marked = (
        "state: {marked: {flag: false}}\noutcomes: {is_marked: {title: Marked, when: marked}}\n"
    )
    events = f"events:\n  brink: {BRINK % then}\n"
    file.write_text(base + marked + events + text, encoding="utf-8")
    outcomes = run(load(file), progress=False, **SPENT).outcomes
    return float(outcomes.loc["is_marked", "probability"])


TAKEN_UP = "  mark: {on: nsc_on_a_wider_war, then: {marked: true}}\n"
OCCASIONS = (
    "[{becomes: at_war and power_beside_north}, {becomes: at_war and russia_japan >= coercive}]"
)


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [("", 0.4, 0.7), (f"moves: {{nsc_on_a_wider_war: {{on: {OCCASIONS}}}}}\n", 0.05, 0.25)],
)
def test_tokyo_takes_open_combat_of_the_powers_up(tmp_path, rule, low, high):
    """The second row is the control: the occasions as they were."""
    assert low < found(tmp_path, TAKEN_UP + rule) < high


STEPPED = "  mark: {on: powers_step_back, when: russia_japan == attack, then: {marked: true}}\n"
AS_IT_WAS = (
    "  powers_step_back: {then: {usa_russia: in_contact, talks: true, russia_japan: attack}}\n"
)


@pytest.mark.parametrize(("rule", "low", "high"), [("", -0.1, 0.001), (AS_IT_WAS, 0.2, 1.0)])
def test_fire_at_japan_ends_when_the_powers_step_back(tmp_path, rule, low, high):
    """The second row is the control: the pressure stays where it was."""
    assert low < found(tmp_path, STEPPED + rule, ", russia_japan: attack") < high


BRUSH = "{at: 2 d, then: {usa_russia: apart, russia_japan: shots}}"
LATER = (
    "  mark: {at: 16 d, when: russia_japan == shots and not powers_at_war, then: {marked: true}}\n"
)
FOR_GOOD = "  fire_at_sea_passes: {after: 900 d}\n"


@pytest.mark.parametrize(("rule", "low", "high"), [("", -0.1, 0.15), (FOR_GOOD, 0.3, 1.0)])
def test_japan_is_not_under_fire_for_weeks_after_one_brush(tmp_path, rule, low, high):
    """The second row is the control: shots for good. Those left are of another brush."""
    events = f"  brush: {BRUSH}\n"
    assert low < found(tmp_path, events + LATER + rule) < high
