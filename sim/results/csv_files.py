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
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pandas as pd

MARK = "'"
# the last four are = + - @ as Chinese and Japanese keyboards have them
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", MARK, "＝", "＋", "－", "＠")
TEXT = ("str", "object", "string", "category")
# before pandas 3.1 numbers were read back to the last digit only on request; since, always
_NOW_ALWAYS = tuple(int(part) for part in version("pandas").split(".")[:2]) >= (3, 1)
EXACT: dict[str, Any] = {} if _NOW_ALWAYS else {"float_precision": "round_trip"}


def write_table(file: Path, table: pd.DataFrame, *, index: bool = False) -> None:
    """Write one table as CSV, with the same bytes on every system."""
    whole = table.reset_index() if index else table
    changed = {str(name): _marked(column) for name, column in whole.items() if _is_text(column)}
    # a lone carriage return ends a line unless it is quoted, which Python's writer forgets
    broken = any(_any(column, "\r") for column in changed.values())
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if broken else csv.QUOTE_MINIMAL
    # without a copy where there is nothing to change, which is nearly always
    whole.assign(**changed).to_csv(
        file, index=False, lineterminator="\n", encoding="utf-8-sig", quoting=quoting
    )


def read_table(data: bytes, types: Mapping[str, str], *, indexed: bool = False) -> pd.DataFrame:
    """One table as `write_table` wrote it; only an empty cell is missing, `NA` is a word."""
    data = data.removeprefix(BOM_UTF8)
    if indexed:  # names, also one that is `inf` or `1e5`
        first = data.partition(b"\n")[0].partition(b",")[0].decode().strip('"')
        types = {**types, first: "str"}
    table: pd.DataFrame = pd.read_csv(
        BytesIO(data), dtype=dict(types), keep_default_na=False, na_values=[""], **EXACT
    )
    changed = {str(name): _unmarked(column) for name, column in table.items() if _is_text(column)}
    table = table.assign(**changed)
    return table.set_index(str(table.columns[0])) if indexed else table


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
