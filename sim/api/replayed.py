"""What a replay is, and one path of a run replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.api.html import page
from sim.api.shared_words import with_shared_words
from sim.decisions.asking import Policy, decisions_of
from sim.decisions.describing import require_same
from sim.errors import require_int
from sim.experiment import replays
from sim.experiment.plan import LARGEST
from sim.experiment.replays import ReplayTables
from sim.experiment.runs import model_of
from sim.experiment.samples import sample_of
from sim.formatting import counted, moment
from sim.results.tables import RunTables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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

    def plot(self, **how: Any) -> Axes:
        """The path as a timeline, a lane for each actor; see `sim.charts.timeline`."""
        from sim.charts import of_replay

        return of_replay(self, **how)

    def _title(self) -> str:
        """What a reader calls the path's ending."""
        return self.titles.of("ending", str(self.path["ending"].iloc[0]))

    def _ending(self, called: str) -> str:
        """How and when the path ended."""
        end = float(self.path["end_time"].iloc[0])
        return f"ending {called} {moment(end, self.model.start)}"


def replay_of(
    source: Scenario | Model,
    run: RunTables,
    draw: int,
    path: int,
    decide: Mapping[str, Policy] | None = None,
) -> Replay:
    """A path of a run, with those who decided in it; UsageError for one that it has not."""
    about, model = run.provenance, model_of(source)
    by = None if decide is None else decisions_of(source, decide)
    require_same(about.decided, by.described if by else {}, "these results")
    last = about.first_draw + about.draws - 1
    draw = require_int("draw", draw, about.first_draw, last)
    path = require_int("path", path, 0, LARGEST - 1)
    sample = sample_of(model, about, run.draws, decided=True).part(range(draw, draw + 1))
    found = replays.replay(
        source,
        draw=draw,
        path=path,
        seed=about.seed,
        sample=sample,
        given=about.given,
        decide=by,
    )
    # of results that were read the scenario is not known, and the words of their events are
    words = run.events if run.events is not None else with_shared_words(found.events, source)
    kept = {name: words[name].dtype for name in ("transition", "option", "origin")}
    return shown(found, found.events.astype(kept))


def shown(found: ReplayTables, events: pd.DataFrame) -> Replay:
    """The data of a replay, with these events, in the object with the conveniences."""
    named = {one.name: getattr(found, one.name) for one in fields(found)}
    return Replay(**{**named, "events": events})
