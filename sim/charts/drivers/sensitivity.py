"""Chart `sensitivity`: which parameters move an outcome, with intervals and what dummies reach."""

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import plain, sample_size
from sim.results.level import LEVEL, at_level

LABELS = {
    "total": "total index",
    "first_order": "first-order index",
    "rank_correlation": "rank correlation",
    "pawn": "PAWN",
    "delta": "delta",
}
MOST = 15  # parameters in a chart


@drawn_from(
    "`results.sensitivity(outcome)`",
    "outcome",
    "index",
    "parameter",
    "value",
    "low",
    "high",
    "floor",
    "told",
    "clears",
)
def sensitivity(
    table: pd.DataFrame,
    *,
    outcome: str,
    index: str = "first_order",
    title: str = "",
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """One index of the parameters that can be told from noise, from `Results.sensitivity`.

    With its interval and, as a tick, the floor that dummies reach; hollow where it is below. How
    many parameters cannot be told from noise stands below. `title` is what a reader calls the
    outcome.
    """
    rows = table[(table["outcome"] == outcome) & (table["index"] == index)]
    told = rows[rows["told"] & rows["value"].notna()].head(MOST)
    ax = style.axes(ax, rows=max(len(told), 1))
    for place, (_, row) in enumerate(told.iterrows()):
        style.reach(ax, place, row["low"], row["high"])
        style.dot(ax, place, row["value"], hollow=not row["clears"])
        ax.plot(row["floor"], place, marker="|", markersize=14, color=style.ink())
    style.rows(ax, [style.broken(plain(name)) for name in told["parameter"]])
    _axis(ax, told, index)
    size = ""
    if len(rows):
        one, mass = rows.iloc[0], at_level("{level}", level)
        hidden = int((~rows["told"]).sum())
        size = (
            f" ({mass} intervals; n = {sample_size(one['draws'], one['paths'])}; "
            f"tick: what a dummy reaches;\n{hidden:,} parameters cannot be told from noise)"
        )
    style.frame(ax, f"What moves it: {title or plain(outcome)}", xlabel=f"{LABELS[index]}{size}")
    return ax


def _axis(ax: Axes, told: pd.DataFrame, index: str) -> None:
    """A share from 0, or a correlation as far to either side of 0."""
    ends = told[["low", "high", "floor"]].abs().to_numpy()
    farthest = float(ends.max()) if ends.size else 1.0
    if index in ("total", "first_order"):
        style.share_axis(ax, farthest)
        return
    reach = min(1.06 * farthest, 1.0)
    ax.set_xlim(-reach if index == "rank_correlation" else 0.0, reach)
    ax.axvline(0, color=style.faint(), linewidth=1)
