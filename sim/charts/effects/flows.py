"""Chart `flows`: which endings a change turns into which, over the paths that end otherwise."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.alluvial import Stream, alluvial, bare
from sim.charts.tables import drawn_from
from sim.formatting import plain


@drawn_from("`comparison.flows`", "twin", "before", "after", "paths", "n")
def flows(
    table: pd.DataFrame,
    *,
    twin: str,
    called: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Streams from the endings as written to those with the change, as broad as their paths.

    Only paths whose ending differs are drawn; below stands how many of all paths these are. `twin`
    is the intervention, `called` what a reader calls it, `names` what a reader calls an ending.
    """
    rows = table[table["twin"] == twin]
    # Most paths end as before; drawn with them, the streams would be too thin to see.
    moved = int(rows["paths"].sum())
    names = names or {}
    # the blank makes two stations of one name: an ending before and the same one after
    streams = [
        Stream((_called(before, names), f"{_called(after, names)} "), int(paths) / moved)
        for before, after, paths in zip(rows["before"], rows["after"], rows["paths"], strict=True)
    ]
    ax = alluvial(ax, streams, least=3)
    title = f"What ends otherwise with: {called or plain(twin)}"
    n = int(rows["n"].iloc[0]) if len(rows) else 0
    below = (
        f"left: as written, right: with the change; {moved:,} of {n:,} paths end otherwise"
        if moved
        else "no path ends otherwise"
    )
    style.frame(ax, f"{title}{' – ' + subject if subject else ''}", xlabel=below)
    bare(ax)
    return ax


def _called(ending: object, names: Mapping[str, str]) -> str:
    return names.get(str(ending)) or plain(str(ending))
