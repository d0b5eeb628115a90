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
        from sim.api.arguments import recorded

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
    from sim.api.arguments import made_with, recorded
    from sim.decisions.describing import require_same
    from sim.errors import UsageError

    _, manifest = recorded(file)
    require_same(manifest.get("decided", {}), {}, str(file))
    if manifest.get("given") or manifest.get("first_draw") or manifest.get("common_random_numbers"):
        # no option of a command says these; in Python the directory does
        raise UsageError(
            f"{file}: a run from Python with values, a range of draws or common random numbers of "
            f"its own; sim.run({str(file)!r}) repeats it"
        )
    # what stands on the command line wins over what the directory was made with
    before = {n: v for n, v in made_with(manifest).items() if not is_given(context, n)}
    return {**plan, **{name: value for name, value in before.items() if name in plan}}
