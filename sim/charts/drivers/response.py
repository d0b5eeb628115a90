"""Chart `response`: an outcome over the range of one parameter, with both layers."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import plain


@drawn_from(
    "`results.response(parameter)`",
    "outcome",
    "parameter",
    "value",
    "choice",
    "probability",
    "low",
    "high",
    "mc_low",
    "mc_high",
    "n",
)
def response(
    table: pd.DataFrame, *, outcome: str, title: str = "", unit: str = "", ax: Axes | None = None
) -> Axes:
    """Probability of an outcome over a parameter, from `Results.response`.

    The pale band is parameter uncertainty (of all other parameters; none where it is not resolved),
    the dark one sampling error. `title` is what a reader calls the outcome, `unit` the parameter's.
    """
    rows = table[table["outcome"] == outcome].reset_index(drop=True)
    ax = style.axes(ax)
    named = bool((rows["choice"] != "").all())
    # Choices have no distance between them: they stand side by side, without a line.
    places = rows.index.to_numpy() if named else rows["value"].to_numpy()
    for low, high, alpha, label in (
        ("low", "high", 0.18, "parameter uncertainty"),
        ("mc_low", "mc_high", 0.55, "sampling error"),
    ):
        if rows[low].isna().all():
            continue
        drawn: dict[str, Any] = {"color": style.accent(), "alpha": alpha, "label": label}
        if named:
            ax.vlines(places, rows[low], rows[high], linewidth=9, **drawn)
        else:
            ax.fill_between(places, rows[low], rows[high], linewidth=0, **drawn)
    line = "none" if named else "-"
    ax.plot(
        places, rows["probability"], marker="o", markersize=4, linestyle=line, color=style.ink()
    )
    if named:
        ax.set_xticks(places, rows["choice"])
        ax.set_xlim(-0.5, len(rows) - 0.5)
    highest = float(rows[["high", "mc_high", "probability"]].max().max())
    # of bars the legend has the room above
    style.share_axis(ax, highest * 1.2 if named else highest, of="y")
    ax.legend(frameon=False, fontsize=style.size(9), loc="best")
    parameter = plain(str(rows["parameter"].iloc[0]))
    n = int(rows["n"].iloc[0])
    style.frame(
        ax,
        f"{title or plain(outcome)}, by {parameter}",
        xlabel=f"{parameter}{f' ({unit})' if unit else ''}; everything else as drawn",
        ylabel=f"probability (n = {n:,} at each)",
    )
    return ax
