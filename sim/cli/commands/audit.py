"""The command `audit`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import RunOptions, chart_file, takes_run
from sim.cli.printing import print_json, print_view
from sim.cli.run_or_load import chosen_size, run_or_load

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from sim.api.audits import Audit
    from sim.results.provenance import Provenance
    from sim.scenario import Scenario


@takes_run("draws", "paths", "seed", "engine", "workers", "level", draws=("audit",))
def audit(
    run: RunOptions,
    outcome: Annotated[
        str, typer.Argument(metavar="[OUTCOME]", help="Default: the headlines.")
    ] = "",
    between: Annotated[
        str,
        typer.Option(
            metavar="NAME[,NAME...]",
            help="Also: what is it worth to know an assumption before one of these interventions, "
            "or none, is chosen? a+b is both.",
        ),
    ] = "",
    on: Annotated[
        str,
        typer.Option(
            metavar="OUTCOME",
            help="The outcome that the choice is to make least likely.",
            show_default="OUTCOME, if given",
        ),
    ] = "",
    more: Annotated[
        bool, typer.Option("--more", help="The choice is to make it most likely instead.")
    ] = False,
    group: Annotated[
        str,
        typer.Option(
            metavar="A+B[,C+D...]",
            help="With --between: what is it worth to know these assumptions together?",
        ),
    ] = "",
    chart: Annotated[Path | None, chart_file("the first outcome")] = None,
) -> None:
    """Show which assumptions to look into first: strong influence, weak source."""
    asked: dict[str, Any] = {
        "between": [name.strip() for name in between.split(",") if name.strip()],
        "on": on or None,
        "more": more,
        "groups": [name.strip() for name in group.split(",") if name.strip()],
    }
    check = partial(_refuse, outcome=outcome or None, **asked)
    saved = run_or_load(run, check)
    from sim.api.audits import audit as audited
    from sim.report.screens.audit import audit_view

    size = chosen_size(run, saved.results)
    found = audited(saved.results, outcome or None, **asked, size=size)
    tables = {"-".join(part for part in ("audit", outcome) if part): found.table}
    if found.choice is not None and found.choice.information is not None:
        known, name = found.choice.information, found.choice.outcome
        tables |= {f"audit-decisions-{name}": known.decisions}
        tables |= {f"audit-information-{name}": known.table}
    about = saved.results.provenance
    added = saved.add(tables, _charts(found, about), first=chart)
    files = [saved.shown(file) for file in added]
    if run.as_json:
        print_json({"scenario": about.scenario, "seed": about.seed, **found.summary()})
    else:
        many = "Tables" if len(files) > 1 else "Table"
        print_view(audit_view(found, f"{many}: {', '.join(map(str, files))}"))


def _charts(found: Audit, about: Provenance) -> dict[str, Callable[[], Axes]]:
    """A chart of each outcome in which anything can be told from noise."""
    made: dict[str, Callable[[], Axes]] = {}
    for target in found.targets:
        own = found.table[found.table["outcome"] == target.name]
        if own["told"].any():
            made[f"audit-{target.name}"] = partial(_chart, own, target.title, about)
    return made


def _chart(table: object, title: str, about: Provenance) -> Axes:
    import pandas as pd

    from sim.charts import audit as chart

    assert isinstance(table, pd.DataFrame)
    return chart(table, title=title, subject=about.title, level=about.level)


def _refuse(
    scenario: Scenario,
    *,
    outcome: str | None,
    between: list[str],
    on: str | None,
    more: bool,
    groups: list[str],
) -> None:
    """Refuse names that the scenario has not, before it is run, which may take minutes."""
    from sim.api.audits import refuse_choice
    from sim.api.sensitivities import askable

    askable(scenario.model, outcome, "probability")
    refuse_choice(scenario, between, on, outcome, more=more, groups=groups)
