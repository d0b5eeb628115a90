"""Chart `evidence`: the record of history beside the run's estimates."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import p_value
from sim.results.level import LEVEL, at_level

ABOVE, BELOW = -0.16, 0.16  # of the middle of a row


@drawn_from(
    "`results.evidence()`",
    "record",
    "title",
    "successes",
    "trials",
    "record_low",
    "record_high",
    "probability",
    "low",
    "high",
    "p_value",
)
def evidence(
    table: pd.DataFrame, *, subject: str = "", level: float = LEVEL, ax: Axes | None = None
) -> Axes:
    """Each record's interval over the run's estimate, from `sim.analysis.evidence.evidence.record`.

    The most surprising record is on top. Black: cases of the record, with Jeffreys' interval. Blue:
    the estimate, with its parameter uncertainty where that is known.
    """
    # Small p first: what disagrees with the record is what a reader has to look into.
    ordered = table.sort_values("p_value", kind="stable")
    ax = style.axes(ax, rows=1.3 * len(ordered) + 1)
    highest = ordered[["record_high", "probability", "high"]].max().max()
    style.share_axis(ax, float(highest) if len(ordered) else 1.0)
    for row, (_, one) in enumerate(ordered.iterrows()):
        ax.hlines(
            row + ABOVE, one["record_low"], one["record_high"], color=style.ink(), linewidth=1.6
        )
        ax.plot(
            one["successes"] / one["trials"],
            row + ABOVE,
            marker="s",
            markersize=5,
            color=style.ink(),
            # Hollow for none, as elsewhere: nothing was seen, which does not mean it cannot be.
            markerfacecolor=style.ink() if one["successes"] else style.paper(),
            clip_on=False,
            zorder=3,
        )
        if pd.notna(one["low"]):
            style.band(ax, row + BELOW, one["low"], one["high"])
        style.dot(ax, row + BELOW, one["probability"], hollow=not one["probability"] > 0)
        said = f"{one['successes']:,} of {one['trials']:,}; p {p_value(one['p_value'])}"
        style.beside(ax, row, said)
    labels = [f"{one['record']}: {one['title']}" for _, one in ordered.iterrows()]
    style.rows(ax, [style.broken(label) for label in labels])
    _legend(ax, level)
    title = f"Does the run agree with the record?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel="probability; p: two-sided predictive p-value of the record")
    return ax


def _legend(ax: Axes, level: float) -> None:
    record = Line2D([], [], color=style.ink(), marker="s", markersize=5, linewidth=1.6)
    estimate = Line2D([], [], color=style.accent(), marker="o", markersize=6, linewidth=0)
    band = Patch(color=style.accent(), alpha=0.25, linewidth=0)
    labels = ["record, {level} (Jeffreys)", "estimate", "parameter uncertainty, {level}"]
    told = [at_level(label, level) for label in labels]
    style.legend_below(ax, [record, estimate, band], told)
