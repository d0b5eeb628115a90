"""Chart `differences`: what each intervention changes about one outcome."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import effects, plain
from sim.results.level import LEVEL, at_level


@drawn_from(
    "`comparison.table`",
    "twin",
    "outcome",
    "difference",
    "low",
    "high",
    "mc_low",
    "mc_high",
    "changed",
    "n",
)
def differences(
    table: pd.DataFrame,
    *,
    outcome: str,
    title: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    interval: str = "",
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """Difference of an outcome's probability with each intervention, from `Comparison.table`.

    In percentage points around the line of no difference: a thick bar for the sampling interval, a
    thin line over `level` of parameter draws where known. `title` is what a reader calls the
    outcome, `names` what a reader calls an intervention. The largest effect is on top; one
    that changes no path has a hollow mark and no interval.
    """
    # the largest effect on top, whichever way it goes
    rows = table[table["outcome"] == outcome]
    rows = rows.iloc[(-rows["difference"].abs()).argsort(kind="stable").to_numpy()]
    ax = style.axes(ax, rows=len(rows))
    ax.axvline(0, color=style.faint(), linewidth=1)
    found = [row for _, row in rows.iterrows()]
    for place, (row, said) in enumerate(zip(found, effects(found), strict=True)):
        # missing is not idle: a solution counts no paths, and may still differ
        idle = row["changed"] is not pd.NA and row["changed"] == 0
        if not idle:
            ax.hlines(place, row["mc_low"], row["mc_high"], color=style.accent(), linewidth=4.5)
            if pd.notna(row["low"]):
                style.reach(ax, place, row["low"], row["high"])
        style.dot(ax, place, row["difference"], hollow=idle)
        style.beside(ax, place, said)
    called = [(names or {}).get(name) or plain(name) for name in map(str, rows["twin"])]
    style.rows(ax, [style.broken(name) for name in called])
    ends = rows[["low", "high", "mc_low", "mc_high"]].abs().max()
    points_axis(ax, float(ends.max()) if len(rows) else 0.0)
    asked = f"What would change: {title or plain(outcome)}?"
    n = rows["n"].dropna()
    label = f"difference in percentage points{f' (n = {int(n.max()):,})' if len(n) else ''}"
    if rows["low"].notna().any():
        interval = at_level(f"{interval}; thin line: {{level}} of parameter draws", level)
        interval = interval.removeprefix("; ")
    style.frame(
        ax,
        f"{asked}{' – ' + subject if subject else ''}",
        xlabel=f"{label}\n{interval}" if interval else label,
    )
    return ax


def points_axis(ax: Axes, farthest: float) -> None:
    """Percentage points with their sign, as far to either side as the farthest end of an interval.

    Symmetric, so that what raises the probability and what lowers it can be compared by eye.
    """
    reach = 1.06 * farthest if farthest > 0 else 0.01
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda share, _: f"{100 * share:+.10g}" if share else "0")
    )
