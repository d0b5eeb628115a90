"""Chart `clauses`: which treaty clauses were called, and how they were answered."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.estimates.clauses import NO_ANSWER
from sim.analysis.estimates.clauses import clauses as clause_table
from sim.analysis.statistics.intervals import label_of
from sim.charts import layers, style
from sim.charts.intervals import interval_rows
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.formatting import plain
from sim.results.tables import RunTables
from sim.scenario import Scenario, titles_of

MOST = 30  # rows on a page; beyond them responses are left to pages of single treaties
BAR = 0.5  # of a row: how high the bar of what was answered is


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """All treaties on one page; of a solution, which counts no clauses, nothing.

    Where their responses would not fit, the page is without them, and on request each treaty has
    one of its own.
    """
    about = run.provenance
    if not scenario.declared.treaties or about.interval == "exact":
        return
    titles = titles_of(scenario)
    every = pages(clause_table(run.coverage))
    for page, table in every.items():
        whole = bool(page) or len(every) == 1
        # a page of its own has the treaty in its heading, and need not repeat it in each row; where
        # all treaties share one, their names are short
        called = titles if whole else titles.short
        names = called.all("article" if page else "clause", table["clause"])
        subject = f"{titles.of('treaty', page)} – {about.title}" if page else about.title
        how: dict[str, Any] = {"subject": subject, "interval": label_of(run), "responses": whole}
        draw = partial(clauses, table, names=names, **how)
        yield Drawing(f"clauses-{page}" if page else "clauses", draw, on_request=bool(page))


@drawn_from(
    "`results.clauses()`", "clause", "response", "hits", "n", "probability", "mc_low", "mc_high"
)
def clauses(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    subject: str = "",
    interval: str = "",
    responses: bool = True,
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """A row for each clause, of all paths, and below it one for each answer, of those called.

    Drawn from the analysis of the same name. A clause that was never called says so, and its
    answers, which nobody was asked for, are left out. Without `responses` there are only the rows
    of clauses, each with a bar for the share of all paths in which it was also answered. `names`
    gives clauses the name a reader sees, `interval` says what the interval holds.
    """
    if not responses:
        own: dict[str, Any] = {"names": names, "subject": subject, "interval": interval}
        return _invoked(table, ax=ax, label=label, color=color, **own, **look)
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


def _invoked(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None,
    subject: str,
    interval: str,
    ax: Axes | None,
    **how: Any,
) -> Axes:
    """The clauses alone: how often each was invoked, and in how many paths it was answered."""
    rows = table[table["response"] == ""].reset_index(drop=True)
    ax = style.axes(ax, rows=len(rows))
    called = [(names or {}).get(str(one), str(one)) for one in rows["clause"]]
    labels = [style.folded(one, most=2, width=style.LONG) for one in called]
    interval_rows(ax, labels, rows, highest=1.0, **how)
    said = [style.shares(rows["n"], "dot: the clause is invoked, share of all paths"), interval]
    if layers.count(ax) == 1:
        # what is answered lies behind, so that it hides no interval
        bars = answered(table).reindex(rows["clause"]).to_numpy()
        ax.barh(range(len(rows)), bars, height=BAR, color=style.ground(), zorder=0.5)
        said.insert(1, "bar: and answered at least once; responses by treaty: --only clauses")
        treaty = rows["clause"].str.rpartition(".")[0]
        for row in rows.index[1:][treaty.iloc[1:].to_numpy() != treaty.iloc[:-1].to_numpy()]:
            ax.axhline(row - 0.5, color=style.faint(), linewidth=0.6)
    title = f"Which clause is invoked, and answered?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel="\n".join(line for line in said if line))
    return ax


def answered(table: pd.DataFrame) -> pd.Series:
    """By clause: the share of all paths in which it was invoked and answered at least once."""
    invoked = table[table["response"] == ""].set_index("clause")
    # those without an answer are counted once a path; answers may be several in one
    without = table[table["response"] == NO_ANSWER].set_index("clause")["hits"]
    return (invoked["hits"] - without.reindex(invoked.index)) / invoked["n"]


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The rows worth drawing: no answers where nobody was asked, no silence where all answered."""
    # an empty response is the row that says how often the clause was invoked at all
    called = table[table["response"] == ""].set_index("clause")["hits"]
    asked = (table["response"] == "") | (table["clause"].map(called) > 0)
    return table[asked & ((table["response"] != NO_ANSWER) | (table["hits"] > 0))]


def pages(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The whole table under an empty name, and what fills more than a page treaty by treaty too."""
    if len(shown(table)) <= MOST:
        return {"": table}
    # a clause is called treaty.clause, so the treaty is what stands before the last dot
    treaty = table["clause"].str.rpartition(".")[0]
    return {"": table} | {str(name): rows for name, rows in table.groupby(treaty, sort=False)}


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
