"""The command `sensitivity`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import RunOptions, chart_file, count, takes_run
from sim.cli.printing import print_json, print_view
from sim.cli.run_or_load import SavedResults, run_or_load
from sim.errors import UsageError, unknown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.drivers.draw_targets import Target
    from sim.scenario import Scenario


@takes_run("draws", "paths", "seed", "engine", "workers")
def sensitivity(
    run: RunOptions,
    outcome: Annotated[
        str, typer.Argument(metavar="[OUTCOME]", help="Default: the headlines.")
    ] = "",
    of: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="probability, time, or rung: the highest rung reached on each ladder (OUTCOME is "
            "then a state variable).",
        ),
    ] = "probability",
    design: Annotated[
        bool,
        typer.Option("--design", help="Walk a designed sample: also what parameters do together."),
    ] = False,
    rows: Annotated[int, typer.Option(help="Rows of the design.", metavar="R", parser=count)] = 200,
    row_paths: Annotated[
        int, typer.Option(help="Paths in each row of the design.", metavar="N", parser=count)
    ] = 100,
    response: Annotated[
        str,
        typer.Option(
            metavar="PARAMETER[,PARAMETER...]",
            help="Instead: the outcome over the range of each of these, the rest as drawn.",
        ),
    ] = "",
    chart: Annotated[
        Path | None,
        chart_file("Also draw it, for the first outcome and parameter, into this file."),
    ] = None,
) -> None:
    """Show which parameters move an outcome, and which cannot be told from noise."""
    if design and response:
        raise UsageError("--design and --response are two questions; ask one at a time")
    parameters = response.split(",") if response else []
    check = partial(_refuse_unknown, outcome=outcome, of=of, parameters=parameters)
    saved = run_or_load(run, check)
    if response:
        _response(saved, parameters, outcome or None, run.as_json, chart)
    else:
        size = (rows, row_paths) if design else None
        _indices(saved, outcome or None, of, size, run.as_json, chart)


def _indices(
    saved: SavedResults,
    outcome: str | None,
    of: str,
    size: tuple[int, int] | None,
    as_json: bool,
    chart: Path | None,
) -> None:
    from sim.api import sensitivities
    from sim.report.sensitivity_view import sensitivity_view

    if size is not None:
        found = sensitivities.design(saved.results, outcome, of, rows=size[0], paths=size[1])
    else:
        found = sensitivities.sensitivity(saved.results, outcome, of)
    kind = [of if of != "probability" else "", "design" if size else ""]

    def named(target: str | None) -> str:
        return "-".join(part for part in ("sensitivity", target, *kind) if part)

    charts = {
        named(target.name): partial(_chart, found.table, target)
        for target in found.targets
        if target.name not in found.untold
    }
    (file,) = saved.add({named(outcome): found.table}, charts, first=chart)
    about = saved.results.provenance
    if as_json:
        print_json({"scenario": about.scenario, "seed": about.seed, **found.summary()})
    else:
        print_view(sensitivity_view(about, found, f"Table: {file}", design=size is not None))


def _response(
    saved: SavedResults,
    parameters: list[str],
    outcome: str | None,
    as_json: bool,
    chart: Path | None,
) -> None:
    import pandas as pd

    from sim.api import sensitivities
    from sim.report.sensitivity_view import response_view

    about, titles = saved.results.provenance, saved.results.outcomes["title"]
    curves = {one: sensitivities.response(saved.results, one, outcome) for one in parameters}
    of = f"-{outcome}" if outcome else ""
    names = {one: f"response-{one}{of}" for one in parameters}
    files = saved.add(
        {names[one]: curve for one, curve in curves.items()},
        {names[one]: partial(_curve, curve, titles) for one, curve in curves.items()},
        first=chart,
    )
    if as_json:
        rows = sensitivities.records(pd.concat(curves.values(), ignore_index=True))
        print_json({"scenario": about.scenario, "seed": about.seed, "response": rows})
        return
    for curve, file in zip(curves.values(), files, strict=True):
        print_view(response_view(about, curve, titles, f"Table: {file}"))


def _chart(table: pd.DataFrame, target: Target) -> Axes:
    from sim.report.pictures import sensitivity_of

    return sensitivity_of(table, target)


def _curve(curve: pd.DataFrame, titles: pd.Series[str]) -> Axes:
    """The response of the first outcome."""
    from sim.charts.response import response

    outcome = str(curve["outcome"].iloc[0])
    return response(curve, outcome=outcome, title=str(titles[outcome]))


def _refuse_unknown(scenario: Scenario, *, outcome: str, of: str, parameters: list[str]) -> None:
    """Refuse names that the scenario has not, before it is run, which may take minutes."""
    from sim.api.sensitivities import askable

    askable(scenario.model, outcome or None, of)
    known = [one.name for one in scenario.model.parameters]
    for name in parameters:
        if name not in known:
            raise UsageError(unknown("parameter", name, known))
