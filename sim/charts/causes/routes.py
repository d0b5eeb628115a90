"""Chart `routes`: by which clauses, rungs and decisions paths come to an outcome, as streams."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.causes.routes import ARROW
from sim.charts import style
from sim.charts.alluvial import Stream, alluvial, bare
from sim.charts.tables import drawn_from

MOST = 12  # routes that have a stream of their own
DEEP = 5  # steps before the outcome
EARLIER = "… earlier steps"


@drawn_from("`results.routes(outcome)`", "route", "probability", "share", "hits", "n")
def routes(
    table: pd.DataFrame,
    *,
    outcome: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    interval: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Streams through the steps of each route to the outcome, as broad as their share of its paths.

    `table` is that of the analysis of the same name, at any depth. The first 12 routes have a
    stream of their own, the others one together; of a long route the last 5 steps are drawn.
    `outcome` is what a reader calls the outcome, `names` what a reader calls a step; `interval`
    says what the interval of the outcome holds.
    """
    end = outcome or "the outcome"
    streams = [
        Stream((*_steps(str(route)), end), float(share))
        for route, share in zip(table["route"].head(MOST), table["share"].head(MOST), strict=True)
    ]
    rest = table.iloc[MOST:]
    if len(rest):
        word = "route" if len(rest) == 1 else "routes"
        streams.append(Stream((f"{len(rest):,} other {word}", end), float(rest["share"].sum())))
    ax = alluvial(ax, streams, names=names)
    title = f"By which routes: {outcome}" if outcome else "By which routes does it come?"
    style.frame(ax, f"{title}{' – ' + subject if subject else ''}", xlabel=_below(table, interval))
    bare(ax)
    return ax


def _steps(route: str) -> tuple[str, ...]:
    steps = tuple(route.split(ARROW))
    return steps if len(steps) <= DEEP else (EARLIER, *steps[-DEEP:])


def _below(table: pd.DataFrame, interval: str) -> str:
    """How many paths stand behind the streams."""
    if not len(table):
        return "no path reaches it"
    hits, n = int(table["hits"].sum()), int(table["n"].iloc[0])
    counted = f"share of the {hits:,} paths of {n:,} that reach it"
    return f"{counted}; {interval}" if interval else counted
