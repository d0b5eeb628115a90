"""Chart `shapley`: what each intervention adds to their joint effect on an outcome."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.effects.differences import points_axis
from sim.charts.tables import drawn_from
from sim.formatting import plain, rounded
from sim.results.level import LEVEL, at_level

ALONE = 13  # points: the tick of an effect by itself


@drawn_from(
    "`comparison.shapley`",
    *("outcome", "intervention", "alone", "shapley", "mc_low", "mc_high", "joint"),
)
def shapley(
    table: pd.DataFrame,
    *,
    outcome: str,
    title: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """The Shapley value of each intervention in percentage points, the largest on top.

    With its sampling interval; a tick says what the intervention does by itself. `title` is what a
    reader calls the outcome, `names` what a reader calls an intervention.
    """
    own = table[table["outcome"] == outcome]
    own = own.iloc[own["shapley"].abs().argsort(kind="stable")[::-1].to_numpy()]
    ax = style.axes(ax, rows=max(len(own), 1))
    ax.axvline(0, color=style.faint(), linewidth=1)
    for place, (_, row) in enumerate(own.iterrows()):
        if pd.notna(row["mc_low"]):
            style.reach(ax, place, row["mc_low"], row["mc_high"])
        style.dot(ax, place, row["shapley"], hollow=False)
        ax.plot(row["alone"], place, marker="|", markersize=ALONE, color=style.ink())
        said = f"{100 * row['shapley']:+.2g} (alone {100 * row['alone']:+.2g})"
        style.beside(ax, place, said)
    called = [(names or {}).get(one) or plain(one) for one in map(str, own["intervention"])]
    style.rows(ax, [style.broken(one) for one in called])
    # The tick too: an effect by itself may be much larger than its share of the joint one.
    ends = own[["shapley", "alone", "mc_low", "mc_high"]].abs().max()
    points_axis(ax, float(ends.max()) if len(own) else 0.0)
    below = "percentage points of the joint effect (line: {level}, sampling; tick: by itself)"
    below = at_level(below, level)
    if len(own):
        joint = rounded(100 * float(own["joint"].iloc[0]), 2, sign=True)
        below = f"joint effect {joint} points\n{below}"
    asked = f"What each adds: {title or plain(outcome)}"
    style.frame(ax, f"{asked}{' – ' + subject if subject else ''}", xlabel=below)
    return ax
