"""Counts of chunks as bytes: NumPy's own format, without anything that could be run."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sim.results.batches import EventBatch, PathBatch
from sim.results.draw_counts import DrawCounts

COUNTS = ("hits", "ended", "hits_by", "came_up", "started", "rungs", "places", "times")
OF_ROWS = ("ending", "end_time", "stopped", "n_events", "outcome_time")
OF_EVENTS = ("path", "seq", "time", "transition", "option", "probability", "cause")


def to_bytes(
    part: DrawCounts, more: Mapping[str, NDArray[Any]] | None = None, *, compressed: bool = False
) -> bytes:
    """A chunk's counts, with its rows and events, as `from_bytes` reads them.

    `more` are arrays to be kept beside them. To compress takes longer than to write what lives for
    minutes.
    """
    draws, paths = part.draws, part.paths
    arrays: dict[str, Any] = {name: getattr(part, name) for name in COUNTS}
    arrays["about"] = np.array([draws.start, draws.stop, paths.start, paths.stop, part.events])
    if part.rows:
        arrays["row_draw"] = np.array([one.draw for one in part.rows])
        arrays["row_first"] = np.array([one.first for one in part.rows])
        arrays["row_size"] = np.array([len(one.ending) for one in part.rows])
        arrays |= {f"row_{name}": _joined(part.rows, name) for name in OF_ROWS}
    if part.firings:
        events = [one for _, one in part.firings]
        arrays["event_draw"] = np.array([draw for draw, _ in part.firings])
        arrays["event_size"] = np.array([len(one.path) for one in events])
        arrays |= {f"event_{name}": _joined(events, name) for name in OF_EVENTS}
    file = BytesIO()
    write = np.savez_compressed if compressed else np.savez
    write(file, **{**arrays, **(more or {})})
    return file.getvalue()


def from_bytes(data: bytes) -> DrawCounts:
    """The counts that `to_bytes` wrote."""
    # a pickled array could run anything, and a file may come from anywhere
    with np.load(BytesIO(data), allow_pickle=False) as file:
        # read while the file is open: NumPy loads each array only when it is asked for
        arrays = {name: file[name] for name in file.files}
    first, last, low, high, events = arrays["about"].tolist()
    return DrawCounts(
        draws=range(first, last),
        paths=range(low, high),
        events=events,
        rows=tuple(_rows(arrays)) if "row_draw" in arrays else (),
        firings=tuple(_firings(arrays)) if "event_draw" in arrays else (),
        **{name: arrays[name] for name in COUNTS},
    )


def _joined(pieces: Any, name: str) -> NDArray[Any]:
    return np.concatenate([getattr(one, name) for one in pieces])


def _slices(sizes: NDArray[Any]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes.tolist(), strict=True)]


def _rows(arrays: dict[str, NDArray[Any]]) -> list[PathBatch]:
    none = np.empty(0, np.int64)
    # rows carry no counts: those are kept by draw
    empty: dict[str, Any] = {"started": none, "fired": none, "taken": none, "rungs": none}
    places = zip(arrays["row_draw"].tolist(), arrays["row_first"].tolist(), strict=True)
    return [
        PathBatch(
            draw=draw,
            first=first,
            **empty,
            **cast("Any", {name: arrays[f"row_{name}"][rows] for name in OF_ROWS}),
        )
        for (draw, first), rows in zip(places, _slices(arrays["row_size"]), strict=True)
    ]


def _firings(arrays: dict[str, NDArray[Any]]) -> list[tuple[int, EventBatch]]:
    return [
        (draw, EventBatch(**{name: arrays[f"event_{name}"][rows] for name in OF_EVENTS}))
        for draw, rows in zip(
            arrays["event_draw"].tolist(), _slices(arrays["event_size"]), strict=True
        )
    ]
