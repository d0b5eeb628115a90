"""Tables as CSV files that a spreadsheet opens as they are, and read back exactly.

UTF-8 with a byte-order mark, without which a spreadsheet takes `→` or `é` for other letters. A text
that a spreadsheet would take for a formula gets one `'` before it, as does one that begins with
`'`; reading takes exactly one away. Numbers are written as they are.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from importlib.metadata import version
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sim.results.csv_rows import lines

MARK = "'"
# the last four are = + - @ as Chinese and Japanese keyboards have them
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", MARK, "＝", "＋", "－", "＠")
TEXT = ("str", "object", "string", "category")
# before pandas 3.1 numbers were read back to the last digit only on request; since, always
_NOW_ALWAYS = tuple(int(part) for part in version("pandas").split(".")[:2]) >= (3, 1)
EXACT: dict[str, Any] = {} if _NOW_ALWAYS else {"float_precision": "round_trip"}


def write_table(file: Path, table: pd.DataFrame, *, index: bool = False) -> None:
    """Write one table as CSV, with the same bytes on every system."""
    changed = {str(name): _marked(column) for name, column in table.items() if _is_text(column)}
    # without a copy where there is nothing to change, which is nearly always
    whole = table.assign(**changed)
    if index and _is_text(names := table.index.to_series()):
        # an index stays one, since a column may have its name: a parameter `draw`
        whole.index = pd.Index(changed.setdefault("", _marked(names)), name=table.index.name)
    # a lone carriage return ends a line unless it is quoted, which Python's writer forgets
    broken = any(_any(column, "\r") for column in changed.values())
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if broken else csv.QUOTE_MINIMAL
    pieces = None if broken else lines(whole, index=index)
    if pieces is not None:
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            out.writelines(pieces)
        return
    whole.to_csv(file, index=index, lineterminator="\n", encoding="utf-8-sig", quoting=quoting)


def read_table(data: bytes, types: Mapping[str, str], *, index: str | None = None) -> pd.DataFrame:
    """One table as `write_table` wrote it; only an empty cell is missing, `NA` is a word.

    `types` has a type for each column; `index` is that of the first one if it is the index.
    """
    data = data.removeprefix(BOM_UTF8)
    heads = next(csv.reader(StringIO(data.partition(b"\n")[0].decode())))
    # by number, since the index and a column may have one name
    # A type for each, not pandas' guess, which would depend on the rows: a column without a missing
    # value would be whole numbers, and the same one elsewhere floats.
    named = [types.get(head) for head in heads]
    if index is not None:
        named[0] = index
    table: pd.DataFrame = pd.read_csv(
        BytesIO(data),
        header=0,
        names=range(len(heads)),
        dtype={number: kind for number, kind in enumerate(named) if kind is not None},
        # An option or outcome may be called `NA` or `null`.
        keep_default_na=False,
        na_values=[""],
        **EXACT,
    )
    columns = [_unmarked(column) if _is_text(column) else column for _, column in table.items()]
    table = pd.concat(columns, axis="columns") if columns else table
    if index is not None:
        table = table.set_index(0)
        table.index.name = heads.pop(0)
    return table.set_axis(heads, axis="columns")


def _is_text(column: pd.Series[Any]) -> bool:
    return str(column.dtype).startswith(TEXT)


def _marked(column: pd.Series[Any]) -> pd.Series[Any]:
    return _mapped(column, lambda text: MARK + text if text.startswith(FORMULAS) else text)


def _unmarked(column: pd.Series[Any]) -> pd.Series[Any]:
    return _mapped(column, lambda text: text.removeprefix(MARK))


def _mapped(column: pd.Series[Any], change: Callable[[str], str]) -> pd.Series[Any]:
    """The column with its texts changed; each is looked at once, however many rows have it."""
    changed = {
        text: new
        for text in column.unique()
        if isinstance(text, str) and (new := change(text)) != text
    }
    if not changed:
        return column
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.rename_categories(changed)
    return column.map(lambda text: changed.get(text, text)).astype(column.dtype)


def _any(column: pd.Series[Any], letter: str) -> bool:
    return any(isinstance(text, str) and letter in text for text in column.unique())
