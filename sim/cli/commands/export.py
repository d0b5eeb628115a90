"""The command `export`."""

from typing import Annotated

import typer

from sim.cli.inputs import read
from sim.cli.options import File, Seed, With, form_of, number_of
from sim.experiment.plan import Plan


def export(
    scenario: File,
    to: Annotated[str, form_of("prism, graphml or mermaid")] = "prism",
    draw: Annotated[
        int | None,
        number_of("draw", "use its parameters (prism)", show_default="their medians"),
    ] = None,
    seed: Seed = Plan.seed,
    under: With = "",
) -> None:
    """Print the model for other tools: PRISM, GraphML, Mermaid."""
    from sim.export.formats import exported

    typer.echo(exported(read(scenario, under).model, to, draw=draw, seed=seed), nl=False)
