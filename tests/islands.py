"""The clash of two islands, loaded once, and one run of it with all its events."""

from functools import cache
from pathlib import Path

import pandas as pd

import sim
from sim.results.added_tables import read_added as read_added

FILE = Path(__file__).parent / "corpus" / "valid" / "island_clash.yaml"
TABLES = (
    "outcomes",
    "endings",
    "draws",
    "shares",
    "coverage",
    "rungs",
    "timing",
    "paths",
    "events",
)


@cache
def island() -> sim.Scenario:
    return sim.load(FILE)


@cache
def island_run() -> sim.Results:
    return sim.run(island(), draws=6, paths=40, seed=1, workers=1, events=True)


def tables_of(results: sim.Results) -> dict[str, pd.DataFrame | None]:
    return {name: getattr(results, name) for name in TABLES}


def of_path(table: pd.DataFrame, draw: int, path: int) -> pd.DataFrame:
    rows = (table["draw"] == draw) & (table["path"] == path)
    return table[rows].reset_index(drop=True)
