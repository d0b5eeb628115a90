"""The command `structure`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.chart_options import takes_charts
from sim.cli.inputs import completed, read
from sim.cli.options import AsJson, Chosen, Force, output_dir, path, takes_plan
from sim.cli.outputs import (
    claim_output_dir,
    exit_if_interrupted,
    exit_if_nothing_finished,
)
from sim.cli.printing import print_json, print_view
from sim.cli.run_or_load import SavedResults
from sim.errors import UsageError
from sim.report.chart_files import USUAL, ChartFiles

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@takes_charts("structure", after_run=False)
@takes_plan("draws", "paths", "seed", "engine", "workers", "level")
def structure(
    context: typer.Context,
    variants: Annotated[
        list[Path],
        typer.Argument(
            metavar="SCENARIO...", help="Scenario files, or run directories.", parser=path
        ),
    ],
    plan: Chosen,
    weights: Annotated[
        str,
        typer.Option(
            metavar="W,W",
            help="How much each variant counts.",
            show_default="all the same",
        ),
    ] = "",
    out: Annotated[Path | None, output_dir("results/<scenario>-structure")] = None,
    as_json: AsJson = False,
    pictures: ChartFiles = USUAL,
    force: Force = False,
) -> None:
    """Say how much of the uncertainty is the choice of a variant, how much the parameters."""
    given = _numbers(weights) if weights else None
    scenarios = [read(one) for one in variants]
    first = scenarios[0]
    target = claim_output_dir(out, first, "structure", force=force)
    plan = completed(context, variants[0], plan)
    from sim.api.structures import structure as decomposed
    from sim.experiment.plan import Plan
    from sim.report.screens.structure import (
        shown_outcomes,
        structure_summary,
        structure_view,
        titles_of_outcomes,
    )

    found = decomposed(scenarios, Plan(**plan), given)
    results = next(iter(found.results.values()))
    exit_if_nothing_finished(results)
    found.save(target.path)
    target.report_kept()
    saved = SavedResults(scenario=first, results=results, directory=target.path, pictures=pictures)
    headlines = found.parts[found.parts["outcome"].isin(shown_outcomes(found))]
    subject = results.provenance.title
    chart = partial(_chart, headlines, titles_of_outcomes(found.variants), subject)
    tables = {"structure": found.parts, "variants": found.variants}
    written = saved.add(tables, {"structure": chart})
    if as_json:
        print_json(structure_summary(found))
    else:
        where = f"Tables: {', '.join(str(saved.shown(file)) for file in written)}"
        print_view(structure_view(found, given=given is not None, where=where))
    exit_if_interrupted(results, cut=False)


def _numbers(text: str) -> list[float]:
    """`2,1`: so many numbers."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"--weights: must be numbers like 2,1,1, found {text!r}") from None


def _chart(table: pd.DataFrame, names: Mapping[str, str], subject: str) -> Axes:
    from sim.charts import structure as chart

    return chart(table, names=names, subject=subject)
