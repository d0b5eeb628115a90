"""What a run leaves behind: counts, tables, where they come from, and the directory they are in.

`batches` is what engines hand over; `counting` counts it in memory of one size; `frames` turns
counts and rows into data frames; `tables` holds the tables, `columns` says what each column means;
`provenance` says where a run comes from; `directory` writes and reads all this, `manifest` says
what is there and `record` keeps the scenario with it; `atomic_replace` puts one directory in the
place of another. There are no statistics here: estimates and intervals are made in `sim.analysis`.
This module itself needs no pandas.
"""

from sim.results.batches import (
    NEVER,
    NOTHING,
    RUNG_TIMES,
    Changes,
    ChosenBatch,
    EventBatch,
    PathBatch,
    PathTrace,
)

__all__ = [
    "NEVER",
    "NOTHING",
    "RUNG_TIMES",
    "Changes",
    "ChosenBatch",
    "EventBatch",
    "PathBatch",
    "PathTrace",
]
