"""The verb `sweep`: a scenario over a grid of values, on common random numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import product
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from sim.analysis.estimates.tables import tables_of
from sim.api.arguments import (
    Options,
    crew_for,
    loaded,
    planned,
    raise_if_interrupted,
    takes_options,
)
from sim.errors import UsageError, unknown
from sim.experiment import runs
from sim.experiment.plan import EXACT
from sim.experiment.progress import bar
from sim.experiment.runs import RunOutput
from sim.formatting import counted
from sim.results.frames import named

if TYPE_CHECKING:
    from sim.scenario import Scenario

WITH = "with_"  # the column, and the key of the grid, of interventions
MOST_POINTS = 100_000
AS_WRITTEN = ""  # among interventions: none


@takes_options(Options)
def sweep(
    scenario: Scenario | str | PathLike[str],
    grid: Mapping[str, Sequence[Any]],
    *,
    executor: Executor | None = None,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """One row for each point of a grid and outcome: the table `outcomes` of a run at that point.

    `grid` has values of parameters by name (durations in days or as `9 d`, choices by name) or of
    state variables at the start, and under `with_` interventions by name, `""` for none:
    `{"south_beyond": np.linspace(0, 0.4, 9), "with_": ["", "no_treaty"]}`. The first key varies
    slowest. Every point is a run with the same seed, so points differ by what the grid says alone:
    parameters that are not in it have the same draws, and paths the same random numbers.

    Columns: one for each key of the grid, `outcome`, then those of `Results.outcomes`. The other
    arguments are those of `run`; draws may be a range. All points are checked before the first is
    walked. Ctrl-C raises KeyboardInterrupt; with `on_interrupt="return"` the finished points are
    returned. `executor` walks the paths of each point, as in `run`; the frame is the same.
    Raises UsageError for a grid that is none, otherwise as `run` and `with_` do.
    """
    source, plan = planned(scenario, options)
    base, crew = loaded(source), crew_for(executor, plan)
    keys, points = _points(base, grid)
    # All points are made before the first is run, so that a wrong value costs no time.
    scenarios = [_at(base, point) for point in points]
    # One bar over the whole grid, not one a point.
    quiet = {**plan.__dict__, "progress": False}
    paths = len(points) * plan.draws * (1 if plan.engine == EXACT else plan.paths)
    parts = []
    with bar(paths, plan.progress) as done:
        for point, one in zip(points, scenarios, strict=True):
            output = runs.run(one, type(plan)(**quiet), crew=crew)
            if output.provenance.interrupted:  # a point that is half done is none
                raise_if_interrupted(output.provenance, plan)
                break
            # `paths` is a multiple of the points, so that nothing is lost by the division.
            done(paths // len(points))
            parts.append(_rows(point, output))
    return _tidy(keys, grid, parts, base)


def _points(base: Scenario, grid: object) -> tuple[list[str], list[dict[str, Any]]]:
    """The keys and all points of the grid. Raises UsageError."""
    if not isinstance(grid, Mapping) or not grid:
        raise UsageError("sweep: takes a grid such as {'p': [0.1, 0.2, 0.4]}")
    known = [*base.model.names.parameters, *base.model.names.variables, WITH]
    for name, values in grid.items():
        if name not in known:
            raise UsageError(f"sweep: {unknown('parameter or state variable', str(name), known)}")
        if isinstance(values, (str, Mapping)) or not isinstance(values, Iterable):
            raise UsageError(f"sweep: {name} takes a list of values, found {values!r:.60}")
    columns = {str(name): [_plain(value) for value in values] for name, values in grid.items()}
    for name, values in columns.items():
        if not values:
            raise UsageError(f"sweep: {name} has no value")
    points = list(product(*columns.values()))
    if len(points) > MOST_POINTS:
        found = counted(len(points), "point")
        raise UsageError(f"sweep: the grid has {found}, more than {MOST_POINTS:,}")
    return list(columns), [dict(zip(columns, point, strict=True)) for point in points]


def _plain(value: object) -> object:
    # As a plain number: an axis made by NumPy gives the same table as one written by hand.
    return value.item() if hasattr(value, "item") else value


def _at(base: Scenario, point: Mapping[str, Any]) -> Scenario:
    """The scenario at a point of the grid."""
    under = point.get(WITH, AS_WRITTEN)
    if not isinstance(under, str):
        raise UsageError(f"sweep: {WITH} takes names of interventions, found {under!r:.60}")
    made = base.under(under) if under else base
    values = {name: value for name, value in point.items() if name in base.model.names.parameters}
    starts = {n: value for n, value in point.items() if n != WITH and n not in values}
    if not values and not starts:
        return made
    return made.with_(set=values or None, start=starts or None)


def _rows(point: Mapping[str, Any], output: RunOutput) -> pd.DataFrame:
    table = tables_of(output).outcomes.reset_index()
    for place, (name, value) in enumerate(point.items()):
        # a distribution, which is a mapping, is one value of the column
        table.insert(place, name, pd.Series([value] * len(table), dtype=object))
    return table


def _tidy(
    keys: Sequence[str],
    grid: Mapping[str, Sequence[Any]],
    parts: Sequence[pd.DataFrame],
    base: Scenario,
) -> pd.DataFrame:
    """All points in one frame: numbers as numbers, levels and interventions in their order."""
    if not parts:
        return pd.DataFrame(columns=[*keys, "outcome"])
    table = pd.concat(parts, ignore_index=True)
    for name in keys:
        column = table[name]
        # Categories in the order of the grid, so that charts and groups keep it.
        if name == WITH or all(isinstance(one, str) for one in column):
            words = list(dict.fromkeys(map(str, column)))
            table[name] = named(np.array([words.index(str(one)) for one in column]), words)
        else:
            table[name] = column.infer_objects()
    return table
