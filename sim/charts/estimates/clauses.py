"""Chart `clauses`: which treaty clauses were called, and how they were answered."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.estimates.clauses import NO_ANSWER
from sim.analysis.estimates.clauses import clauses as clause_table
from sim.analysis.statistics.intervals import LABELS, layers_of
from sim.charts import layers, style
from sim.charts.intervals import interval_rows
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.formatting import plain
from sim.results.tables import RunTables
from sim.scenario import Scenario, titles_of

MOST = 30  # rows on a page; `pages` turns over to the next treaty


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """All treaties on one page, or each on its own; of a solution, which counts none, nothing."""
    about = run.provenance
    if not scenario.declared.treaties or about.interval == "exact":
        return
    titles = titles_of(scenario)
    for page, table in pages(clause_table(run.coverage)).items():
        # a page of its own has the treaty in its heading, and need not repeat it in each row
        names = {
            clause: titles.of("article" if page else "clause", clause) for clause in table["clause"]
        }
        subject = f"{titles.of('treaty', page)} – {about.title}" if page else about.title
        label = LABELS[layers_of(run)]
        draw = partial(clauses, table, names=names, subject=subject, interval=label)
        yield Drawing(f"clauses-{page}" if page else "clauses", draw)


@drawn_from(
    "`results.clauses()`", "clause", "response", "hits", "n", "probability", "mc_low", "mc_high"
)
def clauses(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    subject: str = "",
    interval: str = "",
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """A row for each clause, of all paths, and below it one for each answer, of those called.

    Drawn from the analysis of the same name. A clause that was never called says so, and its
    answers, which nobody was asked for, are left out. `names` gives clauses the name a reader sees,
    `interval` says what the interval holds.
    """
    table = shown(table)
    ax = style.axes(ax, rows=len(table))
    interval_rows(
        ax, _labels(table, names or {}), table, highest=1.0, label=label, color=color, **look
    )
    alone = layers.count(ax) == 1
    for row, response in enumerate(table["response"] if alone else []):
        # the clause in bold on a ground of its own, its answers below it
        ax.get_yticklabels()[row].set_fontweight("normal" if response else "bold")
        if not response:
            ax.axhspan(row - 0.46, row + 0.46, color=style.ground(), alpha=0.6, linewidth=0)
    title = (
        f"Which clause is invoked, and what is the response?{' – ' + subject if subject else ''}"
    )
    asked = style.shares(table.loc[table["response"] == "", "n"], "invoked: share of all paths")
    below = [f"{asked}; responses: share of the paths in which it was invoked", interval]
    if "reopens" in table and table["reopens"].any():
        below.append("* may be invoked again: its responses may sum to more than 100 %")
    if "lapses" in table and table["lapses"].any():
        below.append("lapsed: at least once; these paths are in another row of the clause as well")
    style.frame(ax, title, xlabel="\n".join(line for line in below if line))
    return ax


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The rows worth drawing: no answers where nobody was asked, no silence where all answered."""
    # an empty response is the row that says how often the clause was invoked at all
    called = table[table["response"] == ""].set_index("clause")["hits"]
    asked = (table["response"] == "") | (table["clause"].map(called) > 0)
    return table[asked & ((table["response"] != NO_ANSWER) | (table["hits"] > 0))]


def pages(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The whole table under an empty name, or what fills more than a page treaty by treaty."""
    if len(shown(table)) <= MOST:
        return {"": table}
    # a clause is called treaty.clause, so the treaty is what stands before the last dot
    treaty = table["clause"].str.rpartition(".")[0]
    return {str(name): rows for name, rows in table.groupby(treaty, sort=False)}


def _labels(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    return [
        plain(str(row.response))
        if row.response
        else style.broken(
            names.get(str(row.clause), str(row.clause)),
            ending=f": invoked{' *' if getattr(row, 'reopens', False) else ''}",
        )
        for row in table.itertuples(index=False)
    ]
