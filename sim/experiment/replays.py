"""One path again, from its draw and number alone, with everything that was weighed in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.decisions.asking import Decisions
from sim.engines.reference import follow
from sim.engines.reference.batch import batch
from sim.engines.reference.world import Walk
from sim.errors import require_int
from sim.experiment.parameter_draws import parameter_values
from sim.experiment.plan import LARGEST, LAST_SEED
from sim.experiment.runs import model_of
from sim.experiment.samples import Sample
from sim.formatting import DAY
from sim.model.model import Model
from sim.model.titles import Titles
from sim.results import frames
from sim.results.counting import Accumulator
from sim.scenario import titles_of

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayTables:
    """One path. Times are in days; `events` and `path` are the rows a run has for it.

    events      as `Results.events`.
    options     one row an event and option of its transition: seq, option (missing where there is
                no choice), probability: the share that the model gave it, 0 if it was not
                available, taken.
    states      one row at the start (seq -1) and one after each event: seq, time, and each state
                variable by name, in words.
    path        one row, as `Results.paths`.
    parameters  name -> value in this draw: a number, days for a duration, the name of a choice.
    values      the same in the model's order and units (seconds, position of a choice).
    """

    events: pd.DataFrame
    options: pd.DataFrame
    states: pd.DataFrame
    path: pd.DataFrame
    parameters: Mapping[str, float | str]
    values: tuple[float, ...]
    model: Model
    seed: int
    draw: int
    number: int  # of the path
    titles: Titles  # what a reader calls the things that happen in it
    given: frozenset[str] = frozenset()  # parameters whose values were given, not drawn
    # by seq: which function decided, where it said something else than None
    decided: Mapping[int, str] = field(default_factory=dict)


def replay(
    scenario: Scenario | Model,
    *,
    draw: int,
    path: int,
    seed: int,
    sample: Sample | None = None,
    given: Collection[str] = (),
    decide: Decisions | None = None,
) -> ReplayTables:
    """Path `path` of draw `draw`, walked by the reference engine, which keeps what it weighed.

    `sample` is that draw, where its values or random numbers are not those of the seed alone;
    `given` names the parameters whose values were given; `decide` says who decides for actors.
    """
    draw = require_int("draw", draw, 0, LARGEST - 1)
    path = require_int("path", path, 0, LARGEST - 1)
    seed = require_int("seed", seed, 0, LAST_SEED)
    model = model_of(scenario)
    (values,) = sample.values if sample else parameter_values(model, seed, range(draw, draw + 1))
    common = sample is not None and sample.common
    asking = decide.of(model, seed) if decide is not None else None
    walk = follow(model, values, seed=seed, draw=draw, path=path, common=common, decide=asking)
    counts = Accumulator(model, paths=1, keep=True)
    # through the same accumulator and frames as a run, so that rows are equal to a run's
    counts.add(batch(model, draw, path, [walk], events=True))
    rows = frames.paths(counts)
    assert rows is not None  # rows were kept, so there is one
    return ReplayTables(
        events=frames.events(counts),
        options=options(model, walk),
        states=states(model, walk),
        path=rows,
        parameters=parameters(model, values.tolist()),
        values=tuple(values.tolist()),
        model=model,
        seed=seed,
        draw=draw,
        number=path,
        titles=titles_of(scenario),
        given=frozenset(given),
        decided=_decided(model, walk, decide.described) if decide is not None else {},
    )


def _decided(model: Model, walk: Walk, by: Mapping[str, str]) -> Mapping[int, str]:
    """The table `Replay.decided`."""
    found = {
        seq: by[str(model.transitions[firing.rank].actor)]
        for seq, firing in enumerate(walk.firings)
        if firing.decided
    }
    return MappingProxyType(found)


def parameters(model: Model, values: Sequence[float]) -> Mapping[str, float | str]:
    """`Replay.parameters`: a row of `Results.draws`."""
    found: dict[str, float | str] = {}
    for parameter, value in zip(model.parameters, values, strict=True):
        levels = parameter.distribution.levels
        days = value / DAY if parameter.time else value
        found[parameter.name] = levels[int(value)] if levels else days
    return MappingProxyType(found)


def options(model: Model, walk: Walk) -> pd.DataFrame:
    """The table `Replay.options`."""
    # a firing without shares is rule 7: no option was available, so each had 0
    rows = [
        (seq, option.name, firing.shares[i] if firing.shares else 0.0, i == firing.option)
        for seq, firing in enumerate(walk.firings)
        for i, option in enumerate(model.transitions[firing.rank].options)
    ]
    # of no events at all, four empty columns
    seq, option, probability, taken = list(zip(*rows, strict=True)) or [()] * 4
    return pd.DataFrame(
        {
            "seq": np.array(seq, dtype=np.int64),
            "option": pd.Series(option, dtype="str"),
            "probability": np.array(probability, dtype=np.float64),
            "taken": np.array(taken, dtype=np.bool_),
        }
    )


def states(model: Model, walk: Walk) -> pd.DataFrame:
    """The table `Replay.states`."""
    # seq -1 is the state before anything has fired
    found = [(-1, 0.0, model.start_state)]
    found += [(seq, firing.time / DAY, firing.state) for seq, firing in enumerate(walk.firings)]
    columns: dict[str, object] = {
        "seq": np.array([seq for seq, _, _ in found], dtype=np.int64),
        "time": np.array([time for _, time, _ in found]),
    }
    for i, variable in enumerate(model.variables):
        columns[variable.name] = [variable.word(state[i]) for _, _, state in found]
    return pd.DataFrame(columns)
