"""What a chart is given: refused in one sentence, before there is a figure."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import pandas as pd
from matplotlib.axes import Axes

from sim.charts.fonts import literal
from sim.errors import UsageError

Arguments = ParamSpec("Arguments")


def drawn_from(
    source: str, *columns: str
) -> Callable[[Callable[Arguments, Axes]], Callable[Arguments, Axes]]:
    """A chart of a table with these columns, as `source` gives it; its text stands as written.

    Another table, one without a column, or an `ax` that is none raises UsageError.
    """

    def decorate(chart: Callable[Arguments, Axes]) -> Callable[Arguments, Axes]:
        drawing = literal(chart)

        @wraps(chart)
        def checked(*args: Arguments.args, **given: Arguments.kwargs) -> Axes:
            # the table comes first, also where it is given by name
            table = args[0] if args else next(iter(given.values()), None)
            _require(chart.__name__, table, source, columns)
            ax = given.get("ax")
            if ax is not None and not isinstance(ax, Axes):
                raise UsageError(
                    f"{chart.__name__}: ax must be axes of matplotlib, found {type(ax).__name__}"
                )
            return drawing(*args, **given)

        return checked

    return decorate


def _require(name: str, table: object, source: str, columns: tuple[str, ...]) -> None:
    """UsageError unless it is a table that has these columns."""
    if not isinstance(table, pd.DataFrame):
        raise UsageError(
            f"{name}: must be given a table, that of {source}; found {type(table).__name__}"
        )
    missing = [one for one in columns if one not in table]
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        raise UsageError(
            f"{name}: this table has no {word} {', '.join(missing)}; it draws that of {source}"
        )
