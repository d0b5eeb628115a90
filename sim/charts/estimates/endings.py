"""Chart `endings`: how paths ended."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.statistics.intervals import label_of
from sim.charts import layers, style
from sim.charts.intervals import interval_rows, sample
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.results.tables import RunTables
from sim.scenario import Scenario


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """One chart of all endings."""
    about = run.provenance
    label = label_of(run)
    yield Drawing("endings", lambda: endings(run.endings, subject=about.title, interval=label))


@drawn_from("`results.endings`", "n", "probability", "mc_low", "mc_high")
def endings(
    table: pd.DataFrame,
    *,
    subject: str = "",
    interval: str = "",
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """Share of paths with each ending and its interval, over bars that add up to the whole."""
    ax = style.axes(ax, rows=len(table))
    # bars, since endings exclude each other and add up; outcomes do not
    if not layers.count(ax):
        ax.barh(range(len(table)), table["probability"], height=0.62, color=style.ground())
    interval_rows(ax, style.titles(table), table, label=label, color=color, **look)
    title = f"How does it end?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel=sample(table, interval))
    return ax
