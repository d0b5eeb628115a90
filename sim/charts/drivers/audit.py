"""Chart `audit`: assumptions by influence and grade, the diagnostic diagram of NUSAP."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import plain, sample_size
from sim.results.level import LEVEL, at_level

MOST = 20  # assumptions in a chart


@drawn_from(
    "`results.audit(outcome).table`",
    "name",
    "influence",
    "low",
    "high",
    "floor",
    "told",
    "grade",
    "weakness",
    "unconfirmed",
)
def audit(
    table: pd.DataFrame,
    *,
    title: str = "",
    subject: str = "",
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """Influence of the assumptions that can be told from noise, by grade, from `Results.audit`.

    The table is of one outcome, which a reader calls `title`. Weak sources are on top, so that what
    to look into first is at the top right; each grade is a band, in which the most influential
    comes first. With the interval and, as a tick, what a dummy reaches; hollow where only another
    index is above its dummies. `subject` is what the
    scenario is about.
    """
    # of no assumption at all the column has no type of its own
    told = table[table["told"].astype(bool)].head(MOST)
    told = told.sort_values(["weakness", "influence"], ascending=False, kind="stable")
    ax = style.axes(ax, rows=max(len(told), 1))
    for place, (_, row) in enumerate(told.iterrows()):
        style.reach(ax, place, row["low"], row["high"])
        style.dot(ax, place, row["influence"], hollow=not row["influence"] > row["floor"])
        ax.plot(row["floor"], place, marker="|", markersize=14, color=style.ink())
        style.beside(ax, place, _grade(row))
    style.rows(ax, [style.broken(str(name)) for name in told["name"]])
    _bands(ax, told)
    farthest = float(told[["high", "floor"]].max().max()) if len(told) else 1.0
    ax.set_xlim(0, min(1.06 * farthest, 1.0))
    style.frame(ax, f"What to look into first: {title}", xlabel=_below(table, subject, level))
    return ax


def _grade(row: "pd.Series[Any]") -> str:
    """The grade of the source, in words."""
    unchecked = ", unconfirmed" if row["unconfirmed"] else ""
    return f"{plain(str(row['grade'])).lower()}{unchecked}"


def _bands(ax: Axes, told: pd.DataFrame) -> None:
    """A line between two grades, so that each is seen to be a band."""
    weakness = told["weakness"].tolist()
    for place in range(1, len(weakness)):
        if weakness[place] != weakness[place - 1]:
            ax.axhline(place - 0.5, color=style.faint(), linewidth=0.8, linestyle=":")


def _below(table: pd.DataFrame, subject: str, level: float) -> str:
    label = "influence: size of the rank correlation with the outcome"
    if len(table):
        one, mass = table.iloc[0], at_level("{level}", level)
        hidden = int((~table["told"] & (table["reason"] == "")).sum())
        label += (
            f"\n({mass} intervals; n = {sample_size(one['draws'], one['paths'])}; tick: what "
            f"a dummy reaches;\n{hidden:,} cannot be told from noise; right: grade of the source)"
        )
    return f"{label}\n{subject}" if subject else label
