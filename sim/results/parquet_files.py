"""Long tables as Parquet files: typed, compressed, and read by other programs a column at a time.

Written a piece at a time, so that what it takes beside the table does not grow with its rows. Needs
pyarrow, an extra; texts need no mark here (see `csv_files`), as no cell is taken for a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import UsageError, unknown

CSV, PARQUET = "csv", "parquet"
FORMATS = (CSV, PARQUET)
# tables that grow with draws or paths; the others stay CSV, which everything opens
LONG = ("draws", "shares", "paths", "events", "track")
ROWS = 100_000  # at once, and in a row group: what a reader of some rows has to unpack
INDEX = " (index)"  # behind the name of an index that a column has, too: names are unique here


def require_format(name: str) -> str:
    """The form of the long tables, if they can be written so; UsageError for another."""
    if name not in FORMATS:
        raise UsageError(unknown("format", str(name), FORMATS))
    if name == PARQUET:
        _pyarrow(f"format {PARQUET!r}")
    return name


def write_parquet(file: Path, table: pd.DataFrame, *, index: bool = False) -> None:
    """Write one table; an index as its first column."""
    pa, pq = _pyarrow(str(file.name))
    columns = {str(name): column for name, column in table.items()}
    if index:
        first = str(table.index.name)
        first += INDEX * (first in columns)
        columns = {first: table.index.to_series(), **columns}
    schema = pa.schema([(name, _type(pa, column)) for name, column in columns.items()])
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        for start in range(0, max(len(table), 1), ROWS):
            rows = slice(start, start + ROWS)
            cells = [_cells(pa, column.iloc[rows]) for column in columns.values()]
            out.write_table(pa.Table.from_arrays(cells, schema=schema))


def read_parquet(
    data: bytes, columns: Sequence[Mapping[str, Any]], *, index: str | None = None
) -> pd.DataFrame:
    """One table as `write_parquet` wrote it, with the column types that the manifest names.

    `index` is the type of the first column if that is the index.
    """
    pa, pq = _pyarrow(f"a run in the format {PARQUET!r}")
    found = pq.read_table(pa.BufferReader(data))
    names, cells = list(found.column_names), list(found.columns)
    label = None
    if index is not None:
        values = _values(cells.pop(0), {"type": index})
        label = pd.Index(values, name=names.pop(0).removesuffix(INDEX))
    made = {
        str(column["name"]): _values(cell, column)
        for column, cell in zip(columns, cells, strict=True)
    }
    return pd.DataFrame(made, index=label)


def _pyarrow(what: str) -> tuple[Any, Any]:
    """The two modules, which most runs do not need. Raises UsageError where they are missing."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError(
            f"{what}: needs pyarrow, which is not installed; pip install 'escalation-sim[parquet]'"
        ) from None
    return pa, pq


def _type(pa: Any, column: pd.Series[Any]) -> Any:
    """The type of a column; of an empty one, too, whose cells do not say it."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pa.dictionary(pa.int32(), pa.string(), ordered=bool(column.cat.ordered))
    if str(column.dtype) in ("str", "object", "string"):
        return pa.string()
    # pandas' own whole numbers, which may be missing, have the type of NumPy's inside
    return pa.from_numpy_dtype(getattr(column.dtype, "numpy_dtype", column.dtype))


def _cells(pa: Any, column: pd.Series[Any]) -> Any:
    """Some rows of a column."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy(np.int32)
        words = pa.array([str(word) for word in column.cat.categories], pa.string())
        places = pa.array(codes, mask=codes < 0)
        return pa.DictionaryArray.from_arrays(places, words, ordered=bool(column.cat.ordered))
    numbers = isinstance(column.dtype, np.dtype) and column.dtype != object
    # without its index, by which pyarrow would look cells up; NaN and None are missing
    cells = column.to_numpy() if numbers else column.array
    cells = column.to_numpy(object) if _type(pa, column) == pa.string() else cells
    return pa.array(cells, type=_type(pa, column), from_pandas=True)


def _values(cells: Any, column: Mapping[str, Any]) -> Any:
    """A column as pandas had it, in pieces of row groups."""
    kind = column["type"]
    if kind == "category":
        words = pd.Index(column["categories"], dtype="str")
        codes = [np.empty(0, np.int64)]
        for piece in cells.chunks:
            # a reader may order a dictionary anew, or leave out what does not occur
            place = np.append(words.get_indexer(piece.dictionary.to_pylist()), -1)
            codes.append(place[piece.indices.fill_null(len(place) - 1).to_numpy()])
        ordered = column.get("ordered", False)
        return pd.Categorical.from_codes(np.concatenate(codes), categories=words, ordered=ordered)
    if kind == "Int64":
        missing = cells.is_null().to_numpy()
        return pd.arrays.IntegerArray(cells.fill_null(0).to_numpy().astype(np.int64), missing)
    if kind in ("str", "object", "string"):
        return pd.array(cells.to_pylist(), dtype=kind)
    if kind.startswith("float"):
        cells = cells.fill_null(float("nan"))
    return cells.to_numpy().astype(kind, copy=False)
