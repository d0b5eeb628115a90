"""How commands read a scenario: with its warnings on stderr, under interventions if any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.printing import print_warnings

if TYPE_CHECKING:
    from sim.scenario import Scenario


def read(file: Path, under: str = "") -> Scenario:
    """The scenario, under interventions if any; its warnings go to stderr."""
    from sim.scenario import load

    scenario = load(file)
    print_warnings(scenario.warnings)
    return scenario.under(under) if under else scenario
