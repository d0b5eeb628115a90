"""Chart `clauses`: which treaty clauses were called, and how they were answered."""

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.wording import plain
from sim.charts import style
from sim.charts.intervals import interval_rows


def clauses(table: pd.DataFrame, *, subject: str = "", ax: Axes | None = None) -> Axes:
    """A row for each clause, of all paths, and below it one for each answer, of those called.

    Drawn from the analysis of the same name. A clause that was never called says so, and its
    answers, which nobody was asked for, are left out.
    """
    called = table[table["response"] == ""].set_index("clause")["hits"]
    shown = table[(table["response"] == "") | (table["clause"].map(called) > 0)]
    ax = style.axes(ax, rows=len(shown))
    labels = [
        f"{clause} called" if not response else f"{plain(str(response))}"
        for clause, response in zip(shown["clause"], shown["response"], strict=True)
    ]
    interval_rows(ax, labels, shown)
    for label, response in zip(ax.get_yticklabels(), shown["response"], strict=True):
        label.set_fontweight("bold" if not response else "normal")
    for row, response in enumerate(shown["response"]):
        if not response:
            ax.axhspan(row - 0.46, row + 0.46, color=style.GROUND, alpha=0.6, linewidth=0)
    title = f"Which clause is called, and how is it answered?{' – ' + subject if subject else ''}"
    asked = style.shares(table.loc[table["response"] == "", "n"], "called: share of all paths")
    sample = f"{asked}; answers: share of the paths that called it"
    if table["n"].notna().any():  # narrower than an outcome's, whose interval counts the draws too
        sample += "\n90 % intervals: sampling only, taking paths of a draw as independent"
    style.frame(ax, title, xlabel=sample)
    return ax
