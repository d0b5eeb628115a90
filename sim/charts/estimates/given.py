"""Chart `given`: how likely each outcome and ending is, given that one outcome came."""

from collections.abc import Collection
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.intervals import interval_rows, sample
from sim.charts.tables import drawn_from


@drawn_from("`results.given(outcome).table`", "kind", "n", "probability", "mc_low", "mc_high")
def given(
    table: pd.DataFrame,
    *,
    condition: str,
    subject: str = "",
    interval: str = "",
    shown: Collection[str] | None = None,
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """A row for each outcome, then for each ending, of the analysis of the same name.

    `condition` is the title of the outcome that came; `interval` says what the interval holds.
    `shown` are the names of the outcomes to draw, by default all; endings that came in none of the
    paths are then left out too, and below stands how many rows are drawn.
    """
    every = len(table)
    if shown is not None:
        wanted = (table["kind"] == "outcome") & table["name"].isin(shown)
        table = table[wanted | ((table["kind"] != "outcome") & (table["hits"] > 0))]
    ax = style.axes(ax, rows=len(table))
    interval_rows(ax, style.titles(table), table, highest=1.0, label=label, color=color, **look)
    outcomes = int((table["kind"] == "outcome").sum())
    if 0 < outcomes < len(table):  # a line between outcomes and endings
        ax.axhline(outcomes - 0.5, color=style.faint(), linewidth=0.8)
    title = f"Given “{condition}”, how likely is each outcome and ending?"
    below = sample(table, interval)
    if len(table) < every:
        below += (
            f"\n{len(table)} of {every} rows: headlines, what their paths pass through, endings"
        )
        below += " that came"
    style.frame(ax, f"{title}{' – ' + subject if subject else ''}", xlabel=below)
    return ax
