"""How commands read a scenario: with its warnings on stderr, under interventions if any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.options import Chosen, is_given
from sim.cli.printing import print_warnings

if TYPE_CHECKING:
    import typer

    from sim.scenario import Scenario


def read(file: Path, under: str = "") -> Scenario:
    """The scenario of a file or a run directory, under interventions if any; warns on stderr."""
    if file.is_dir():
        # here, since tables and engines are imported with it, which a file does not need
        from sim.api.sources import recorded

        scenario, _ = recorded(file)
    else:
        from sim.scenario import load

        scenario = load(file)
    print_warnings(scenario.warnings)
    return scenario.under(under) if under else scenario


def completed(context: typer.Context, file: Path, plan: Chosen) -> dict[str, Any]:
    """The options of a run; of a run directory those it was made with, where none is given."""
    if not file.is_dir():
        return dict(plan)
    from sim.api.sources import recorded

    _, manifest = recorded(file)
    made_with = {"seed": manifest["seed"], **manifest["arguments"]}
    # how many at once says nothing about the numbers, and belongs to the machine
    taken = {name for name in ("seed", "draws", "paths", "engine") if name in made_with}
    kept = {name: made_with[name] for name in taken if not is_given(context, name)}
    return {**plan, **{name: value for name, value in kept.items() if name in plan}}
