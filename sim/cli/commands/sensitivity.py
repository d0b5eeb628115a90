"""The command `sensitivity`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import RunOptions, chart_file, count, takes_run
from sim.cli.printing import print_json, print_view
from sim.cli.run_or_load import SavedResults, chosen_size, run_or_load
from sim.errors import UsageError, unknown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.drivers.draw_targets import Target
    from sim.api.sourced import SourcedTables
    from sim.scenario import Scenario


@takes_run(
    "draws", "paths", "seed", "engine", "workers", "level", draws=("sensitivity", "response")
)
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
    stipulated: Annotated[
        bool,
        typer.Option(
            "--stipulated",
            help="Also vary named delays and numbers written in rules, by a factor of 0.5 to 2.",
        ),
    ] = False,
    response: Annotated[
        str,
        typer.Option(
            metavar="PARAMETER[,PARAMETER...]",
            help="Instead: the outcome over the range of each of these, the rest as drawn.",
        ),
    ] = "",
    chart: Annotated[
        Path | None,
        chart_file("the first outcome and parameter"),
    ] = None,
) -> None:
    """Show which parameters move an outcome, and which cannot be told from noise."""
    if design and response:
        raise UsageError("--design and --response are two questions; ask one at a time")
    if stipulated and response:
        raise UsageError("--response has no use for --stipulated; ask one at a time")
    parameters = response.split(",") if response else []
    check = partial(_refuse_unknown, outcome=outcome, of=of, parameters=parameters)
    saved = run_or_load(run, check)
    if response:
        _response(saved, parameters, outcome or None, run.as_json, chart)
    else:
        size = (rows, row_paths) if design else None
        asked = _Asked(outcome=outcome or None, of=of, size=size, stipulated=stipulated)
        _indices(saved, asked, run, chart)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which indices, of what."""

    outcome: str | None
    of: str
    size: tuple[int, int] | None  # rows of a design, and paths in each
    stipulated: bool

    def name(self, outcome: str | None) -> str:
        """The name of a table or chart: of one outcome, or of all that are asked about."""
        of = self.of if self.of != "probability" else ""
        parts = ["sensitivity", outcome, of, "design" if self.size else ""]
        return "-".join(part for part in [*parts, "stipulated" * self.stipulated] if part)


def _indices(saved: SavedResults, asked: _Asked, options: RunOptions, chart: Path | None) -> None:
    from sim.api import sensitivities
    from sim.api.stipulated import with_stipulated
    from sim.report.screens.sensitivity import sensitivity_view

    run: SourcedTables = saved.results
    varied = None
    if asked.stipulated:
        run, varied = with_stipulated(saved.results, size=chosen_size(options, saved.results))
    if asked.size is not None:
        rows, paths = asked.size
        found = sensitivities.design(run, asked.outcome, asked.of, rows=rows, paths=paths)
    else:
        found = sensitivities.sensitivity(run, asked.outcome, asked.of)
    about = run.provenance
    charts = {
        asked.name(target.name): partial(_chart, found.table, target, about.level)
        for target in found.targets
        if target.name not in found.untold
    }
    (file,) = saved.add({asked.name(asked.outcome): found.table}, charts, first=chart)
    if options.as_json:
        print_json({"scenario": about.scenario, "seed": about.seed, **found.summary()})
    else:
        is_design = asked.size is not None
        where = f"Table: {file}"
        print_view(sensitivity_view(about, found, where, design=is_design, varied=varied))


def _response(
    saved: SavedResults,
    parameters: list[str],
    outcome: str | None,
    as_json: bool,
    chart: Path | None,
) -> None:
    import pandas as pd

    from sim.api import sensitivities
    from sim.report.screens.sensitivity import response_view

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


def _chart(table: pd.DataFrame, target: Target, level: float) -> Axes:
    from sim.report.pictures import sensitivity_of

    return sensitivity_of(table, target, level)


def _curve(curve: pd.DataFrame, titles: pd.Series[str]) -> Axes:
    """The response of the first outcome."""
    from sim.charts import response

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
