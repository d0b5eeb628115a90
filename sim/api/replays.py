"""The verb `replay`, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, fields
from os import PathLike
from typing import TYPE_CHECKING

import pandas as pd

from sim.api.arguments import is_directory, loaded_or_model, recorded
from sim.api.html import page
from sim.api.results import Results
from sim.errors import require_int
from sim.experiment import replays
from sim.experiment.plan import LARGEST, Plan
from sim.experiment.replays import ReplayTables
from sim.experiment.runs import model_of
from sim.experiment.samples import sample_of
from sim.formatting import counted, moment
from sim.results.tables import RunTables

if TYPE_CHECKING:
    from sim.model.model import Model
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replay(ReplayTables):
    """One path again, with everything that was weighed in it."""

    def __repr__(self) -> str:
        """One line: which path of which scenario, how long it is and how it ended."""
        key = str(self.path["ending"].iloc[0])
        return (
            f"<Replay of {self.model.name}: draw {self.draw}, path {self.number}, "
            f"seed {self.seed}; {counted(len(self.events), 'event')}, {self._ending(key)}>"
        )

    def _repr_html_(self) -> str:
        model, row = self.model, self.path.iloc[0]
        # outcomes that never happened have no time and no row
        reached = [
            (outcome.label, moment(float(row[f"time__{outcome.name}"]), model.start))
            for outcome in model.outcomes
            if pd.notna(row[f"time__{outcome.name}"])
        ]
        return page(
            model.title,
            [
                f"draw {self.draw}, path {self.number}, seed {self.seed}",
                f"{counted(len(self.events), 'event')}; {self._ending(self._title())}",
            ],
            (("outcome", "has happened"), reached),
        )

    def _title(self) -> str:
        """What a reader calls the path's ending."""
        return self.titles.of("ending", str(self.path["ending"].iloc[0]))

    def _ending(self, called: str) -> str:
        """How and when the path ended."""
        end = float(self.path["end_time"].iloc[0])
        return f"ending {called} {moment(end, self.model.start)}"


def replay(
    scenario: Scenario | Model | str | PathLike[str],
    *,
    draw: int,
    path: int,
    seed: int | None = None,
) -> Replay:
    """Path `path` of draw `draw` as any run with this seed has it, by the reference engine.

    `scenario` is a scenario, the path of its file, or that of a run directory, which has the
    scenario as it was run. `seed` is that of the run directory unless given, else 1. Raises
    ScenarioError for a file with problems, RunError where the path goes wrong, UsageError for
    numbers out of range.
    """
    source, own_seed = _source(scenario)
    if seed is None and is_directory(scenario):
        run = Results.load(scenario)  # type: ignore[arg-type]
        about = run.provenance
        if about.given or about.common_random_numbers:
            return replay_of(source, run, draw, path)
    seed = own_seed if seed is None else seed
    # the data of the replay, put into the object with the conveniences
    found = replays.replay(source, draw=draw, path=path, seed=seed)
    return Replay(**{one.name: getattr(found, one.name) for one in fields(found)})


def replay_of(source: Scenario | Model, run: RunTables, draw: int, path: int) -> Replay:
    """A path of a run; UsageError for one that it has not."""
    about, model = run.provenance, model_of(source)
    last = about.first_draw + about.draws - 1
    draw = require_int("draw", draw, about.first_draw, last)
    path = require_int("path", path, 0, LARGEST - 1)
    sample = sample_of(model, about, run.draws).part(range(draw, draw + 1))
    found = replays.replay(
        source, draw=draw, path=path, seed=about.seed, sample=sample, given=about.given
    )
    return Replay(**{one.name: getattr(found, one.name) for one in fields(found)})


def _source(scenario: Scenario | Model | str | PathLike[str]) -> tuple[Scenario | Model, int]:
    """What is replayed, and the seed where none is given."""
    if isinstance(scenario, (str, PathLike)) and is_directory(scenario):
        source, manifest = recorded(scenario)
        return source, int(manifest["seed"])
    return loaded_or_model(scenario), Plan.seed
