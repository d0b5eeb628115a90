"""Chart `structure`: which part of the variance of a probability is which choice's."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import plain

# told apart in grey print by lightness, and by their hatching where they are small
FILLS = {
    "between variants": ("#0b5394", ""),
    "parameters": ("#7fb2e5", ""),
    "interaction": ("#ffffff", "////"),
}


@drawn_from("`sim.analysis.decomposition`", "outcome", "part", "share", "sd")
def structure(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """One bar an outcome, split as `sim.analysis.drivers.structure.decomposition` splits its
    variance.

    `names` say what a reader calls an outcome. At the right the standard deviation of its
    probability. An outcome of which nothing varies keeps its row and has no bar.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    ax = style.axes(ax, rows=len(outcomes) + 1)
    for row, outcome in enumerate(outcomes):
        parts = table[table["outcome"] == outcome].set_index("part")
        if parts["share"].isna().any():
            style.beside(ax, row, "nothing varies")
            continue
        left = 0.0
        for part, (colour, hatch) in FILLS.items():
            width = float(parts.loc[part, "share"])
            ax.barh(
                row,
                width,
                left=left,
                height=0.6,
                color=colour,
                hatch=hatch,
                edgecolor=style.ink(),
                linewidth=0.6,
            )
            left += width
        # Variances add up, standard deviations do not.
        sd = float((parts["sd"] ** 2).sum() ** 0.5)
        style.beside(ax, row, f"sd {100 * sd:.2g} points")
    called = [(names or {}).get(outcome) or plain(outcome) for outcome in outcomes]
    style.rows(ax, [style.broken(name) for name in called])
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=style.ink(), linewidth=0.6)
        for colour, hatch in FILLS.values()
    ]
    style.legend_below(ax, handles, list(FILLS))
    title = f"Variants or parameters?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel="share of the variance of the outcome's probability")
    return ax
