"""Chart `outcomes`: how likely each outcome is."""

from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.statistics.intervals import LABELS, layers_of
from sim.charts import style
from sim.charts.intervals import interval_rows, sample
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.results.tables import RunTables
from sim.scenario import Scenario


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """One chart of all outcomes."""
    about = run.provenance
    yield Drawing(
        "outcomes",
        lambda: outcomes(
            run.outcomes,
            headlines=about.headlines,
            subject=about.title,
            interval=LABELS[layers_of(run)],
        ),
    )


@drawn_from("`results.outcomes`", "n", "probability", "mc_low", "mc_high")
def outcomes(
    table: pd.DataFrame,
    *,
    headlines: Collection[str] = (),
    subject: str = "",
    interval: str = "",
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """Probability of each outcome with its interval, from the run's table of outcomes.

    The names of headlines are bold, and a thin line parts them from the rest where they come first.
    `subject` is what the scenario is about, `interval` says what the interval holds.
    """
    ax = style.axes(ax, rows=len(table))
    interval_rows(ax, style.titles(table), table, label=label, color=color, **look)
    first = [str(name) in headlines for name in table.index]
    for tick, bold in zip(ax.get_yticklabels(), first, strict=False):
        tick.set_fontweight("bold" if bold else "normal")
    # a line only where headlines are one block at the top, which is not the author's duty
    if 0 < sum(first) < len(first) and all(first[: sum(first)]):
        ax.axhline(sum(first) - 0.5, color=style.faint(), linewidth=0.8)
    title = f"How likely is each outcome?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel=sample(table, interval))
    return ax
