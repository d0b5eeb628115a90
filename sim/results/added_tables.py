"""Tables that an analysis adds to a saved run: `analyses/<name>.csv`, covered by the manifest.

The run itself stays as it is: no table of it is written again, and the run before is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import UsageError, unknown
from sim.formatting import file_name
from sim.results.atomic_replace import add_files, settled
from sim.results.csv_files import read_table, write_table
from sim.results.directory import columns_of, table_of
from sim.results.manifest import (
    MANIFEST,
    manifest_of_a_run,
    read_manifest,
    read_unchanged,
    write_extended,
)
from sim.results.provenance import Provenance

FOLDER = "analyses"


def add_tables(
    directory: str | Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    of: Provenance | None = None,
    also: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Add tables to the run in a directory, each as analyses/<name>.csv; gives where they are.

    All appear together with the manifest that covers them; a table of the same name is replaced. An
    index is not written: what it says has to be a column. `of` is the provenance of the run that
    was analysed. `also` is called with a folder, to put further files (charts) there by the names
    that they are to have in the directory. Raises UsageError if the directory holds no run, one
    that is part of a comparison, or by now another run than `of`; then nothing is changed.
    """
    names = {name: f"{FOLDER}/{file_name(name)}.csv" for name in tables}

    def write(folder: Path) -> None:
        (folder / FOLDER).mkdir()
        for name, table in tables.items():
            write_table(folder / names[name], table)
        if also is not None:
            also(folder)

    def describe(folder: Path, home: Path) -> None:
        about = read_manifest(home)
        _refuse_part(home)
        if of is not None and Provenance.from_manifest(about) != of:
            raise UsageError(f"{directory}: holds another run by now; no analysis was added")
        columns = {name: columns_of(table) for name, table in tables.items()}
        known = {**about.get(FOLDER, {}), **columns}
        write_extended(folder, home, {**about, FOLDER: dict(sorted(known.items()))})

    home = add_files(directory, write, describe)
    return [home / name for name in names.values()]


def read_added(directory: str | Path, name: str) -> pd.DataFrame:
    """A table that was added to the run in a directory, equal to what was added.

    Raises UsageError if there is none of that name, or its file was changed.
    """
    return settled(directory, lambda home: _read_added(home, name))


def _read_added(home: Path, name: str) -> pd.DataFrame:
    about = read_manifest(home)
    known: Mapping[str, Any] = about.get(FOLDER, {})
    if name not in known:
        raise UsageError(f"{home}: {unknown('analysis', name, known)}")
    file = f"{FOLDER}/{file_name(name)}.csv"
    return table_of(read_unchanged(home, file, about["outputs"].get(file)), known[name])


def added_names(directory: str | Path) -> list[str]:
    """The names of the tables that were added to the run in a directory."""
    return sorted(settled(directory, read_manifest).get(FOLDER, {}))


def read_beside(directory: str | Path, name: str) -> pd.DataFrame | None:
    """A table that the run wrote beside its own, as <name>.csv; None if it wrote none.

    Types are those that the texts suggest: the manifest lists none. Raises UsageError if the file
    was changed.
    """
    return settled(directory, lambda home: _read_beside(home, f"{name}.csv"))


def _read_beside(home: Path, file: str) -> pd.DataFrame | None:
    outputs = read_manifest(home)["outputs"]
    return read_table(read_unchanged(home, file, outputs[file]), {}) if file in outputs else None


def _refuse_part(home: Path) -> None:
    """Raise UsageError for a run of a comparison or of variants, whose manifest has its digest."""
    for above in home.parents[:2]:
        whole = manifest_of_a_run(above)
        inside = (home / MANIFEST).relative_to(above).as_posix()
        if whole is not None and inside in whole["outputs"]:
            raise UsageError(f"{home}: part of what is in {above}; nothing was added")
