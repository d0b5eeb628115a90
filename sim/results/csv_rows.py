"""A table as lines of CSV, a column at a time: what pandas writes, in a fraction of its time.

Most cells of a long table are missing (the times of outcomes that did not come) or one of a few
words; only the numbers have to be written out one by one.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROWS = 20_000  # at once: cells are strings, a table of millions of rows would fill the memory


def lines(table: pd.DataFrame, *, index: bool) -> Iterator[str] | None:
    """Pieces of the table's text; None where it has something that only pandas is to write."""
    columns = [table.iloc[:, place] for place in range(table.shape[1])]
    heads: list[object] = list(table.columns)
    if index:
        columns.insert(0, table.index.to_series())
        heads.insert(0, "" if table.index.name is None else table.index.name)
    makers = [_maker(column) for column in columns]
    # a lone cell that is empty is quoted, and a frame without rows is no matter of time
    if len(columns) < 2 or table.empty or any(maker is None for maker in makers):
        return None
    return _pieces(heads, [maker for maker in makers if maker is not None], len(table))


Maker = Callable[[slice], Sequence[str]]  # of some rows: their cells


def _pieces(heads: Sequence[object], makers: Sequence[Maker], rows: int) -> Iterator[str]:
    yield _quoted(heads)
    for first in range(0, rows, ROWS):
        part = slice(first, min(first + ROWS, rows))
        # A column at a time, as one type needs one loop; then across to lines.
        cells = zip(*(make(part) for make in makers), strict=True)
        yield "".join(f"{line}\n" for line in map(",".join, cells))


def _quoted(cells: Sequence[object]) -> str:
    """One line as Python's own writer has it, which knows what is to be quoted."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _maker(column: pd.Series[Any]) -> Maker | None:
    """What makes the cells of a column; None for a type that pandas is to write."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = column.cat.categories
        return _of_words(list(words), column.cat.codes.to_numpy()) if _all_text(words) else None
    if str(column.dtype) in ("str", "object", "string"):
        codes, words = pd.factorize(column)
        return _of_words(list(words), codes) if _all_text(words) else None
    values = column.to_numpy()
    if column.dtype == np.float64:
        return lambda rows: _numbers(values[rows])
    # not pandas' own integers, which may be missing
    if column.dtype in (np.dtype(np.bool_), np.dtype(np.int64)):
        return lambda rows: list(map(str, values[rows].tolist()))
    return None


def _all_text(words: Iterable[object]) -> bool:
    return all(isinstance(word, str) for word in words)


def _of_words(words: Sequence[str], codes: NDArray[np.integer[Any]]) -> Maker:
    # beside a second cell, since a lone empty one is quoted; the last is what is missing, code -1
    cells = np.array([*(_quoted([word, ""])[:-2] for word in words), ""], dtype=object)
    return lambda rows: cells[codes[rows]].tolist()


def _numbers(values: NDArray[np.float64]) -> Sequence[str]:
    """Each number in the fewest digits that give it back; nothing where it is missing."""
    there = np.flatnonzero(~np.isnan(values))
    cells = np.full(len(values), "", dtype=object)
    # `repr` of a Python float, which `tolist` gives; that of NumPy's would name its type.
    cells[there] = list(map(repr, values[there].tolist()))
    return cells.tolist()
