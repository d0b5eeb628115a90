"""Chart `importance`: through which clauses, moves, events and options an outcome comes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.intervals import interval_rows
from sim.charts.tables import drawn_from

MOST = 20  # elements on a page


@drawn_from(
    "`results.why(outcome).importance`", "element", "kind", "share", "n", "mc_low", "mc_high"
)
def importance(
    table: pd.DataFrame,
    *,
    outcome: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    interval: str = "",
    ax: Axes | None = None,
) -> Axes:
    """A row for each element with a large share, from the analysis of the same name.

    `outcome` is what a reader calls the outcome, `names` what a reader calls each element,
    `subject` what the scenario is about, `interval` says what the interval holds. Options are in
    italics.
    """
    few = table.head(MOST).assign(probability=lambda rows: rows["share"])
    ax = style.axes(ax, rows=max(len(few), 1))
    labels = [style.broken((names or {}).get(str(one), str(one))) for one in few["element"]]
    interval_rows(ax, labels, few, highest=1.0)
    for label, kind in zip(ax.get_yticklabels(), few["kind"], strict=True):
        label.set_fontstyle("italic" if kind == "option" else "normal")
    title = f"Through what does the outcome come?{' – ' + outcome if outcome else ''}"
    n = int(few["n"].iloc[0]) if len(few) else 0
    share = f"share of the {n:,} paths that reach it, whose route goes through"
    below = "\n".join(part for part in (share, interval, subject) if part)
    style.frame(ax, title, xlabel=below)
    return ax
