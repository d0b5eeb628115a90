"""The command `why`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import LEFT_OUT, RunOptions, chart_file, count, takes_run
from sim.cli.printing import command_line, print_json, print_view
from sim.cli.run_or_load import SavedResults, run_or_load
from sim.errors import UsageError, require_int, unknown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.api.whys import Why
    from sim.scenario import Scenario


@takes_run(
    "draws",
    "paths",
    "seed",
    "engine",
    "workers",
    "level",
    draws=("importance", "routes", "tree", "forks"),
)
def why(
    run: RunOptions,
    outcome: Annotated[
        str, typer.Argument(metavar="[OUTCOME]", help="Default: the headlines.")
    ] = "",
    cut: Annotated[
        int,
        typer.Option(
            metavar="[N]",
            help="Also what it would be without, and with the certainty of, the N elements of "
            f"largest share ({LEFT_OUT['--cut']} without a number); walks paths again.",
            show_default="none",
            parser=count,
        ),
    ] = 0,
    chart: Annotated[
        Path | None,
        chart_file("the shares of the elements"),
    ] = None,
) -> None:
    """Show by which routes an outcome comes, through what, and where paths part."""
    require_int("cut", cut, 0)
    saved = run_or_load(run, partial(_names, outcome=outcome))
    from sim.api.whys import whys
    from sim.report.screens.why import why_view
    from sim.scenario import titles_of

    loaded, model = saved.scenario, saved.scenario.model
    names = _names(loaded, outcome=outcome)
    found = whys(model, saved.results, names, cut=cut, workers=run.plan["workers"])
    tables: dict[str, Any] = {}
    for one in found:
        tables |= one.frames()
    # of what was never reached, or holds from the start, there is nothing to draw
    charts: dict[str, Callable[[], Axes]] = {
        f"why-{one.outcome}-importance": partial(_chart, one, loaded)
        for one in found
        if len(one.importance)
    }
    for one in found:
        charts |= _more_charts(one, saved)
    files = saved.add(tables, charts, first=chart)
    if run.as_json:
        about = saved.results.provenance
        rows = [one.summary() for one in found]
        print_json({"scenario": about.scenario, "seed": about.seed, "why": rows})
    else:
        where = f"Tables: {files[0].parent}"
        show = partial(command_line, run.context)
        view = why_view(model, found, titles_of(loaded), run.scenario.as_posix(), where, show)
        print_view(view)


def _names(scenario: Scenario, *, outcome: str) -> list[str]:
    """The outcome asked for, or the headlines, or all where there is none."""
    known = [one.name for one in scenario.model.outcomes]
    if not known:
        raise UsageError("the scenario has no outcome, so there is nothing to ask about")
    if outcome and outcome not in known:
        raise UsageError(unknown("outcome", outcome, known))
    headlines = [one.name for one in scenario.model.outcomes if one.headline]
    return [outcome] if outcome else headlines or known


def _more_charts(found: Why, saved: SavedResults) -> dict[str, Callable[[], Axes]]:
    """Streams of its routes, the tree of what came first, the decisions at which paths part."""
    if not len(found.importance):
        return {}
    from sim.api.plots import RunPlots

    plots = RunPlots(replace(saved.results, source=saved.scenario))
    name = f"why-{found.outcome}"
    by_depth = found.routes.set_index("depth")
    drawn: dict[str, Callable[[], Axes]] = {
        f"{name}-routes": partial(plots.routes, found.outcome, table=by_depth.loc[["clauses"]]),
        f"{name}-tree": partial(plots.tree, found.outcome, table=by_depth.loc[["options"]]),
    }
    if len(found.forks):
        drawn[f"{name}-forks"] = partial(plots.forks, found.outcome, table=found.forks)
    return drawn


def _chart(found: Why, scenario: Scenario) -> Axes:
    from sim.report.pictures import importance_of
    from sim.scenario import titles_of

    return importance_of(found, scenario.model, titles_of(scenario))
