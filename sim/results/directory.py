"""A run directory: tables, the scenario they come from and a manifest, and read back.

What is written are data frames by name, files and a manifest; what they mean is for others to know.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import UsageError
from sim.formatting import user_path
from sim.results import unfinished
from sim.results.atomic_replace import atomic_directory, settled
from sim.results.csv_files import read_table, write_table
from sim.results.manifest import read_manifest, read_unchanged, write_manifest
from sim.results.parquet_files import CSV, LONG, PARQUET, read_parquet, write_parquet
from sim.results.scenario_record import Record, read_record

COUNTS = "counts.npz"  # what joins the run to other draws
# tables whose first column is the index, and its type
INDEXED = {"outcomes": "str", "endings": "str", "draws": "int64", "shares": "int64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun:
    """What a run directory holds: tables by name, the scenario as it was run, and the manifest."""

    frames: Mapping[str, pd.DataFrame]
    manifest: Mapping[str, Any]
    record: Record
    format: str = CSV  # of the long tables: `csv`, or `parquet`
    counts: bytes | None = None  # see `sim.api.kept_counts`; None where there are none


def write_run(
    directory: str | Path, run: SavedRun, *, also: Callable[[Path], None] | None = None
) -> Path:
    """Write tables (<name>.csv), counts, record and manifest; the directory appears whole.

    `also` is called with the directory in the making, to add files (charts); the manifest, written
    last, has the SHA-256 of them all. An earlier run's directory is kept as `<name>.previous`;
    UsageError for a directory that holds anything else.
    """
    with atomic_directory(directory) as making:
        fill_run(making, run, also=also)
    if run.manifest.get("stopped") != "interrupted":  # whole: nothing is left to go on from
        unfinished.remove(directory)
    return Path(user_path(directory))


def fill_run(folder: Path, run: SavedRun, *, also: Callable[[Path], None] | None = None) -> None:
    """Write a run into a folder that is there, or is made; as `write_run` does."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in run.frames.items():
        if run.format == PARQUET and name in LONG:
            write_parquet(folder / f"{name}.{PARQUET}", table, index=name in INDEXED)
        else:
            write_table(folder / f"{name}.{CSV}", table, index=name in INDEXED)
    for name, data in run.record.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    if run.counts is not None:
        (folder / COUNTS).write_bytes(run.counts)
    if also is not None:
        also(folder)
    columns = {name: columns_of(table) for name, table in run.frames.items()}
    about = {**run.manifest, "record": run.record.to_manifest(), "columns": columns}
    write_manifest(folder, about)


def read_run(directory: str | PathLike[str], *, only: Collection[str] | None = None) -> SavedRun:
    """The run in a directory; equal to what `write_run` was given, and never parts of two runs.

    `only` names the tables that are wanted, since those of paths and events may be large. Raises
    UsageError if the directory holds no run, an older one, or a file that was changed.
    """
    return settled(Path(directory), partial(_read_run, only=only))


def read_part(home: Path, expected: str) -> SavedRun:
    """A run inside another directory, whose manifest says what its manifest's digest is."""
    return _read_run(home, expected=expected)


def _read_run(
    home: Path, *, expected: str | None = None, only: Collection[str] | None = None
) -> SavedRun:
    manifest = read_manifest(home, expected=expected)
    if "twins" in manifest:
        raise UsageError(f"{home}: holds a comparison, not a run; Comparison.load reads it")
    columns, outputs = manifest["columns"], manifest["outputs"]
    frames = {}
    for name in columns if only is None else [one for one in columns if one in only]:
        of = PARQUET if f"{name}.{PARQUET}" in outputs else CSV
        data = read_unchanged(home, f"{name}.{of}", outputs.get(f"{name}.{of}"))
        read = read_parquet if of == PARQUET else table_of
        frames[name] = read(data, columns[name], index=INDEXED.get(name))
    counts = None
    if only is None and COUNTS in outputs:
        counts = read_unchanged(home, COUNTS, outputs[COUNTS])
    record = read_record(home, manifest)
    return SavedRun(frames=frames, manifest=manifest, record=record, counts=counts)


def columns_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Name and type of each column, and all categories of categorical ones, with their order."""
    found: list[dict[str, Any]] = []
    for name in table.columns:
        column: dict[str, Any] = {"name": str(name), "type": str(table[name].dtype)}
        if isinstance(table[name].dtype, pd.CategoricalDtype):
            column["categories"] = [str(level) for level in table[name].cat.categories]
            if table[name].cat.ordered:
                column["ordered"] = True
        found.append(column)
    return found


def table_of(
    data: bytes, columns: list[dict[str, Any]], *, index: str | None = None
) -> pd.DataFrame:
    """One table with the column types that the manifest names."""
    types = {column["name"]: column["type"] for column in columns}
    # categories are read as text first: pandas would sort them, and drop those that do not occur
    types |= {c["name"]: "str" for c in columns if c["type"] == "category"}
    table = read_table(data, types, index=index)
    for column in columns:
        if column["type"] == "category":
            name = column["name"]
            words = pd.Index(column["categories"], dtype="str")
            kind = pd.CategoricalDtype(words, ordered=column.get("ordered", False))
            table[name] = table[name].astype(kind)
    return table
