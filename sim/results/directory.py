"""A run directory: tables as CSV and a manifest, written whole or not at all, and read back.

What is written are data frames by name and a manifest; what they mean is for others to know.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import UsageError

MANIFEST = "manifest.json"
INDEXED = ("outcomes", "endings")  # their first column is the index
# before pandas 3.1 numbers were read back to the last digit only on request; since, always
_NOW_ALWAYS = tuple(int(part) for part in version("pandas").split(".")[:2]) >= (3, 1)
EXACT: dict[str, Any] = {} if _NOW_ALWAYS else {"float_precision": "round_trip"}


def write_run(
    directory: str | Path,
    frames: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    also: Callable[[Path], None] | None = None,
) -> Path:
    """Write each table as <name>.csv, and manifest.json, into a directory that appears whole.

    `also` is called with the directory in the making, to add files (charts); the manifest, written
    last, has the SHA-256 of them all. An earlier run's directory is replaced; UsageError for a
    directory that holds anything else.
    """
    with atomic_directory(directory) as making:
        for name, table in frames.items():
            write_table(making / f"{name}.csv", table, index=name in INDEXED)
        if also is not None:
            also(making)
        columns = {name: _columns(table) for name, table in frames.items()}
        write_manifest(making, {**manifest, "columns": columns})
    return Path(directory)


def read_run(directory: str | Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """(tables by name, manifest) of a run directory; equal to what `write_run` was given.

    Raises UsageError if the directory holds no run, an older one, or a file that was changed.
    """
    home = Path(directory)
    manifest = read_manifest(home)
    if "twins" in manifest:
        raise UsageError(f"{home}: holds a comparison, not a run; Comparison.load reads it")
    columns = manifest.get("columns", {})
    check_unchanged(home, manifest, [f"{name}.csv" for name in columns])
    known_columns = {column["name"] for column in columns.get("coverage", [])}
    if not {"low", "asked"} <= known_columns:
        raise UsageError(f"{home}: written by an earlier version; run the scenario again")
    frames = {
        name: _read(home / f"{name}.csv", columns[name], indexed=name in INDEXED)
        for name in columns
    }
    return frames, manifest


def read_manifest(home: Path) -> dict[str, Any]:
    """What manifest.json says; UsageError where there is none of ours."""
    if not (home / MANIFEST).is_file():
        raise UsageError(f"{home}: not a run directory (no {MANIFEST})")
    manifest = _manifest_of_a_run(home)
    if manifest is None:
        raise UsageError(f"{home / MANIFEST}: not the manifest of a run")
    return manifest


def check_unchanged(home: Path, manifest: Mapping[str, Any], files: Collection[str]) -> None:
    """Raise UsageError if one of the files is gone, or is not as it was written."""
    for name in files:
        if not (home / name).is_file():
            raise UsageError(f"{home / name}: missing, although the run wrote it")
        if digest(home / name) != manifest["outputs"].get(name):
            raise UsageError(f"{home / name}: changed since the run wrote it")


@contextmanager
def atomic_directory(directory: str | Path) -> Iterator[Path]:
    """A new directory beside the target, moved into its place once everything in it is written.

    Raises UsageError, before anything is written, if the target is not a run's or empty.
    """
    refuse_foreign(Path(directory))
    target = Path(directory).resolve()  # through a link, and `.` by its name
    target.parent.mkdir(parents=True, exist_ok=True)
    # beside the target, so on the same disk: only there is moving a directory a single step
    making = target.parent / f".{target.name}.{os.getpid()}.making"
    old = target.parent / f".{target.name}.{os.getpid()}.old"
    making.mkdir()
    try:
        yield making
        if target.exists():
            target.rename(old)
        making.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)  # the earlier run is not the price of one that could not be kept
        raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def refuse_foreign(target: Path) -> None:
    """Raise UsageError if no run may write there: in the way is what no run wrote, or a right."""
    if target.is_dir():
        if any(target.iterdir()) and _manifest_of_a_run(target) is None:
            raise UsageError(f"{target}: exists and holds no {MANIFEST} of a run; not replaced")
    elif target.exists():
        raise UsageError(f"{target}: exists and is not a directory")
    above = next(one for one in target.absolute().parents if one.exists())
    if not above.is_dir():
        raise UsageError(f"{target}: cannot be created: {above} is not a directory")
    if not os.access(above, os.W_OK | os.X_OK):
        raise UsageError(f"{target}: cannot be created: {above} is not writable")


def describe_earlier(target: Path) -> str:
    """What an earlier run left there, in words; nothing where there is none."""
    about = _manifest_of_a_run(target)
    if about is None:
        return ""
    paths, draws = about.get("paths", 0), about.get("draws", 0)
    size = f"{draws:,} x {paths:,} paths" if paths else f"{draws:,} draws"
    beside = f" with {', '.join(about['twins'])}" if about.get("twins") else ""
    return f"an earlier run of {size}, seed {about.get('seed')}{beside}"


def _manifest_of_a_run(directory: Path) -> dict[str, Any] | None:
    """The manifest there if it is one of ours; other programs write files of that name, too."""
    try:
        about = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(about, dict) and {"scenario", "outputs"} <= about.keys()
    return about if ours else None


def write_manifest(directory: Path, about: Mapping[str, object]) -> None:
    """Write manifest.json: what is given, and `outputs`, the SHA-256 of every file there."""
    # sorted, so that the same run writes the same manifest
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    outputs = {path.relative_to(directory).as_posix(): digest(path) for path in files}
    text = json.dumps({**about, "outputs": outputs}, indent=1, ensure_ascii=False)
    (directory / MANIFEST).write_text(text + "\n", encoding="utf-8")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        total = sha256()
        while part := file.read(1 << 20):
            total.update(part)
    return total.hexdigest()


def write_table(file: Path, table: pd.DataFrame, *, index: bool = False) -> None:
    """Write one table as CSV, with the same bytes on every system."""
    table.to_csv(file, index=index, lineterminator="\n")


def read_table(file: Path, types: Mapping[str, str], *, indexed: bool = False) -> pd.DataFrame:
    """One table as `write_table` wrote it; only an empty cell is missing, `NA` is a word."""
    table: pd.DataFrame = pd.read_csv(
        file,
        dtype=dict(types),
        index_col=0 if indexed else None,
        keep_default_na=False,
        na_values=[""],
        **EXACT,
    )
    return table


def _columns(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Name and type of each column, and the categories of categorical ones, also unused ones."""
    found: list[dict[str, Any]] = []
    for name in table.columns:
        column: dict[str, Any] = {"name": str(name), "type": str(table[name].dtype)}
        if isinstance(table[name].dtype, pd.CategoricalDtype):
            column["categories"] = [str(level) for level in table[name].cat.categories]
        found.append(column)
    return found


def _read(path: Path, columns: list[dict[str, Any]], *, indexed: bool) -> pd.DataFrame:
    """One table with the column types that the manifest names."""
    types = {column["name"]: column["type"] for column in columns}
    # categories are read as text first: pandas would sort them, and drop those that do not occur
    types |= {c["name"]: "str" for c in columns if c["type"] == "category"}
    table = read_table(path, types, indexed=indexed)
    for column in columns:
        if column["type"] == "category":
            name = column["name"]
            words = pd.Index(column["categories"], dtype="str")
            table[name] = table[name].astype(pd.CategoricalDtype(words))
    return table
