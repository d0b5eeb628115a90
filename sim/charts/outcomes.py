"""Chart `outcomes`: how likely each outcome is."""

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.intervals import interval_rows, sample


def outcomes(
    table: pd.DataFrame, *, subject: str = "", interval: str = "", ax: Axes | None = None
) -> Axes:
    """Probability of each outcome with its interval, from the run's table of outcomes.

    `subject` is what the scenario is about, `interval` says what the interval holds.
    """
    ax = style.axes(ax, rows=len(table))
    interval_rows(ax, style.titles(table), table)
    title = f"How likely is each outcome?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel=sample(table, interval))
    return ax
