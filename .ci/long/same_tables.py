"""Whether two environments wrote the same tables: `python same_tables.py FOLDER OTHER`.

Everything counted or walked (hits, times, events, draws) is the same to the last digit. Where a
number goes through SciPy's or NumPy's own routines it may differ in its last digits, for the reason
given here, and in nothing else.
"""

import csv
import sys
from collections.abc import Iterator
from math import isclose
from pathlib import Path

CLOSE = 1e-9  # relative
MAY_DIFFER = {
    "low": "SciPy's beta and Student's t quantiles are found by iteration, refined since",
    "high": "as `low`",
    "upper": "as `low`",
    "low_se": "as `low`",
    "high_se": "as `low`",
    "mc_low": "as `low`",
    "mc_high": "as `low`",
    "mc_se": "NumPy sums in blocks whose size depends on the processor and the version",
    "probability": "the exact engine sums a series by SciPy's sparse products",
    "outcome__": "as `probability`, draw by draw; a count of paths differs by far more",
    "ending__": "as `outcome__`",
    "record_low": "as `low`",
    "record_high": "as `low`",
}  # a name that ends with __ stands for all columns that begin so
WHOLE = {"draws.csv": "PERT and beta are drawn by SciPy's inverse, found by iteration"}


def differences(one: Path, other: Path) -> Iterator[str]:
    """What differs beyond its reason, a line each."""
    files = {path.relative_to(one) for path in one.rglob("*.csv")}
    if files != (others := {path.relative_to(other) for path in other.rglob("*.csv")}):
        yield f"other files: {sorted(map(str, files ^ others))}"
    if not files:
        yield "no tables"
    for file in sorted(files & others):
        if (one / file).read_bytes() != (other / file).read_bytes():
            yield from (f"{file}: {text}" for text in cells(one / file, other / file))


def cells(one: Path, other: Path) -> Iterator[str]:
    """Of two tables that are not the same: the first cell of each column that may not differ so."""
    tables = []
    for file in (one, other):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            tables.append(list(csv.DictReader(lines)))
    if len(tables[0]) != len(tables[1]):
        yield f"{len(tables[0])} rows and {len(tables[1])}"
        return
    told: set[str] = set()
    loose = one.name in WHOLE
    for number, (row, twin) in enumerate(zip(*tables, strict=True), 1):
        if row.keys() != twin.keys():
            yield f"other columns: {sorted(row.keys() ^ twin.keys())}"
            return
        for column in row.keys() - told:
            if row[column] == twin[column]:
                continue
            if not alike(column, row[column], twin[column], loose=loose):
                told.add(column)
                yield f"row {number}, {column}: {row[column]} and {twin[column]}"


def alike(column: str, one: str, other: str, *, loose: bool) -> bool:
    """Whether two texts are numbers that may differ in their last digits, and do so.

    They may in the columns named above, and where `loose` in all of a file.
    """
    start, mark, _ = column.partition("__")
    try:
        may = loose or column in MAY_DIFFER or start + mark in MAY_DIFFER
        return may and isclose(float(one), float(other), rel_tol=CLOSE)
    except ValueError:
        return False


if __name__ == "__main__":
    found = list(differences(Path(sys.argv[1]), Path(sys.argv[2])))
    names = f"{Path(sys.argv[1]).name} and {Path(sys.argv[2]).name}"
    print("\n".join(f"{names}: {text}" for text in found or ["equal tables"]))
    sys.exit(bool(found))
