"""The command `evidence`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import RunOptions, takes_run
from sim.cli.printing import print_json, print_view
from sim.cli.run_or_load import run_or_load

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.results.provenance import Provenance


@takes_run(
    "draws", "paths", "seed", "engine", "workers", "level", "keep_paths", draws=("evidence",)
)
def evidence(
    run: RunOptions,
    condition: Annotated[
        str,
        typer.Option(
            metavar="NAME,NAME",
            help="Also weight the parameter draws by the likelihood of these records.",
        ),
    ] = "",
) -> None:
    """Compare the estimates with the historical record; condition them on it."""
    saved = run_or_load(run)
    from sim.errors import NotApplicable
    from sim.report.screens.evidence import evidence_summary, evidence_view

    names = [name.strip() for name in condition.split(",") if name.strip()]
    table, refused, conditioned = saved.results.evidence(), "", None
    try:
        conditioned = saved.results.condition(*names) if names else None
    except NotApplicable as error:  # the record beside the estimates can be told all the same
        refused = str(error)
    tables = {"evidence": table} if len(table) else {}
    if conditioned is not None:
        tables |= {"condition": conditioned.estimates, "posterior": conditioned.parameters}
    charts = {"evidence": partial(_chart, table, saved.results.provenance)}
    written = saved.add(tables, charts if tables else None)
    if run.as_json:
        print_json(evidence_summary(table, conditioned, refused))
        return
    where = f"Tables: {', '.join(str(saved.shown(file)) for file in written)}" if written else ""
    print_view(evidence_view(saved.results, table, conditioned, refused, where))


def _chart(table: pd.DataFrame, about: Provenance) -> Axes:
    from sim.charts import evidence as chart

    return chart(table, subject=about.title, level=about.level)
