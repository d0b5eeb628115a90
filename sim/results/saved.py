"""A run directory: tables as CSV and a manifest, written whole or not at all, and read back."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import date
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

import pandas as pd

from sim.errors import UsageError
from sim.results.results import Provenance, Results

MANIFEST = "manifest.json"
TABLES = ("outcomes", "endings", "draws", "coverage", "rungs", "timing", "paths", "events")
INDEXED = ("outcomes", "endings")  # their first column is the index
# before pandas 3.1 numbers were read back to the last digit only on request; since, always
_NOW_ALWAYS = tuple(int(part) for part in version("pandas").split(".")[:2]) >= (3, 1)
EXACT: dict[str, Any] = {} if _NOW_ALWAYS else {"float_precision": "round_trip"}
PACKAGES = ("escalation-sim", "numpy", "pandas", "simpy", "numba", "scipy")


def save(
    results: Results, directory: str | Path, *, also: Callable[[Path], None] | None = None
) -> Path:
    """Write the tables and manifest.json into a directory, which appears whole or not at all.

    `also` is called with the directory in the making, to add files (charts); the manifest, written
    last, has the SHA-256 of them all. An earlier run's directory is replaced; UsageError for a
    directory that holds anything else.
    """
    with staged(directory) as making:
        for name in TABLES:
            table = getattr(results, name)
            if table is not None:
                table.to_csv(making / f"{name}.csv", index=name in INDEXED, lineterminator="\n")
        if also is not None:
            also(making)
        about = asdict(results.provenance)
        start = results.provenance.start
        about["start"] = start.isoformat() if start else None
        about["columns"] = {
            name: _columns(getattr(results, name))
            for name in TABLES
            if getattr(results, name) is not None
        }
        write_manifest(making, about)
    return Path(directory)


def load(directory: str | Path) -> Results:
    """The results saved in a directory; UsageError if it holds none, or a file was changed."""
    home = Path(directory)
    if not (home / MANIFEST).is_file():
        raise UsageError(f"{home}: no {MANIFEST}, so not the directory of a run")
    about = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
    columns = about.get("columns", {})
    for name in columns:
        if digest(home / f"{name}.csv") != about["outputs"][f"{name}.csv"]:
            raise UsageError(f"{home / name}.csv: changed since the run wrote it")
    known_columns = {column["name"] for column in columns.get("coverage", [])}
    if not {"low", "asked"} <= known_columns:
        raise UsageError(f"{home}: written by an earlier version; run the scenario again")
    tables: dict[str, Any] = {
        name: _read(home / f"{name}.csv", columns[name], indexed=name in INDEXED)
        if name in columns
        else None
        for name in TABLES
    }
    known = {field.name for field in fields(Provenance)}
    about = {key: value for key, value in about.items() if key in known}
    about["start"] = date.fromisoformat(about["start"]) if about["start"] else None
    about["headlines"] = tuple(about["headlines"])
    return Results(provenance=Provenance(**about), **tables)


@contextmanager
def staged(directory: str | Path) -> Iterator[Path]:
    """A new directory beside the target, moved into its place once everything in it is written.

    Raises UsageError, before anything is written, if the target is not a run's or empty.
    """
    refuse_foreign(Path(directory))
    target = Path(directory).resolve()  # through a link, and `.` by its name
    target.parent.mkdir(parents=True, exist_ok=True)
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
        if any(target.iterdir()) and not _is_a_run(target):
            raise UsageError(f"{target}: exists and holds no {MANIFEST} of a run; not replaced")
    elif target.exists():
        raise UsageError(f"{target}: exists and is no directory")
    above = next(one for one in target.absolute().parents if one.exists())
    if not above.is_dir():
        raise UsageError(f"{target}: cannot be made, since {above} is no directory")
    if not os.access(above, os.W_OK | os.X_OK):
        raise UsageError(f"{target}: cannot be made, since {above} may not be written to")


def earlier(target: Path) -> str:
    """What an earlier run left there, in words; nothing where there is none."""
    if not _is_a_run(target):
        return ""
    about = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    paths, draws = about.get("paths", 0), about.get("draws", 0)
    size = f"{draws:,} x {paths:,} paths" if paths else f"{draws:,} draws"
    beside = f" beside {', '.join(about['twins'])}" if about.get("twins") else ""
    return f"an earlier run of {size}, seed {about.get('seed')}{beside}"


def _is_a_run(directory: Path) -> bool:
    """Whether the manifest there is one of ours; other programs write files of that name, too."""
    try:
        about = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and {"scenario", "outputs"} <= about.keys()


def write_manifest(directory: Path, about: Mapping[str, object]) -> None:
    """Write manifest.json: what is given, and `outputs`, the SHA-256 of every file there."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    outputs = {path.relative_to(directory).as_posix(): digest(path) for path in files}
    text = json.dumps({**about, "outputs": outputs}, indent=1, ensure_ascii=False)
    (directory / MANIFEST).write_text(text + "\n", encoding="utf-8")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        whole = sha256()
        while part := file.read(1 << 20):
            whole.update(part)
    return whole.hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that numbers depend on."""
    found = {"python": python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


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
    types = {column["name"]: column["type"] for column in columns}
    types |= {c["name"]: "str" for c in columns if c["type"] == "category"}
    table: pd.DataFrame = pd.read_csv(
        path,
        dtype=types,
        index_col=0 if indexed else None,
        keep_default_na=False,
        na_values=[""],
        **EXACT,
    )
    for column in columns:
        if column["type"] == "category":
            name = column["name"]
            words = pd.Index(column["categories"], dtype="str")
            table[name] = table[name].astype(pd.CategoricalDtype(words))
    return table
